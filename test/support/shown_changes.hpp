#pragma once

#include "messages/protocol.hpp"

#include <string>
#include <vector>

namespace btc::test {

/// "name@version".
[[nodiscard]] inline std::string shown(const k8s::object& object) {
  return object.meta.key.name + '@' + object.meta.resource_version;
}

/// "+name@version", or "-name@version" when it was deleted.
[[nodiscard]] inline std::string shown(const messages::object_change& change) {
  return (change.deleted ? '-' : '+') + shown(*change.object);
}

[[nodiscard]] inline std::vector<std::string> shown(
    const std::vector<messages::object_change>& changes) {
  std::vector<std::string> out;
  for (const auto& change : changes) {
    out.push_back(shown(change));
  }
  return out;
}

}  // namespace btc::test
