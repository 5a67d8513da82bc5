#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace btc::sim {

/// Where a list in pages goes on: metadata.continue. Source: apiserver, pkg/storage/continue.go.
struct page_token {
  std::int64_t version{0};  ///< of the whole list; -1: the present state, inconsistent
  std::string start{};      ///< first key, "namespace/name" and a NUL behind the last key before
};

/// URL-safe base64 without padding of {"v": "meta.k8s.io/v1", "rv", "start"}.
[[nodiscard]] std::string to_string(const page_token& token);
[[nodiscard]] std::optional<page_token> parse_page_token(std::string_view text);

}  // namespace btc::sim
