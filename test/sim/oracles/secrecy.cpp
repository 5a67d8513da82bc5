#include "test/sim/oracles/secrecy.hpp"

#include "test/sim/cluster/base64.hpp"
#include "test/sim/oracles/reading.hpp"
#include "test/sim/world/users.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace btc::sim {

namespace {

/// The mark as it is, and what of it can be told in base64, at each place in three bytes.
[[nodiscard]] const std::array<std::string, 4>& marks() {
  static const std::string mark{secret_mark};
  static const std::array<std::string, 4> all{mark,
                                              base64(mark).substr(0, 9),
                                              base64("x" + mark).substr(2, 8),
                                              base64("xx" + mark).substr(3, 9)};
  return all;
}

[[nodiscard]] bool tells(std::string_view text) {
  return std::any_of(marks().begin(), marks().end(), [&](const auto& mark) {
    return text.find(mark) != std::string_view::npos;
  });
}

[[nodiscard]] bool tells(const nlohmann::json& value) {
  if (value.is_string()) {
    return tells(std::string_view{value.get_ref<const std::string&>()});
  }
  return value.is_structured()
         && std::any_of(value.begin(), value.end(), [](const auto& v) { return tells(v); });
}

/// The one value that may be a password: of the Secret that the controller makes for a network.
[[nodiscard]] bool is_password(const nlohmann::json& object,
                               std::string_view member,
                               std::string_view key) {
  if (member != "data" && member != "stringData") {
    return false;
  }
  for (const auto& owner : look(object, "/metadata/ownerReferences")) {
    if (look(owner, "/controller") == true) {
      return key == "BC_RPC_PASSWORD"
             && text(object, "/metadata/name") == text(owner, "/name") + "-rpc";
    }
  }
  return false;
}

/// managedFields are left out: they hold names of fields, are the largest part of an object, and
/// are the server's.
[[nodiscard]] bool object_tells(const nlohmann::json& object, bool is_secret) {
  if (!object.is_object()) {
    return tells(object);  // a JSON patch
  }
  for (const auto& [member, value] : object.items()) {
    if (!value.is_object()) {
      if (tells(value)) {
        return true;
      }
      continue;
    }
    for (const auto& [key, part] : value.items()) {
      const bool may = (member == "metadata" && key == "managedFields")
                       || (is_secret && is_password(object, member, key));
      if (!may && tells(part)) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

void secrecy_oracle::on_commit(const commit_notice& n, const world_view&) {
  if (by_controller(n) && n.what.after != nullptr
      && object_tells(*n.what.after, n.type.id == type_id::secrets)) {
    violated("a password is in " + n.type.kind + ' ' + n.what.key);
  }
}

void secrecy_oracle::on_request(const served_request& r, const world_view&) {
  if (tells(std::string_view{r.request.target})) {
    violated("a password is in the path " + r.request.target);
  }
  if (r.request.body != nullptr
      && object_tells(*r.request.body, r.request.resource == k8s::kind::secret)) {
    violated("a password is in the request " + call_site(r.request) + ' ' + r.request.target);
  }
}

}  // namespace btc::sim
