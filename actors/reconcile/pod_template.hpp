#pragma once

#include "k8s/bitcoin_network.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string_view>

namespace btc::reconcile {

/// Names of the container and its volumes, and where they are mounted.
using k8s::node_container;
inline constexpr std::string_view conf_volume = "conf";
inline constexpr std::string_view conf_mount = "/etc/bitcoin";
inline constexpr std::string_view data_volume = "data";
inline constexpr std::string_view data_mount = "/data";

/// Seconds between SIGTERM and SIGKILL. bitcoind writes its caches out when it ends; killed before,
/// it may lose its chain, which costs most where the chain was to be kept.
inline constexpr int grace_seconds = 120;
inline constexpr int grace_seconds_with_storage = 300;

/// Labels of everything that belongs to a network; the selector is the first of them.
[[nodiscard]] nlohmann::json owned_labels(const k8s::bitcoin_network& network);

/// spec.template of the StatefulSet: bitcoind past the image's entrypoint (which wants to be root),
/// within the Pod Security Standard "restricted", with its data in /data and bitcoin.conf from the
/// Secret `<name>-conf`. No password is in an argument or in the environment.
///
/// `mark` becomes an annotation: what pods were started with. Another value replaces them.
[[nodiscard]] nlohmann::json pod_template(const k8s::bitcoin_network& network,
                                          std::string_view mark);

/// spec.volumeClaimTemplates; null without spec.storage.
[[nodiscard]] nlohmann::json volume_claim_templates(const k8s::bitcoin_network& network);

}  // namespace btc::reconcile
