#pragma once

#include "k8s/kind.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace btc::k8s {

/// Deepest nesting that a document may have; the API server itself stops at 10,000, our kinds
/// need 12. A bound keeps a hostile body from growing the stack of open containers.
inline constexpr std::size_t json_depth_max = 128;

/// Parses `text` into a DOM without ever building what nobody reads of kind `k`: the values of
/// keys such as `fieldsV1` (half of a live object) are lexed and thrown away.
///
/// On failure returns a discarded value and describes the position in `error`.
[[nodiscard]] nlohmann::json parse_filtered(std::string_view text, kind k, std::string& error);

}  // namespace btc::k8s
