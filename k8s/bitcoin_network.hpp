#pragma once

#include "k8s/meta.hpp"
#include "k8s/objects.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace btc::k8s {

// Limits and defaults of the spec; deploy/crd.yaml says the same, and one table of cases
// (test/cluster/spec_cases.json) holds both to it.
inline constexpr std::int64_t nodes_max = 500;
/// `<name>-sts-<hash>` must fit into a label value of 63 characters.
inline constexpr std::size_t network_name_bytes_max = 48;
inline constexpr std::string_view default_chain = "regtest";
inline constexpr std::string_view default_image = "bitcoin/bitcoin:30.2";
inline constexpr std::string_view default_pull_policy = "IfNotPresent";
inline constexpr std::string_view default_topology = "auto";
inline constexpr std::int64_t mining_interval_seconds_max = 86'400;

inline constexpr std::string_view default_when_deleted = "Delete";

/// spec.storage: a volume for each node.
struct storage_spec {
  std::string size{};           ///< a quantity, as text also when it was written as a number
  std::string storage_class{};  ///< empty: the cluster's default
  std::string when_deleted{default_when_deleted};  ///< what becomes of the claims then
};

/// spec, with defaults filled in where the API server did not.
struct network_spec {
  std::int32_t nodes{0};
  std::string secret{};  ///< empty: the controller makes `<name>-rpc`
  std::string chain{default_chain};
  std::string image{default_image};
  std::string image_pull_policy{default_pull_policy};
  std::vector<std::string> image_pull_secrets{};
  std::string topology{default_topology};
  std::optional<storage_spec> storage{};
  packed_json resources{};                  ///< null when absent
  std::int32_t mining_interval_seconds{0};  ///< 0: nobody mines
  std::vector<std::string> extra_args{};
  packed_json pod{};  ///< null when absent
  bool paused{false};
};

struct node_status {
  std::int32_t ordinal{0};
  bool ready{false};
  std::string ip{};
  std::string node_name{};
  std::string dns_name{};
  std::optional<std::int32_t> peers{};   ///< nothing while it is not known
  std::optional<std::int64_t> height{};  ///< the same

  friend bool operator==(const node_status&, const node_status&) = default;
};

/// metav1.Condition.
struct condition {
  std::string type{};
  std::string status{};  ///< True, False, Unknown
  std::string reason{};
  std::string message{};
  std::int64_t observed_generation{0};
  std::string last_transition_time{};  ///< RFC 3339; changes only with `status`

  friend bool operator==(const condition&, const condition&) = default;
};

struct network_status {
  std::int64_t observed_generation{0};
  std::string phase{};
  std::int32_t replicas{0};
  std::int32_t ready_nodes{0};
  std::optional<std::int32_t> peers{};   ///< connections between nodes, each once
  std::optional<std::int64_t> height{};  ///< of the chain
  std::string selector{};
  std::vector<node_status> nodes{};
  std::vector<condition> conditions{};

  friend bool operator==(const network_status&, const network_status&) = default;
};

[[nodiscard]] const condition* find_condition(const network_status& status,
                                              std::string_view type) noexcept;

struct bitcoin_network : object {
  bitcoin_network() : object(k8s::kind::bitcoin_network) {}
  network_spec spec{};
  /// What is wrong with the spec, a sentence each, naming field, value and rule. Filled by the
  /// decoder, so that an object which an older CRD let in is still an object.
  std::vector<std::string> problems{};
  network_status status{};
};

/// Decodes spec and checks types, choices and ranges; every problem is a sentence, none stops the
/// others. Rules that Bitcoin Core makes are checked above this layer (reconcile/spec_rules.hpp).
void read_spec(json_view document, bitcoin_network& out);
[[nodiscard]] network_status network_status_of(json_view document);
[[nodiscard]] nlohmann::json to_json(const network_status& status);
/// The fields, each whole, that differ from `before`, or all of them without one: a merge patch.
[[nodiscard]] nlohmann::json changed_fields(const network_status* before,
                                            const network_status& after);

}  // namespace btc::k8s
