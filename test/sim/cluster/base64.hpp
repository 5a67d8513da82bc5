#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace btc::sim {

/// With padding, the alphabet of RFC 4648 section 4.
[[nodiscard]] std::string base64(std::string_view bytes);
/// Without padding, the alphabet of section 5.
[[nodiscard]] std::string base64_url(std::string_view bytes);
/// Either alphabet, with or without padding.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

}  // namespace btc::sim
