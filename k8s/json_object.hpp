#pragma once

#include <nlohmann/json.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace btc::k8s {

/// One member of an object that is being made. Its value is moved out of the braces.
struct json_member {
  std::string_view key;
  mutable nlohmann::json value;
};

/// One element of an array that is being made.
struct json_element {
  template <class T,
            class = std::enable_if_t<!std::is_same_v<std::remove_cvref_t<T>, json_element>>>
  json_element(T&& v) : value(std::forward<T>(v)) {}  // NOLINT(google-explicit-constructor)
  mutable nlohmann::json value;
};

/// The object with these members. For manifests, which are made by the thousand: nlohmann_json's
/// own braces make an array of each key with its value first, and the object of those.
[[nodiscard]] inline nlohmann::json json_object(std::initializer_list<json_member> members) {
  nlohmann::json out(nlohmann::json::value_t::object);
  auto& to = out.get_ref<nlohmann::json::object_t&>();
  for (const auto& member : members) {
    to.try_emplace(std::string{member.key}, std::move(member.value));
  }
  return out;
}

[[nodiscard]] inline nlohmann::json json_array(std::initializer_list<json_element> elements) {
  nlohmann::json out(nlohmann::json::value_t::array);
  auto& to = out.get_ref<nlohmann::json::array_t&>();
  to.reserve(elements.size());
  for (const auto& element : elements) {
    to.push_back(std::move(element.value));
  }
  return out;
}

}  // namespace btc::k8s
