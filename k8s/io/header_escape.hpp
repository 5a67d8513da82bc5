#pragma once

#include <string>
#include <string_view>

namespace btc::k8s::io {

/// A text as the end of a header's name: what no name may hold, and "%", as "%XX"
/// (client-go, transport/round_trippers.go, headerKeyEscape).
[[nodiscard]] std::string header_escape(std::string_view key);

}  // namespace btc::k8s::io
