#pragma once

#include "k8s/kind.hpp"
#include "k8s/meta.hpp"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace btc::k8s {

enum class method : std::uint8_t { get, post, patch, put, del };

[[nodiscard]] std::string_view to_string(method m) noexcept;

/// One HTTP request to the API server as a value; no server is needed to test it.
///
/// `target` is path and query, percent-encoded, absolute ("/api/v1/…"). Host, credentials and
/// User-Agent belong to the transport.
struct request {
  k8s::method method{method::get};
  std::string target{};
  std::string content_type{};  ///< empty when there is no body
  /// Empty when there is no body. Shared with whoever made it: a manifest travels uncopied from
  /// the decision to the transport, which serialises it.
  std::shared_ptr<const nlohmann::json> body{};
  std::string verb{};  ///< for metrics and logs: get list watch create apply patch
  kind resource{};     ///< for metrics and logs
};

// Media types of PATCH bodies.
inline constexpr std::string_view apply_patch = "application/apply-patch+yaml";  // JSON is YAML
inline constexpr std::string_view merge_patch = "application/merge-patch+json";
inline constexpr std::string_view json_patch = "application/json-patch+json";

/// Name under which the API server records which fields are ours.
inline constexpr std::string_view field_manager = "bitcoin-controller";

/// What a list or watch covers. Both strings may be empty: all namespaces, all objects.
struct scope {
  std::string ns{};
  std::string label_selector{};

  friend bool operator==(const scope&, const scope&) = default;
};

/// One page of a list. An empty `resource_version` asks for the most recent state; any other is
/// read as "not older than".
struct list_options {
  std::size_t limit{0};  ///< 0: no limit
  std::string resource_version{};
  std::string continue_token{};
};

struct watch_options {
  std::string resource_version{};
  std::chrono::seconds timeout{};   ///< the server ends the stream after this time
  bool send_initial_events{false};  ///< KEP-3157 WatchList instead of a list
};

[[nodiscard]] request get_request(kind k, const object_key& key);
[[nodiscard]] request list_request(kind k, const scope& s, const list_options& o);
[[nodiscard]] request watch_request(kind k, const scope& s, const watch_options& o);
/// POST of `manifest`; metadata.namespace gives the collection.
[[nodiscard]] request create_request(kind k, std::shared_ptr<const nlohmann::json> manifest);
/// Server-side apply, forced: after it we own exactly the fields of `manifest`.
[[nodiscard]] request apply_request(kind k, std::shared_ptr<const nlohmann::json> manifest);
[[nodiscard]] request json_patch_request(kind k, const object_key& key, nlohmann::json operations);
[[nodiscard]] request merge_patch_request(kind k, const object_key& key, nlohmann::json body);
/// Merge patch of the /status subresource.
[[nodiscard]] request status_patch_request(kind k, const object_key& key, nlohmann::json body);

}  // namespace btc::k8s
