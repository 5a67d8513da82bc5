#include "actors/reconcile/peer_target.hpp"
#include "actors/reconcile_actor.hpp"

#include <utility>

/// The nodes of the network: what the peer actor is told of them and tells of them, and the
/// Secrets that they are spoken to with.
namespace btc::actors {

using namespace messages;

void reconcile_state::tell_peer() {
  if (phase_ == phase::loading) {
    return;
  }
  auto target = reconcile::target_of(view_.values(), target_.get());
  if (!target) {
    if (target_ != nullptr) {
      target_.reset();
      self_->send(args_.peer, network_gone{args_.key});
    }
    return;
  }
  if (target_ != nullptr && reconcile::same_target(*target, *target_)) {
    return;
  }
  target_ = std::make_shared<const bitcoin::network_target>(std::move(*target));
  self_->send(args_.peer,
              network_targets{args_.key, target_, caf::actor_cast<chain_client>(self_)});
}

void reconcile_state::on_chain_observed(const chain_observed& m) {
  const auto& network = view_.network();
  if (network == nullptr || m.report == nullptr || m.report->network_uid != network->meta.uid) {
    return;  // of a namesake that is gone
  }
  view_.take_chain(m.report);
  wake();
}

/// Whether there is still hope to hear of the nodes; the status tells when there is not.
void reconcile_state::listen() {
  if (view_.gives_up_hearing(self_->clock().now(), args_.env->limits.hearing_patience)) {
    wake();
  }
}

void reconcile_state::on_credentials_refused(const credentials_refused& m) {
  const auto& network = view_.network();
  if (network == nullptr || m.network_uid != network->meta.uid) {
    return;
  }
  log_.info("credentials-refused",
            "a node refused the controller's credentials, reading the Secret");
  view_.forget_secrets();
  wake();
}

void reconcile_state::on_secrets_due(const secrets_due& m) {
  if (m.generation != secrets_timer_) {
    return;
  }
  expect_secrets();
  if (phase_ != phase::loading) {
    listen();
    view_.forget_secrets();
    wake();
  }
}

/// No watch tells of Secrets. The spread keeps a thousand networks apart.
void reconcile_state::expect_secrets() {
  constexpr double spread = 0.2;
  self_->delayed_send(self_,
                      random_->around(args_.env->limits.secret_interval, spread),
                      secrets_due{++secrets_timer_});
}

}  // namespace btc::actors
