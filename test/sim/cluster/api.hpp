#pragma once

#include "k8s/request.hpp"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace btc::sim {

using json = nlohmann::json;

/// A JSON value that nobody changes any more: stored, logged, sent and kept by readers without a
/// copy.
using document = std::shared_ptr<const json>;

/// Who asks, as authentication has found out. An empty user is nobody: 401.
struct caller {
  std::string user{};
  std::vector<std::string> groups{};
};

/// May do everything, as the group system:masters.
[[nodiscard]] caller administrator();
/// The ServiceAccount that deploy/rbac.yaml is about.
[[nodiscard]] caller controller_account();

/// One HTTP request to the API server.
struct api_request {
  k8s::method method{k8s::method::get};
  std::string target{};        ///< path and query, percent-encoded
  std::string content_type{};  ///< of `body`; empty means JSON
  std::string accept{};        ///< empty means JSON; only refused types matter here
  document body{};
  caller who{};
  /// User-Agent up to the first '/': the field manager of requests that name none.
  std::string agent{"unknown"};
};

/// One complete answer. `body` is JSON; where a real server answers with plain text, `body` is
/// empty and `text` holds it.
struct api_response {
  int status{0};
  document body{};
  std::optional<std::chrono::seconds> retry_after{};  ///< header Retry-After
  std::string text{};
  std::vector<std::string> warnings{};  ///< texts of the headers Warning: 299
  bool close_connection{false};         ///< header Connection: close
};

}  // namespace btc::sim
