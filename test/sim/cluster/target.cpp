#include "test/sim/cluster/target.hpp"

#include <algorithm>
#include <array>

namespace btc::sim {

namespace {

[[nodiscard]] int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

[[nodiscard]] std::string decoded(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0
                        && hex_digit(text[i + 2]) >= 0;
    if (escape) {
      out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

/// The text up to `separator`, which is taken off `rest` together with it.
[[nodiscard]] std::string_view take(std::string_view& rest, char separator) noexcept {
  const auto end = rest.find(separator);
  const auto part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return part;
}

void parse_query(std::string_view text, target& out) {
  while (!text.empty()) {
    auto pair = take(text, '&');
    if (!pair.empty()) {
      const auto key = take(pair, '=');
      out.query.emplace_back(decoded(key, true), decoded(pair, true));
    }
  }
}

/// Subresources that a namespace itself has; any other word after its name is a resource in it.
constexpr std::array<std::string_view, 2> namespace_subresources{"finalize", "status"};

}  // namespace

std::string_view target::parameter(std::string_view key) const noexcept {
  for (const auto& [parameter_name, value] : query) {
    if (parameter_name == key) {
      return value;
    }
  }
  return {};
}

bool target::has(std::string_view key) const noexcept {
  return std::any_of(query.begin(), query.end(), [&](const auto& p) { return p.first == key; });
}

bool target::flag(std::string_view key) const noexcept {
  const auto value = parameter(key);
  return has(key) && value != "false" && value != "0";
}

std::optional<target> parse_target(std::string_view text) {
  target out;
  auto query = text;
  auto path = take(query, '?');
  parse_query(query, out);
  if (!path.starts_with('/')) {
    return std::nullopt;
  }
  path.remove_prefix(1);
  const auto root = take(path, '/');
  if (root == "apis") {
    out.group = take(path, '/');
  } else if (root != "api") {
    return std::nullopt;
  }
  out.version = take(path, '/');
  out.resource = take(path, '/');
  if (out.resource == "namespaces" && !path.empty()) {
    auto rest = path;
    const auto ns = take(rest, '/');
    auto peek = rest;
    const auto next = take(peek, '/');
    const bool of_itself =
        std::find(namespace_subresources.begin(), namespace_subresources.end(), next)
        != namespace_subresources.end();
    if (!next.empty() && !of_itself) {
      out.ns = decoded(ns, false);
      out.resource = next;
      path = peek;
    }
  }
  out.name = decoded(take(path, '/'), false);
  out.subresource = take(path, '/');
  if (out.resource.empty() || !path.empty() || (root == "apis" && out.group.empty())) {
    return std::nullopt;
  }
  return out;
}

}  // namespace btc::sim
