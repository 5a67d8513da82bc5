#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace btc::k8s {

/// What a JSON value is; `absent` where there is none.
enum class json_type : std::uint8_t {
  absent,
  null,
  boolean,
  integer,           ///< fits std::int64_t
  unsigned_integer,  ///< fits std::uint64_t only
  real,
  string,
  array,
  object,
};

/// One value of a parsed JSON document, whoever holds it: simdjson for text that came over the
/// wire, nlohmann_json for documents that are values already (ours, and the simulated cluster's),
/// packed_json for what rests in a cache. Decoders and comparisons are written once, against this.
///
/// Two words, passed by value; valid as long as its document. Reading never throws: a field that is
/// absent, null or of another type is "not there", because the API server's schema has checked the
/// types and a decoder must survive whatever else arrives.
class json_view {
 public:
  json_view() = default;  ///< absent
  explicit json_view(const nlohmann::json& value) noexcept;

  [[nodiscard]] json_type type() const noexcept;
  /// Something is there, and it is not null.
  [[nodiscard]] explicit operator bool() const noexcept { return type() > json_type::null; }
  [[nodiscard]] bool is_object() const noexcept { return type() == json_type::object; }
  [[nodiscard]] bool is_array() const noexcept { return type() == json_type::array; }
  [[nodiscard]] bool is_string() const noexcept { return type() == json_type::string; }

  /// The member `key`; absent when there is none or this is no object.
  [[nodiscard]] json_view operator[](std::string_view key) const noexcept;
  /// Empty when this is no string.
  [[nodiscard]] std::string_view text() const noexcept;
  [[nodiscard]] std::string string() const { return std::string{text()}; }
  /// A whole number that fits.
  [[nodiscard]] std::optional<std::int64_t> integer() const noexcept;
  [[nodiscard]] std::optional<std::uint64_t> unsigned_integer() const noexcept;
  /// Any number.
  [[nodiscard]] std::optional<double> real() const noexcept;
  [[nodiscard]] std::optional<bool> boolean() const noexcept;
  /// Number of elements or members; 0 for every other type.
  [[nodiscard]] std::size_t size() const noexcept;

  /// Calls f(key, value) for each member, in the order of the document; nothing for a non-object.
  template <class F>
  void for_each_member(F f) const {
    each_member(&f, [](void* to, std::string_view key, json_view value) {
      (*static_cast<F*>(to))(key, value);
    });
  }
  /// Calls f(value) for each element; nothing for a non-array.
  template <class F>
  void for_each_element(F f) const {
    each_element(&f, [](void* to, json_view value) { (*static_cast<F*>(to))(value); });
  }

  /// The value as a document of its own.
  [[nodiscard]] nlohmann::json copy() const;

 private:
  friend class json_text;
  friend class packed_json;
  enum class source : std::uint8_t { none, dom, tape, packed };
  using member_handler = void (*)(void*, std::string_view, json_view);
  using element_handler = void (*)(void*, json_view);

  json_view(const void* document, std::size_t index) noexcept
      : source_(source::tape), at_(document), index_(index) {}
  explicit json_view(const std::uint8_t* cbor) noexcept : source_(source::packed), at_(cbor) {}
  void each_member(void* to, member_handler f) const;
  void each_element(void* to, element_handler f) const;

  friend struct tape_access;
  source source_{source::none};
  const void* at_{nullptr};  ///< the value (dom, packed), or the document that holds it (tape)
  std::size_t index_{0};     ///< tape only
};

/// A value as people are shown it: JSON in ASCII on one line, and cut where it is long.
[[nodiscard]] std::string shown(json_view value);

/// JSON text, parsed as a whole and validated, UTF-8 included. One object can parse one text after
/// the other and keeps its buffers for the next.
class json_text {
 public:
  json_text();
  json_text(const json_text&) = delete;
  json_text& operator=(const json_text&) = delete;
  ~json_text();

  /// The root, valid until the next call; absent when `text` is no JSON, is nested deeper than
  /// json_depth_max or has a number that no 64 bits hold. It does not say why.
  [[nodiscard]] json_view parse(std::string_view text);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace btc::k8s
