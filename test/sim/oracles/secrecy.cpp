#include "test/sim/oracles/secrecy.hpp"

#include "test/sim/world/users.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace btc::sim {

namespace {

constexpr std::string_view mark_in_base64 = "czNjcjN0L";

[[nodiscard]] bool tells(std::string_view text) {
  return text.find(secret_mark) != std::string_view::npos
         || text.find(mark_in_base64) != std::string_view::npos;
}

[[nodiscard]] bool tells(const nlohmann::json& value) {
  if (value.is_string()) {
    return tells(std::string_view{value.get_ref<const std::string&>()});
  }
  return value.is_structured()
         && std::any_of(value.begin(), value.end(), [](const auto& v) { return tells(v); });
}

/// managedFields are left out: they hold names of fields, are the largest part of an object, and
/// are the server's.
[[nodiscard]] bool object_tells(const nlohmann::json& object) {
  for (const auto& [key, value] : object.items()) {
    if (key != "metadata" || !value.is_object()) {
      if (tells(value)) {
        return true;
      }
      continue;
    }
    for (const auto& [name, part] : value.items()) {
      if (name != "managedFields" && tells(part)) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

void secrecy_oracle::on_commit(const commit_notice& n, const world_view&) {
  if (by_controller(n) && n.what.after != nullptr && n.type.id != type_id::secrets
      && object_tells(*n.what.after)) {
    violated("a password is in " + n.type.kind + ' ' + n.what.key);
  }
}

void secrecy_oracle::on_request(const served_request& r, const world_view&) {
  if (tells(std::string_view{r.request.target})) {
    violated("a password is in the path " + r.request.target);
  }
}

}  // namespace btc::sim
