#pragma once

#include "test/sim/cluster/api.hpp"
#include "test/sim/cluster/resource_type.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace btc::sim {

/// One entry of Status.details.causes.
struct cause {
  std::string reason{};
  std::string message{};
  std::string field{};
};

// Bodies of kind Status as the API server writes them. Source: apimachinery, pkg/api/errors.

[[nodiscard]] api_response failure(int code,
                                   std::string_view reason,
                                   std::string message,
                                   json details = nullptr);
[[nodiscard]] api_response not_found(const resource_type& type, std::string_view name);
[[nodiscard]] api_response already_exists(const resource_type& type, std::string_view name);
[[nodiscard]] api_response conflict(const resource_type& type,
                                    std::string_view name,
                                    std::string_view why);
/// 409 of an update on an old resourceVersion.
[[nodiscard]] api_response modified(const resource_type& type, std::string_view name);
[[nodiscard]] api_response bad_request(std::string message);
[[nodiscard]] api_response forbidden(const resource_type& type,
                                     std::string_view name,
                                     std::string_view why);
[[nodiscard]] api_response unauthorized();
[[nodiscard]] api_response method_not_allowed();
[[nodiscard]] api_response unsupported_media(std::string_view type,
                                             const std::vector<std::string_view>& accepted);
[[nodiscard]] api_response not_acceptable();
[[nodiscard]] api_response invalid(const resource_type& type,
                                   std::string_view name,
                                   const std::vector<cause>& causes);
/// 404 for a path that no handler has: plain text.
[[nodiscard]] api_response page_not_found();
/// 410 with the token that continues on the present state, when there is one.
[[nodiscard]] api_response expired(std::string message, std::string_view continue_token = {});
/// 504 for a resourceVersion that the server has not reached.
[[nodiscard]] api_response version_too_large(std::uint64_t wanted, std::uint64_t current);
[[nodiscard]] api_response success(int status, document body);
/// 201 of a subresource that has no object of its own: binding, eviction.
[[nodiscard]] api_response created();
/// 200 of a DELETE that left nothing.
[[nodiscard]] api_response deleted(const resource_type& type,
                                   std::string_view name,
                                   std::string_view uid);

/// A failure on its way through the handlers: they throw it, handle() answers it.
struct refusal {
  api_response answer{};
};

}  // namespace btc::sim
