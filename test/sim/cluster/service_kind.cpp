#include "test/sim/cluster/service_kind.hpp"

#include "k8s/json_fields.hpp"
#include "test/sim/cluster/pod_spec.hpp"

#include <nlohmann/json.hpp>

#include <set>
#include <utility>

namespace btc::sim {

void default_service(json& service) {
  auto& spec = service["spec"];
  default_to(spec, {{"type", "ClusterIP"}, {"sessionAffinity", "None"}});
  if (k8s::string_at(spec, "type") != "ExternalName") {
    default_to(spec, {{"internalTrafficPolicy", "Cluster"}});
  }
  if (auto ports = spec.find("ports"); ports != spec.end() && ports->is_array()) {
    for (auto& port : *ports) {
      default_to(port, {{"protocol", "TCP"}});
      if (port.contains("port")) {
        default_to(port, {{"targetPort", port.at("port")}});
      }
    }
  }
}

void prepare_service(core& c, json& service) {
  auto& spec = service["spec"];
  service["status"] = {{"loadBalancer", json::object()}};
  if (k8s::string_at(spec, "type") == "ExternalName") {
    return;
  }
  auto address = k8s::string_at(spec, "clusterIP");
  if (address.empty()) {
    address = c.next_service_address();
  } else if (address != "None") {
    c.use_service_address(address);
  }
  spec["clusterIP"] = address;
  default_to(spec,
             {{"clusterIPs", json::array({address})},
              {"ipFamilies", json::array({"IPv4"})},
              {"ipFamilyPolicy", "SingleStack"}});
}

void keep_service_addresses(const json& live, json& next) {
  const auto& before = live.at("spec");
  auto& after = next["spec"];
  const auto* address = k8s::member(before, "clusterIP");
  const bool external = k8s::string_at(after, "type") == "ExternalName";
  if (address == nullptr || external) {
    return;
  }
  if (k8s::string_at(after, "clusterIP").empty()) {
    after["clusterIP"] = *address;
  }
  if (k8s::member(after, "clusterIPs") == nullptr) {
    after["clusterIPs"] = json::array({after.at("clusterIP")});
  } else if (after.at("clusterIP") != *address
             && after.at("clusterIPs") == before.value("clusterIPs", json())) {
    after["clusterIPs"][0] = after.at("clusterIP");
  }
  for (const auto* field : {"ipFamilies", "ipFamilyPolicy"}) {
    if (k8s::member(after, field) == nullptr && before.contains(field)) {
      after[field] = before.at(field);
    }
  }
}

void check_service(const json* live, const json& next, std::vector<cause>& causes) {
  const auto& spec = next.at("spec");
  const auto* ports = k8s::member(spec, "ports");
  const auto count = ports == nullptr ? 0 : ports->size();
  const bool headless = k8s::string_at(spec, "clusterIP") == "None";
  if (count == 0 && !headless && k8s::string_at(spec, "type") != "ExternalName") {
    causes.push_back({"FieldValueRequired", "Required value", "spec.ports"});
  }
  std::set<std::string> names;
  std::set<std::pair<std::int64_t, std::string>> numbers;
  for (std::size_t i = 0; i < count; ++i) {
    const auto& port = (*ports)[i];
    const auto path = "spec.ports[" + std::to_string(i) + ']';
    const auto name = k8s::string_at(port, "name");
    const auto number = k8s::integer_at(port, "port").value_or(0);
    if (name.empty() && count > 1) {
      causes.push_back({"FieldValueRequired", "Required value", path + ".name"});
    } else if (!name.empty() && !names.insert(name).second) {
      causes.push_back({"FieldValueDuplicate", "Duplicate value: \"" + name + '"', path + ".name"});
    }
    if (number < 1 || number > 65535) {
      causes.push_back(
          {"FieldValueInvalid",
           "Invalid value: " + std::to_string(number) + ": must be between 1 and 65535, inclusive",
           path + ".port"});
    } else if (!numbers.emplace(number, k8s::string_at(port, "protocol")).second) {
      causes.push_back({"FieldValueDuplicate", "Duplicate value: " + port.dump(), path});
    }
  }
  if (live == nullptr) {
    return;
  }
  const auto& before = live->at("spec");
  const auto old_address = k8s::string_at(before, "clusterIP");
  if (!old_address.empty() && k8s::string_at(spec, "clusterIP") != old_address
      && k8s::string_at(spec, "type") != "ExternalName") {
    causes.push_back(
        {"FieldValueInvalid",
         "Invalid value: " + spec.value("clusterIPs", json()).dump() + ": may not change once set",
         "spec.clusterIPs[0]"});
  }
}

}  // namespace btc::sim
