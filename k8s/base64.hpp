#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace btc::k8s {

// Standard alphabet with padding (RFC 4648, section 4), by OpenSSL.

/// Nothing when `text` is no base64. White space is passed over.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);
[[nodiscard]] std::string encode_base64(std::string_view bytes);

}  // namespace btc::k8s
