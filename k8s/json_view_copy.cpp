#include "k8s/json_view.hpp"

#include <nlohmann/json.hpp>

namespace btc::k8s {

using json = nlohmann::json;

json json_view::copy() const {
  if (source_ == source::dom) {
    return *static_cast<const json*>(at_);
  }
  switch (type()) {
    case json_type::boolean:
      return *boolean();
    case json_type::integer:
      return *integer();
    case json_type::unsigned_integer:
      return *unsigned_integer();
    case json_type::real:
      return *real();
    case json_type::string:
      return string();
    case json_type::array: {
      auto out = json::array();
      for_each_element([&out](json_view value) { out.push_back(value.copy()); });
      return out;
    }
    case json_type::object: {
      auto out = json::object();
      for_each_member([&out](std::string_view key, json_view value) {
        out.emplace(std::string{key}, value.copy());
      });
      return out;
    }
    case json_type::absent:
    case json_type::null:
      break;
  }
  return nullptr;
}

std::string shown(json_view value) {
  constexpr std::size_t shown_bytes_max = 80;
  auto text = value.copy().dump(-1, ' ', true, json::error_handler_t::replace);
  if (text.size() > shown_bytes_max) {
    text.resize(shown_bytes_max);
    text += "…";
  }
  return text;
}

}  // namespace btc::k8s
