#include "test/sim/cluster/planned.hpp"

#include <algorithm>
#include <utility>

namespace btc::sim {

namespace {

constexpr std::chrono::seconds refused_pause{10};

}  // namespace

planned::planned(core& c, std::string account) : core_(&c) {
  writer_.who = {"system:serviceaccount:kube-system:" + std::move(account),
                 {"system:authenticated"}};
  writer_.manager = "kube-controller-manager";
}

writer planned::as(std::string verb, std::string subresource) const {
  auto w = writer_;
  w.verb = std::move(verb);
  w.subresource = std::move(subresource);
  return w;
}

std::size_t planned::runnable() {
  refresh();
  return count_;
}

void planned::step(std::size_t choice) {
  if (choice >= runnable()) {
    return;
  }
  auto group = steps_.begin();
  while (choice >= group->second.size()) {
    choice -= group->second.size();
    ++group;
  }
  const auto key = group->first;
  const auto chosen = group->second[choice];
  group->second.erase(group->second.begin() + static_cast<std::ptrdiff_t>(choice));
  --count_;
  if (group->second.empty()) {
    steps_.erase(group);
  }
  try {
    chosen();
    touch(key);
  } catch (const refusal&) {
    // For example in a namespace that goes. Nothing is tried again before its time.
    refused_.insert(key);
    retry_at_ = core_->now() + refused_pause;
  }
}

void planned::refresh() {
  if (retry_at_ && core_->now() >= *retry_at_) {
    retry_at_.reset();
    touched_.merge(refused_);
    refused_.clear();
  }
  note_others();
  if (!started_ || seen_ != objects().version()) {
    read_history();
  }
  if (!touched_.empty()) {
    plan_touched();
  }
}

void planned::read_history() {
  bool lost = !std::exchange(started_, true);
  seen_ = objects().version();
  for (std::size_t t = 0; t < type_count; ++t) {
    const auto type = static_cast<type_id>(t);
    const auto& log = objects().log(type);
    auto& position = positions_[t];
    lost = lost || position < log.first();
    for (auto i = std::max(position, log.first()); i < log.end() && !lost; ++i) {
      note(type, log.at(i));
    }
    position = log.end();
  }
  if (lost) {
    for (const auto& [key, steps] : steps_) {
      touch(key);
    }
    note_all();
  }
}

void planned::plan_touched() {
  for (const auto& key : touched_) {
    std::vector<action> made;
    adding_ = &made;
    plan(key);
    const auto known = steps_.find(key);
    count_ += made.size();
    count_ -= known == steps_.end() ? 0 : known->second.size();
    if (!made.empty()) {
      steps_[key] = std::move(made);
    } else if (known != steps_.end()) {
      steps_.erase(known);
    }
  }
  adding_ = nullptr;
  touched_.clear();
}

}  // namespace btc::sim
