#pragma once

#include "actors/peer_actor.hpp"
#include "test/support/actor_fixture.hpp"
#include "test/support/model_bitcoind.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace btc::test {

/// The peer actor, a probe as reconcile actor of each network, and bitcoinds that answer when
/// told().
class peer_fixture : public actor_fixture {
 protected:
  peer_fixture() { start(); }
  void start() { peer_ = spawn(actors::peer, actors::peer_args{&env}); }

  /// A network of ready nodes at 10.0.<number>.1, .2, …, each with a running bitcoind.
  bitcoin::network_target& have(const std::string& name, std::int32_t nodes) {
    auto& target = targets_[name];
    const auto number = std::to_string(targets_.size());
    target.uid = "uid-" + name;
    target.chain = "regtest";
    target.names = {name + "-sts", name + "-svc", "default", 18444};
    target.credentials = std::make_shared<const bitcoin::rpc_credentials>(bitcoin::rpc_credentials{
        bitcoin::secret_text{"bitcoin-controller"}, bitcoin::secret_text{"marker-" + name}});
    target.nodes_wanted = nodes;
    for (std::int32_t i = 0; i < nodes; ++i) {
      const auto ip = "10.0." + number + '.' + std::to_string(i + 1);
      target.nodes.push_back({i, name + "-pod-" + std::to_string(i), 0, true, ip});
      run_node(target, i);
    }
    return target;
  }
  model_bitcoind& run_node(const bitcoin::network_target& target, std::int32_t ordinal) {
    const auto& ip = target.nodes.at(static_cast<std::size_t>(ordinal)).ip;
    auto& node = world_.at[ip];
    node.restart();
    node.authorization = bitcoin::basic_authorization(*target.credentials).reveal();
    world_.dns[target.names.address_of(ordinal)] = ip;
    return node;
  }
  void send(const std::string& name) {
    tell(peer_,
         messages::network_targets{{"default", name},
                                   std::make_shared<const bitcoin::network_target>(targets_[name]),
                                   messages::chain_client(reconciler(name).handle())});
  }
  [[nodiscard]] probe<messages::reconcile_actor>& reconciler(const std::string& name) {
    const auto found = reconcilers_.find(name);
    return found != reconcilers_.end()
               ? found->second
               : reconcilers_.emplace(name, make_probe<messages::reconcile_actor>()).first->second;
  }

  /// Has the nodes answer, and what follows from it, until nobody asks any more. Nodes that hang
  /// keep their requests.
  void answer_all() {
    std::deque<fake_post> hanging;
    while (!rpc.posts.empty()) {
      auto post = rpc.take();
      in_flight_max_ = std::max(in_flight_max_, rpc.posts.size() + 1 + hanging.size());
      const auto found = world_.at.find(post.request.host);
      if (found != world_.at.end() && found->second.is == model_bitcoind::state::hanging) {
        hanging.push_back(std::move(post));
        continue;
      }
      post.done(world_.answer(post.request));
      run();
    }
    rpc.posts = std::move(hanging);
  }
  /// Time passes in small steps, and nodes answer at once; those that hang run into the deadline.
  void live(std::chrono::milliseconds time) {
    for (auto left = time; left > 0ms; left -= 100ms) {
      answer_all();
      advance(100ms);
      expire(100ms);
    }
    answer_all();
  }
  void expire(std::chrono::milliseconds passed) {
    std::deque<fake_post> alive;
    std::deque<fake_post> over;
    for (auto& post : rpc.posts) {
      post.deadline -= passed;
      auto& to = post.deadline <= 0ms ? over : alive;
      to.push_back(std::move(post));
    }
    rpc.posts = std::move(alive);
    for (const auto& post : over) {
      post.fail({0, std::string{k8s::reason_timeout}, "the deadline is over"});
    }
    run();
  }

  [[nodiscard]] std::vector<std::string> asked() const {
    std::vector<std::string> out;
    for (const auto& post : rpc.posts) {
      out.push_back(post.to());
    }
    std::sort(out.begin(), out.end());
    return out;
  }
  [[nodiscard]] bitcoin::chain_report last_report(const std::string& name) {
    const auto all = reconciler(name).all<messages::chain_observed>();
    return all.empty() ? bitcoin::chain_report{} : *all.back().report;
  }
  [[nodiscard]] std::string peers_reason(const std::string& name) {
    return last_report(name).view.peers_connected.reason;
  }

  messages::peer_actor peer_{};
  bitcoind_world world_{};
  std::map<std::string, bitcoin::network_target> targets_{};
  std::map<std::string, probe<messages::reconcile_actor>> reconcilers_{};
  std::size_t in_flight_max_{0};
};

}  // namespace btc::test
