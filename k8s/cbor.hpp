#pragma once

#include "k8s/json_view.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace btc::k8s {

/// JSON values as CBOR (RFC 8949), in the smallest form of each item, lengths in front; the words
/// of cbor_words.hpp are simple values. The readers are for what `write_cbor` wrote in this
/// process, so they check nothing.
[[nodiscard]] std::vector<std::uint8_t> write_cbor(json_view value);

/// The first bytes of an item, taken apart.
struct cbor_item {
  json_type type{json_type::null};
  /// The number, the bits of a real, 1 for true, or how many bytes, elements or members follow.
  std::uint64_t argument{0};
  bool negative{false};               ///< the number is -1 - argument
  const std::uint8_t* body{nullptr};  ///< what follows
  const char* text_begin{nullptr};    ///< of a string: in the body, or a word

  [[nodiscard]] std::string_view text() const noexcept {
    return {text_begin, static_cast<std::size_t>(argument)};
  }
  /// A string that is no word: its bytes follow.
  [[nodiscard]] bool has_text_in_body() const noexcept {
    return text_begin == reinterpret_cast<const char*>(body);
  }
};

[[nodiscard]] cbor_item read_cbor(const std::uint8_t* at) noexcept;
/// Where the item that begins at `at` ends.
[[nodiscard]] const std::uint8_t* skip_cbor(const std::uint8_t* at) noexcept;

}  // namespace btc::k8s
