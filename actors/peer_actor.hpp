#pragma once

#include "actors/actor_base.hpp"
#include "actors/bitcoin/address_book.hpp"
#include "actors/bitcoin/peer_network.hpp"
#include "actors/telemetry/log_limiter.hpp"
#include "actors/turn_queue.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace btc::actors {

struct peer_args {
  const environment* env{nullptr};
};

/// Owns: what is known of every network's nodes (bitcoin::peer_network), and how many requests to
///   nodes are in flight. The only one that speaks with bitcoind.
/// Accepts: network_targets, network_gone; rpc_ended (RPC transport); poll_due.
/// Sends: chain_observed, credentials_refused to the network's reconcile actor.
/// Timers: poll_due, with a generation: one, for the network that is due first.
/// On failure: the supervisor starts the whole pipeline again; the targets come anew, and each plan
///   is made of what the nodes list, so nothing is lost.
///
/// Networks take turns: whoever has had a request sent queues behind those that were due before
/// now. A network whose nodes hang has only its share of the requests, all such nodes together have
/// half of them, and a network whose reconcile actor ends is forgotten with it.
class peer_state {
 public:
  using pointer = messages::peer_actor::stateful_pointer<peer_state>;
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr const char* name = "btc.peer";

  explicit peer_state(pointer self) : self_(self) {}
  peer_state(const peer_state&) = delete;
  peer_state& operator=(const peer_state&) = delete;
  ~peer_state() = default;
  void start(peer_args args);

  void on_targets(const messages::network_targets& m);
  void on_gone(const messages::network_gone& m);
  void on_ended(const messages::rpc_ended& m);
  void on_due(const messages::poll_due& m);

  [[nodiscard]] static std::string title() { return "peer"; }
  void fill(messages::actor_reports& out) const;

  vitals vitals_{};

 private:
  using node_counts =
      std::array<std::size_t, static_cast<std::size_t>(telemetry::peer_node::count_)>;
  struct network {
    bitcoin::peer_network state;
    std::uint64_t generation{0};  ///< tells it from an earlier network with the same key
    messages::chain_client sender{};
    caf::actor_addr sender_address{};
    node_counts counts{};
  };
  using networks = std::unordered_map<k8s::object_key, network, k8s::object_key_hash>;
  struct call {
    k8s::object_key key{};
    std::uint64_t generation{0};
    bitcoin::rpc_ticket ticket{};
    bool slow{false};
    time_point sent_at{};
  };

  void forget(networks::iterator found);
  /// Sends what is due and allowed, and sees to it that the rest has its turn.
  void pump();
  void take_turn(networks::iterator found);
  void send(const k8s::object_key& key, const network& net, bitcoin::rpc_order order);
  /// Passes on what came of the last event, and sets the network's next turn.
  void settle(networks::iterator found);
  void schedule(networks::iterator found, std::optional<time_point> at);
  void arm();
  [[nodiscard]] bool slow_allowed() const noexcept {
    return slow_in_flight_ < args_.env->limits.inflight_rpc_slow_max;
  }
  void tell(const k8s::object_key& key, const bitcoin::peer_note& note);
  void count(network& net);
  /// Shows what one network's nodes have become instead of what they were.
  void change_counts(const node_counts& from, const node_counts& to);

  pointer self_;
  peer_args args_{};
  std::unique_ptr<random_numbers> random_{};
  telemetry::log_limiter limiter_{};
  bitcoin::address_book book_{};
  networks networks_{};
  turn_queue turns_{};
  std::unordered_set<k8s::object_key, k8s::object_key_hash> starved_{};  ///< of slow requests
  std::unordered_map<std::uint64_t, call> calls_{};                      ///< in flight
  std::size_t slow_in_flight_{0};
  node_counts counts_{};
  std::uint64_t last_id_{0};
  std::uint64_t last_generation_{0};
  std::uint64_t timer_{0};  ///< generation of the poll_due that counts
  std::optional<time_point> armed_{};
};

[[nodiscard]] messages::peer_actor::behavior_type peer(peer_state::pointer self, peer_args args);

}  // namespace btc::actors
