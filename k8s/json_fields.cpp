#include "k8s/json_fields.hpp"

namespace btc::k8s {

const nlohmann::json* member(const nlohmann::json& object, std::string_view key) noexcept {
  if (!object.is_object()) {
    return nullptr;
  }
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

const nlohmann::json* member(const nlohmann::json& object,
                             std::string_view a,
                             std::string_view b) noexcept {
  const auto* first = member(object, a);
  return first == nullptr ? nullptr : member(*first, b);
}

std::string string_at(const nlohmann::json& object, std::string_view key) {
  const auto* value = member(object, key);
  const auto* text = value == nullptr ? nullptr : value->get_ptr<const std::string*>();
  return text == nullptr ? std::string{} : *text;
}

std::optional<std::int64_t> integer_at(const nlohmann::json& object,
                                       std::string_view key) noexcept {
  const auto* value = member(object, key);
  if (value == nullptr || !value->is_number_integer()) {
    return std::nullopt;
  }
  return value->get<std::int64_t>();
}

std::optional<bool> boolean_at(const nlohmann::json& object, std::string_view key) noexcept {
  const auto* value = member(object, key);
  if (value == nullptr || !value->is_boolean()) {
    return std::nullopt;
  }
  return value->get<bool>();
}

}  // namespace btc::k8s
