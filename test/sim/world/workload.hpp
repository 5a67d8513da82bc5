#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace btc::sim {

/// What users do, one after the other. Data: see docs/simulation.md for the words of a step.
///
///   {"create": "net", "spec": {…}}   {"edit": "net", "spec": {merge patch}}
///   {"delete": "net"}   {"delete": "net", "policy": "Foreground"}
///   {"secret": "name", "user": "u", "password": "p"}   {"forget-secret": "name"}
///   {"drift": "StatefulSet", "of": "net", "patch": {merge patch}}
///   {"remove": "Service", "of": "net"}   {"occupy": "Service", "of": "net"}
///   {"vacate": "Service", "of": "net"}   {"settle": true}
///   {"settle": true, "for": 40}: seconds after which the next step is taken
///   {"repeat": 3, "steps": […]}
struct workload {
  std::string name{};
  std::string says{};  ///< one sentence for --list
  std::vector<nlohmann::json> steps{};
  /// {"soak": {"networks": 100, "nodes": 3, "hours": 24}} makes so many networks and lets them run
  /// so long. 0: no soak. A soak is no part of a search: it takes minutes.
  std::chrono::hours soak{0};
};

/// All *.json of a folder, by name. Throws std::runtime_error naming the file and what is wrong.
[[nodiscard]] std::vector<workload> load_workloads(const std::filesystem::path& folder);

/// Checks the words of the steps; throws std::runtime_error.
[[nodiscard]] workload parse_workload(const nlohmann::json& document, const std::string& name);

}  // namespace btc::sim
