#include "test/sim/world/causes.hpp"

#include "test/sim/scheduler/coordinator.hpp"
#include "test/sim/scheduler/random.hpp"

#include <caf/scheduled_actor.hpp>

namespace btc::sim {

std::uint64_t mixed(std::uint64_t a, std::uint64_t b) noexcept {
  return random_stream{random_stream{a}.next() ^ b}.next();
}

void causes::begin(std::uint64_t event) noexcept {
  event_ = event;
  made_ = 0;
}

std::uint64_t causes::mark() noexcept {
  return on_ ? mixed(event_, ++made_) : 0;
}

void causes::begin_act(std::uint32_t process, caf::scheduled_actor& actor) {
  if (!on_) {
    return;
  }
  auto& box = boxes_[{process, actor.id()}];
  ++box.steps;
  if (box.waiting.empty()) {
    begin(mixed(box.who, 0));  // its first step, without a message
    return;
  }
  begin(mixed(box.who, box.waiting.front()));
  box.waiting.pop_front();
}

void causes::wrote(type_id type) noexcept {
  auto& chain = writes_[index_of(type)];
  chain = mixed_into(chain);
}

std::uint64_t causes::mixed_into(std::uint64_t chain) const noexcept {
  return mixed(chain, event_);
}

void causes::collect(std::uint32_t process, coordinator& scheduler) {
  for (std::size_t i = 0; i < scheduler.runnable(); ++i) {
    auto* actor = scheduler.actor_at(i);
    if (actor == nullptr) {
      continue;
    }
    const auto [entry, born] = boxes_.try_emplace({process, actor->id()});
    auto& box = entry->second;
    if (born) {
      box.who = mark();
    }
    for (auto n = actor->mailbox().size(); box.waiting.size() < n;) {
      box.got = mixed(box.got, event_);
      box.waiting.push_back(box.got);
    }
  }
}

std::uint64_t causes::writes(type_id type) const noexcept {
  return writes_[index_of(type)];
}

std::uint64_t causes::all_writes() const noexcept {
  std::uint64_t all = 0;
  for (std::size_t t = 0; t < type_count; ++t) {
    all = mixed(all, t == index_of(type_id::events) ? 0 : writes_[t]);
  }
  return all;
}

std::uint64_t causes::state() const noexcept {
  std::uint64_t all = mixed(mixed(all_writes(), writes(type_id::events)), alone_);
  for (const auto& [key, box] : boxes_) {
    all += mixed(mixed(box.who, box.got), box.steps);
  }
  return all;
}

}  // namespace btc::sim
