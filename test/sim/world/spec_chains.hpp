#pragma once

#include "test/sim/cluster/schema.hpp"
#include "test/sim/world/workload.hpp"

#include <string>
#include <vector>

namespace btc::sim {

/// One edit of one field of a spec, as a merge patch, and the edit that takes it back.
struct spec_mutation {
  std::string path{};  ///< "pod.labels"
  std::string what{};  ///< "above the maximum"
  nlohmann::json patch{};
  nlohmann::json undo{};
};

/// All edits that a schema suggests for `spec`, after Acto (SOSP 2023): each word of an enum, the
/// bounds of a number and one beyond them, a text that no pattern takes, a list that is empty, has
/// one entry or too many, a member more or less. Valid and invalid ones alike: the API server
/// refuses those that it can, and the controller has to cope with the rest.
[[nodiscard]] std::vector<spec_mutation> mutations_of(const schema_node& spec);

/// Workloads "spec-01" …, which together make each of these edits: a network is made, edited field
/// by field while it works, each third edit is taken back, and in between somebody drifts a child.
[[nodiscard]] std::vector<workload> spec_chains(const schema_node& crd);

}  // namespace btc::sim
