#include "k8s/json_writer.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace btc::k8s {

namespace {

using json = nlohmann::json;

[[nodiscard]] std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

using word = std::uint64_t;
constexpr word ones = 0x0101010101010101U;
constexpr word high_bits = 0x80 * ones;

/// Not zero when a byte of `w` is `byte`, of bytes below 0x80.
[[nodiscard]] constexpr word has_byte(word w, word byte) noexcept {
  const auto difference = w ^ (byte * ones);
  return (difference - ones) & ~difference & high_bits;
}

/// Not zero when one of eight bytes needs an escape or a look at its encoding.
[[nodiscard]] constexpr word special(word w) noexcept {
  const auto below_space = (w - 0x20 * ones) & ~w;
  return ((w | below_space) & high_bits) | has_byte(w, '"') | has_byte(w, '\\') | has_byte(w, 0x7f);
}

/// Nothing in it needs an escape or a look at its encoding: nearly every string of a manifest.
/// Manifests consist of strings, so these are read a word at a time.
[[nodiscard]] bool is_plain(std::string_view text) noexcept {
  for (; text.size() >= sizeof(word); text.remove_prefix(sizeof(word))) {
    word w = 0;
    std::memcpy(&w, text.data(), sizeof w);
    if (special(w) != 0) {
      return false;
    }
  }
  word rest = ones * ' ';
  std::memcpy(&rest, text.data(), text.size());
  return special(rest) == 0;
}

void append_string(std::string& out, const std::string& text) {
  if (is_plain(text)) {
    out += '"';
    out += text;
    out += '"';
  } else {
    out += dump(text);
  }
}

template <class Number>
void append_number(std::string& out, Number number) {
  std::array<char, 24> digits{};
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), written.ptr);
}

}  // namespace

void append_json(std::string& out, const json& value) {
  switch (value.type()) {
    case json::value_t::object: {
      char before = '{';
      for (const auto& [key, member] : value.get_ref<const json::object_t&>()) {
        out += before;
        append_string(out, key);
        out += ':';
        append_json(out, member);
        before = ',';
      }
      out.append(before == '{' ? "{}" : "}");
      break;
    }
    case json::value_t::array: {
      char before = '[';
      for (const auto& element : value) {
        out += before;
        append_json(out, element);
        before = ',';
      }
      out.append(before == '[' ? "[]" : "]");
      break;
    }
    case json::value_t::string:
      append_string(out, value.get_ref<const std::string&>());
      break;
    case json::value_t::boolean:
      out.append(value.get<bool>() ? "true" : "false");
      break;
    case json::value_t::number_integer:
      append_number(out, value.get<std::int64_t>());
      break;
    case json::value_t::number_unsigned:
      append_number(out, value.get<std::uint64_t>());
      break;
    case json::value_t::null:
      out.append("null");
      break;
    case json::value_t::number_float:
    case json::value_t::binary:
    case json::value_t::discarded:
      out += dump(value);
      break;
  }
}

std::string to_json_text(const json& value) {
  constexpr std::size_t usual_bytes = 6144;  // of a StatefulSet
  std::string out;
  out.reserve(usual_bytes);
  append_json(out, value);
  return out;
}

}  // namespace btc::k8s
