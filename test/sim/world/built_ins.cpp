#include "test/sim/world/built_ins.hpp"

#include "test/sim/cluster/garbage_collector.hpp"
#include "test/sim/cluster/node_agent.hpp"
#include "test/sim/cluster/stateful_set_controller.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace btc::sim {

struct built_in_actors::impl {
  explicit impl(core& c)
      : objects(c.objects()),
        bitcoinds(c),
        agent(c, &bitcoinds),
        sets(c),
        garbage(c),
        namespaces(c) {}

  const store& objects;
  simulated_bitcoind bitcoinds;
  node_agent agent;
  stateful_set_controller sets;
  garbage_collector garbage;
  namespace_controller namespaces;
  std::array<built_in*, 5> all{&sets, &agent, &bitcoinds, &garbage, &namespaces};
  std::array<bool, 5> paused{};
  bool away{false};  ///< the API server is

  [[nodiscard]] bool sleeps(std::size_t i) const {
    return paused.at(i) || (away && all.at(i) != &bitcoinds);
  }
};

built_in_actors::built_in_actors(cluster& c) : impl_(std::make_unique<impl>(c.internals())) {}

built_in_actors::~built_in_actors() = default;

std::size_t built_in_actors::count() const noexcept {
  return impl_->all.size();
}

std::string_view built_in_actors::name(std::size_t i) const {
  return impl_->all.at(i)->name();
}

bool built_in_actors::runnable(std::size_t i) {
  return !impl_->sleeps(i) && impl_->all.at(i)->runnable() > 0;
}

void built_in_actors::step(std::size_t i, choice_source& choices) {
  auto& actor = *impl_->all.at(i);
  actor.step(choices.choose(actor.runnable()));
}

void built_in_actors::pause(std::size_t i) {
  impl_->paused.at(i) = true;
}

void built_in_actors::resume_all() {
  impl_->paused.fill(false);
}

void built_in_actors::cut_off(bool away) {
  impl_->away = away;
}

std::optional<std::chrono::sys_seconds> built_in_actors::wakes_at() const {
  std::optional<std::chrono::sys_seconds> first;
  const auto consider = [&](std::size_t i, std::optional<std::chrono::sys_seconds> t) {
    if (t && !impl_->sleeps(i) && (!first || *t < *first)) {
      first = t;
    }
  };
  consider(0, impl_->sets.wakes_at());
  consider(1, impl_->agent.wakes_at());
  consider(2, impl_->bitcoinds.wakes_at());
  consider(3, impl_->garbage.wakes_at());
  consider(4, impl_->namespaces.wakes_at());
  return first;
}

std::optional<bitcoin::rpc_response> built_in_actors::post(const bitcoin::rpc_request& r) {
  return impl_->bitcoinds.post(r.host, r.port, r.authorization.reveal(), r.body);
}

const simulated_bitcoind& built_in_actors::bitcoinds() const noexcept {
  return impl_->bitcoinds;
}

std::string built_in_actors::break_pod(choice_source& choices) {
  const auto& pods = impl_->objects.log(type_id::pods).objects();
  if (pods.empty()) {
    return {};
  }
  const auto at = std::next(pods.begin(), static_cast<std::ptrdiff_t>(choices.choose(pods.size())));
  const auto key = at->first;
  const auto uid = at->second->at("metadata").at("uid").get<std::string>();
  constexpr std::size_t ways = 7;
  auto& agent = impl_->agent;
  switch (choices.choose(ways)) {
    case 0:
      return agent.restart(key) ? key + " restarts" : "";
    case 1:
      return agent.fail_probe(key) ? key + " fails a probe" : "";
    case 2:
      return agent.evict(key) ? key + " is evicted" : "";
    case 3:
      return agent.lose(key) ? key + " is lost with its node" : "";
    case 4:
      return agent.change_address(key) ? key + " gets another address" : "";
    case 5:
      return cut_link(choices);
    default:
      impl_->bitcoinds.add_by_hand(uid, "friend.example:18444");
      return impl_->bitcoinds.find(uid) == nullptr ? "" : key + " is told of a friend, by hand";
  }
}

std::string built_in_actors::cut_link(choice_source& choices) {
  const auto& links = impl_->bitcoinds.links();
  if (links.empty()) {
    return {};
  }
  const auto id = links[choices.choose(links.size())].id;
  return "connection " + std::to_string(id) + " to " + impl_->bitcoinds.cut(id) + " ends";
}

}  // namespace btc::sim
