#pragma once

#include "actors/reconcile/digest.hpp"
#include "actors/reconcile/field_diff.hpp"
#include "k8s/bitcoin_network.hpp"
#include "k8s/meta.hpp"

#include <nlohmann/json_fwd.hpp>

#include <vector>

namespace btc::reconcile {

// Of a child's metadata only labels and annotations are compared. Name, namespace and owner are
// settled by ownership_of(), by kind, name and uid of the owner: its apiVersion and
// blockOwnerDeletion, which nobody edits by accident, come back with the next apply only.

/// Every member of the object `wanted`, whose values are texts, is among `have`.
[[nodiscard]] bool has_all(const k8s::string_pairs& have, const nlohmann::json& wanted);

/// Labels and annotations of `manifest` that `have` lacks or has with another value.
[[nodiscard]] std::vector<field_difference> metadata_differences(const k8s::object_meta& have,
                                                                 const nlohmann::json& manifest);

/// There would be none, as can be told without the manifest: `have` carries the labels of every
/// child of `network`, and `wanted` as the digest of what it was last written as.
[[nodiscard]] bool has_our_metadata(const k8s::object_meta& have,
                                    const k8s::bitcoin_network& network,
                                    const digest& wanted);

}  // namespace btc::reconcile
