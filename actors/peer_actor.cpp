#include "actors/peer_actor.hpp"

#include <utility>

namespace btc::actors {

using namespace messages;

void peer_state::start(peer_args args) {
  args_ = std::move(args);
  fail_visibly(self_, *args_.env, title());
}

void peer_state::on_targets(const network_targets&) {}

void peer_state::on_gone(const network_gone&) {}

void peer_state::on_ended(const rpc_ended&) {}

void peer_state::on_due(const poll_due&) {}

void peer_state::fill(actor_reports& out) const {
  out.actor.state = "idle";
}

peer_actor::behavior_type peer(peer_state::pointer self, peer_args args) {
  self->state.start(std::move(args));
  return {on(self, &peer_state::on_targets),
          on(self, &peer_state::on_gone),
          on(self, &peer_state::on_ended),
          on(self, &peer_state::on_due),
          on_report_request(self)};
}

}  // namespace btc::actors
