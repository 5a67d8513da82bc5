#pragma once

#include "actors/actor_base.hpp"

namespace btc::actors {

struct peer_args {
  const environment* env{nullptr};
};

/// Owns: what is known of every network's nodes. The only one that speaks with bitcoind.
/// Accepts: network_targets, network_gone; rpc_ended; poll_due.
/// Sends: chain_observed, credentials_refused.
/// Timers: poll_due.
/// On failure: the supervisor starts the whole pipeline again.
class peer_state {
 public:
  using pointer = messages::peer_actor::stateful_pointer<peer_state>;
  static constexpr const char* name = "btc.peer";

  explicit peer_state(pointer self) : self_(self) {}
  void start(peer_args args);

  void on_targets(const messages::network_targets& m);
  void on_gone(const messages::network_gone& m);
  void on_ended(const messages::rpc_ended& m);
  void on_due(const messages::poll_due& m);

  [[nodiscard]] static std::string title() { return "peer"; }
  void fill(messages::actor_reports& out) const;

  vitals vitals_{};

 private:
  pointer self_;
  peer_args args_{};
};

[[nodiscard]] messages::peer_actor::behavior_type peer(peer_state::pointer self, peer_args args);

}  // namespace btc::actors
