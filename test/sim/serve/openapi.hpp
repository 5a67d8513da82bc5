#pragma once

#include "test/sim/cluster/resource_type.hpp"

#include <nlohmann/json_fwd.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace btc::sim {

/// OpenAPI v3 documents, one a group, with what kubectl reads of them: the schema of our kind for
/// `kubectl explain`, and which parameters a PATCH knows, because kubectl asks the server to
/// validate fields only where that is documented. Built-ins have their field names and types,
/// without descriptions. Immutable; the documents are made as text once.
class openapi {
 public:
  openapi(const std::vector<resource_type>& types, const nlohmann::json& crd);

  /// The document at `path` ("/openapi/v3" or "/openapi/v3/apis/apps/v1"), or nullptr.
  [[nodiscard]] const std::string* find(std::string_view path) const;

 private:
  std::map<std::string, std::string, std::less<>> documents_{};
};

}  // namespace btc::sim
