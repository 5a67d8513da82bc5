#include "k8s/json_release.hpp"

#include <nlohmann/json.hpp>

namespace btc::k8s {

using json = nlohmann::json;

void release(json& value) noexcept {
  if (auto* const object = value.get_ptr<json::object_t*>()) {
    for (auto& [key, member] : *object) {
      release(member);
    }
    object->clear();
  } else if (auto* const array = value.get_ptr<json::array_t*>()) {
    for (auto& element : *array) {
      release(element);
    }
    array->clear();
  }
}

}  // namespace btc::k8s
