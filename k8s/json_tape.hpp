#pragma once

#include "k8s/cbor.hpp"
#include "k8s/json_view.hpp"

#include <nlohmann/json.hpp>

#include <bit>
#include <cstddef>
#include <simdjson.h>
#include <type_traits>

namespace btc::k8s {

/// Conversion between a view and what it looks into: simdjson's element, which is the same two
/// words, a document, or an item of CBOR. For the sources of json_view and json_text only:
/// simdjson.h is large.
struct tape_access {
  struct words {
    const void* document;
    std::size_t index;
  };
  static_assert(sizeof(words) == sizeof(simdjson::dom::element)
                    && std::is_trivially_copyable_v<simdjson::dom::element>,
                "a simdjson element is a document and an index");

  [[nodiscard]] static bool is_tape(const json_view& v) noexcept {
    return v.source_ == json_view::source::tape;
  }
  [[nodiscard]] static simdjson::dom::element element(const json_view& v) noexcept {
    return std::bit_cast<simdjson::dom::element>(words{v.at_, v.index_});
  }
  [[nodiscard]] static json_view view(const simdjson::dom::element& e) noexcept {
    const auto w = std::bit_cast<words>(e);
    return {w.document, w.index};
  }
  [[nodiscard]] static const nlohmann::json& value(const json_view& v) noexcept {
    return *static_cast<const nlohmann::json*>(v.at_);
  }
  [[nodiscard]] static cbor_item item(const json_view& v) noexcept {
    return read_cbor(static_cast<const std::uint8_t*>(v.at_));
  }
};

}  // namespace btc::k8s
