#include "actors/reconcile/peer_target.hpp"

#include "actors/reconcile/manifests.hpp"
#include "actors/reconcile/names.hpp"
#include "actors/reconcile/nodes.hpp"
#include "actors/reconcile/spec_rules.hpp"

#include <tuple>
#include <utility>

namespace btc::reconcile {

namespace {

/// The controller's own user, kept alive by the credentials that it was derived from.
[[nodiscard]] std::shared_ptr<const bitcoin::rpc_credentials> speaker(const secret_view& secret) {
  const auto& all = secret.credentials;
  return all == nullptr ? nullptr
                        : std::shared_ptr<const bitcoin::rpc_credentials>{all, &all->controller};
}

[[nodiscard]] bitcoin::network_target from_spec(const k8s::bitcoin_network& network) {
  const auto& spec = network.spec;
  const auto& name = network.meta.key.name;
  bitcoin::network_target target;
  target.uid = network.meta.uid;
  target.chain = spec.chain;
  target.shape = bitcoin::parse_topology(spec.topology).value_or(bitcoin::topology::automatic);
  target.nodes_wanted = spec.nodes;
  target.mining_interval = std::chrono::seconds{spec.mining_interval_seconds};
  target.names = {stateful_set_name(name),
                  service_name(name),
                  network.meta.key.ns,
                  static_cast<std::uint16_t>(ports_of(spec.chain).p2p)};
  target.acting = !spec.paused;
  return target;
}

}  // namespace

std::optional<bitcoin::network_target> target_of(const observed& o,
                                                 const bitcoin::network_target* before) {
  const auto& network = o.network;
  if (network == nullptr || network->meta.deleting) {
    return std::nullopt;
  }
  bitcoin::network_target target;
  if (spec_problems(*network).empty()) {
    target = from_spec(*network);
  } else if (before != nullptr && before->uid == network->meta.uid) {
    target = *before;
    target.nodes.clear();
  } else {
    return std::nullopt;
  }
  target.credentials = speaker(o.secret);
  for (const auto& n : nodes_of(o)) {
    target.nodes.push_back({n.ordinal, n.pod->meta.uid, n.pod->restarts, n.ready(), n.pod->ip});
  }
  return target;
}

bool same_target(const bitcoin::network_target& a, const bitcoin::network_target& b) {
  const auto plain = [](const bitcoin::network_target& t) {
    return std::tie(t.uid,
                    t.chain,
                    t.shape,
                    t.nodes_wanted,
                    t.mining_interval,
                    t.names.set,
                    t.names.service,
                    t.names.ns,
                    t.names.p2p_port,
                    t.nodes,
                    t.acting);
  };
  const bool same_credentials =
      a.credentials == b.credentials
      || (a.credentials != nullptr && b.credentials != nullptr && *a.credentials == *b.credentials);
  return same_credentials && plain(a) == plain(b);
}

}  // namespace btc::reconcile
