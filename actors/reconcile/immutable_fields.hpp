#pragma once

#include "k8s/json_view.hpp"
#include "k8s/kind.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace btc::reconcile {

// Fields of a child's spec that the API server never changes in place.
//
// pkg/apis/apps/validation: of a StatefulSet all but replicas, ordinals, template, updateStrategy,
// revisionHistoryLimit, persistentVolumeClaimRetentionPolicy and minReadySeconds.
// pkg/apis/core/validation, ValidateServiceClusterIPsRelatedFields: clusterIP of a Service; one of
// type ExternalName has none and takes one when it becomes a ClusterIP Service again.

/// One is there that is no longer wanted.
[[nodiscard]] bool has_unwanted_immutable(k8s::kind kind,
                                          k8s::json_view observed,
                                          const nlohmann::json& wanted);

/// Puts the observed values of immutable fields into `wanted` and returns the paths that differ. A
/// field that is there and no longer wanted differs too: the API server refuses to remove it.
[[nodiscard]] std::vector<std::string> keep_immutable(k8s::kind kind,
                                                      const nlohmann::json& observed,
                                                      nlohmann::json& wanted);

}  // namespace btc::reconcile
