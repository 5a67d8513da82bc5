#include "k8s/json_writer.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace btc::k8s {

namespace {

using json = nlohmann::json;

[[nodiscard]] std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Nothing in it needs an escape or a look at its encoding: nearly every string of a manifest.
[[nodiscard]] bool is_plain(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\';
  });
}

void append_string(std::string& out, const std::string& text) {
  if (is_plain(text)) {
    out.append(1, '"').append(text).append(1, '"');
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
  std::string out;
  append_json(out, value);
  return out;
}

}  // namespace btc::k8s
