#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace btc::reconcile {

/// What a child was last written as, in 33 characters that the child itself carries.
///
/// `content` tells whether the manifest of today is the one that was written: a difference in the
/// object under an equal content is drift, under another content it is our own change. `shape`
/// covers only which fields and list entries are there: while it is equal, none was taken out, and
/// an object that was created by POST needs no change of ownership before it is applied.
struct digest {
  std::uint64_t shape{0};
  std::uint64_t content{0};

  friend bool operator==(const digest&, const digest&) = default;
};

/// FNV-1a over the canonical form; stable across processes and machines.
[[nodiscard]] digest digest_of(const nlohmann::json& manifest);

[[nodiscard]] std::string to_string(const digest& d);

/// The digest in an annotation; a zero digest when the text is none.
[[nodiscard]] digest parse_digest(std::string_view text) noexcept;

}  // namespace btc::reconcile
