#pragma once

#include "test/sim/cluster/api.hpp"
#include "test/sim/serve/negotiation.hpp"

#include <string>
#include <string_view>

namespace btc::sim {

/// A body as a document, or the refusal that a server gives for it.
struct read_result {
  sim::document document{};
  body_format format{body_format::json_text};
  api_response refusal{};  ///< set when there is no document
};

/// Reads JSON, YAML or Kubernetes' protobuf.
[[nodiscard]] read_result read_body(std::string_view content_type, const std::string& body);

}  // namespace btc::sim
