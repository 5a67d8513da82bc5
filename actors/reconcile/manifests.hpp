#pragma once

#include "actors/reconcile/digest.hpp"
#include "k8s/bitcoin_network.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace btc::reconcile {

/// A child as it should be: exactly the fields that we own.
struct manifest {
  nlohmann::json json{};  ///< carries `digest` as annotation
  reconcile::digest digest{};
};

struct desired_children {
  manifest service{};
  manifest stateful_set{};
};

/// The children of a valid network. Pure; the same input gives the same bytes in every process.
/// `configuration`: digest of the bitcoin.conf that the pods read (see pod_template).
[[nodiscard]] desired_children desire(const k8s::bitcoin_network& network,
                                      std::string_view configuration);

/// The Secret's name that the pods read: spec.secret, or the generated one.
[[nodiscard]] std::string secret_name(const k8s::bitcoin_network& network);

/// `<name>-rpc` with the generated credentials, owned by the network. Not part of desire(): its
/// content is random, so it is made once and never compared.
[[nodiscard]] nlohmann::json rpc_secret_manifest(const k8s::bitcoin_network& network,
                                                 const std::string& password);

/// P2P and RPC ports of a chain; those of regtest for one that is unknown.
struct chain_ports {
  int rpc{0};
  int p2p{0};
};
[[nodiscard]] chain_ports ports_of(std::string_view chain) noexcept;

}  // namespace btc::reconcile
