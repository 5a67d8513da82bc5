#pragma once

#include "actors/bitcoin/rpc_auth.hpp"
#include "actors/reconcile/digest.hpp"
#include "k8s/bitcoin_network.hpp"

#include <nlohmann/json.hpp>

#include <optional>
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
  /// Secret `<name>-conf`; nothing while the credentials are not known.
  std::optional<manifest> conf{};
  /// Digest of the bitcoin.conf that the pods are started with (file_digest).
  std::string configuration{};
};

/// The children of a valid network. Pure; the same input gives the same bytes in every process.
///
/// `user`: the credentials in its Secret; nullptr while they are not known or of no use. Then the
/// pods keep `configuration`, the digest that the StatefulSet carries, so that all else can be put
/// right and no pod restarts because a Secret went.
[[nodiscard]] desired_children desire(const k8s::bitcoin_network& network,
                                      const bitcoin::rpc_credentials* user,
                                      std::string_view configuration);

/// Name of the Secret with the credentials: spec.secret, or the generated one.
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
