#pragma once

#include "test/sim/cluster/core.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace btc::sim {

/// One entry of metadata.managedFields.
struct field_owner {
  std::string manager{};
  std::string operation{};  ///< "Apply" or "Update"
  std::string api_version{};
  std::string subresource{};
  std::string time{};
  json fields = json::object();

  /// Entries that are one to the server. An Apply entry keeps its identity across API versions.
  [[nodiscard]] bool same_as(const field_owner& other) const noexcept;
};

/// Of two entries that are one, the later one is kept (docs/adr/0003).
/// managedFields leaves `metadata`.
[[nodiscard]] std::vector<field_owner> take_owners(json& metadata);
/// Sets metadata.managedFields, in the order of the server; without owners there is none.
void encode_owners(std::vector<field_owner> owners, json& metadata);

// track_fields() of write.hpp is implemented here too.

/// `live` after a server-side apply of `configuration`, with managedFields; `live` without fields
/// (empty_object) when the apply creates. Throws `refusal` (409) for conflicts unless `force`.
[[nodiscard]] json apply_configuration(const core& c,
                                       const resource_type& type,
                                       const writer& w,
                                       const json& live,
                                       const json& configuration,
                                       bool force);

}  // namespace btc::sim
