#include "test/sim/oracles/reading.hpp"

namespace btc::sim {

namespace {

const nlohmann::json nothing{};

}  // namespace

const nlohmann::json& look(const nlohmann::json& in, const char* pointer) {
  const auto* at = &in;
  std::string_view path{pointer};
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto end = path.find('/');
    const auto key = path.substr(0, end);
    if (!at->is_object()) {
      return nothing;
    }
    const auto found = at->find(key);
    if (found == at->end()) {
      return nothing;
    }
    at = &*found;
    path = end == std::string_view::npos ? std::string_view{} : path.substr(end);
  }
  return *at;
}

std::string text(const nlohmann::json& in, const char* pointer) {
  const auto& value = look(in, pointer);
  return value.is_string() ? value.get<std::string>() : std::string{};
}

std::int64_t number(const nlohmann::json& in, const char* pointer) {
  const auto& value = look(in, pointer);
  return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

std::string controller_uid(const nlohmann::json& object) {
  for (const auto& owner : look(object, "/metadata/ownerReferences")) {
    if (look(owner, "/controller") == true) {
      return text(owner, "/uid");
    }
  }
  return {};
}

bool is_address(std::string_view host) {
  return !host.empty() && host.find_first_not_of("0123456789.") == std::string_view::npos;
}

const nlohmann::json& condition(const nlohmann::json& object, std::string_view type) {
  for (const auto& c : look(object, "/status/conditions")) {
    if (text(c, "/type") == type) {
      return c;
    }
  }
  return nothing;
}

std::optional<std::string> differs(const std::string& what,
                                   const nlohmann::json& is,
                                   const nlohmann::json& wanted) {
  return is == wanted ? std::nullopt
                      : std::optional{what + " is " + is.dump() + ", wanted " + wanted.dump()};
}

bool is_told_invalid(const nlohmann::json& network) {
  return text(condition(network, "Degraded"), "/reason") == "InvalidSpec";
}

document network_of(const bitcoin_node& node, const world_view& v) {
  const auto name = node.subdomain.substr(0, node.subdomain.rfind("-svc"));
  return v.cluster.objects().log(type_id::bitcoin_networks).find(node.ns + '/' + name);
}

}  // namespace btc::sim
