#include "actors/reconcile/digest.hpp"

#include "actors/reconcile/list_keys.hpp"
#include "k8s/json_writer.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <charconv>
#include <cstdio>

namespace btc::reconcile {

namespace {

class fnv1a {
 public:
  void add(std::string_view bytes) noexcept {
    for (const char c : bytes) {
      value_ = (value_ ^ static_cast<unsigned char>(c)) * prime;
    }
  }
  [[nodiscard]] std::uint64_t value() const noexcept { return value_; }

 private:
  static constexpr std::uint64_t prime = 0x100000001b3U;
  std::uint64_t value_{0xcbf29ce484222325U};
};

/// Feeds keys and nesting, no values but those that tell the elements of the list `field` apart:
/// another pull secret in place of one is a field that went away.
void add_shape(fnv1a& hash, const nlohmann::json& value, std::string_view field) {
  if (value.is_object()) {
    hash.add("{");
    for (const auto& [key, inner] : value.get_ref<const nlohmann::json::object_t&>()) {
      hash.add(key);
      hash.add(":");
      add_shape(hash, inner, key);
    }
    hash.add("}");
  } else if (value.is_array()) {
    hash.add("[");
    for (const auto& inner : value) {
      hash.add(identity_of(field, inner));
      add_shape(hash, inner, {});
      hash.add(",");
    }
    hash.add("]");
  }
}

constexpr std::size_t hex_digits = 16;

}  // namespace

digest digest_of(const nlohmann::json& manifest) {
  fnv1a shape;
  add_shape(shape, manifest, {});
  fnv1a content;
  content.add(k8s::to_json_text(manifest));
  return {shape.value(), content.value()};
}

std::string to_string(const digest& d) {
  std::array<char, 2 * hex_digits + 2> text{};
  std::snprintf(text.data(),
                text.size(),
                "%016llx-%016llx",
                static_cast<unsigned long long>(d.shape),
                static_cast<unsigned long long>(d.content));
  return {text.data(), 2 * hex_digits + 1};
}

digest parse_digest(std::string_view text) noexcept {
  if (text.size() != 2 * hex_digits + 1 || text[hex_digits] != '-') {
    return {};
  }
  digest d;
  const auto* begin = text.data();
  const auto* middle = begin + hex_digits;
  const auto first = std::from_chars(begin, middle, d.shape, 16);
  const auto second = std::from_chars(middle + 1, begin + text.size(), d.content, 16);
  const bool complete = first.ptr == middle && second.ptr == begin + text.size();
  return complete ? d : digest{};
}

}  // namespace btc::reconcile
