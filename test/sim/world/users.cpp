#include "test/sim/world/users.hpp"

#include <array>
#include <utility>

namespace btc::sim {

namespace {

using nlohmann::json;

constexpr std::string_view networks =
    "/apis/bitcoincontroller.christianb93.github.com/v1/namespaces/default/bitcoinnetworks";

struct child_place {
  std::string collection{};
  std::string suffix{};
  type_id type{};
};

[[nodiscard]] child_place place_of(const std::string& kind) {
  if (kind == "StatefulSet") {
    return {"/apis/apps/v1/namespaces/default/statefulsets", "-sts", type_id::stateful_sets};
  }
  if (kind == "Secret") {
    return {"/api/v1/namespaces/default/secrets", "-conf", type_id::secrets};
  }
  return {"/api/v1/namespaces/default/services", "-svc", type_id::services};
}

/// The object that a step speaks of, and the verb.
[[nodiscard]] std::pair<std::string, std::string> words(const json& step) {
  for (const auto* verb : {"create",
                           "edit",
                           "delete",
                           "secret",
                           "forget-secret",
                           "drift",
                           "remove",
                           "occupy",
                           "vacate"}) {
    if (const auto found = step.find(verb); found != step.end()) {
      return {verb, found->get<std::string>()};
    }
  }
  return {"settle", ""};
}

/// What somebody does to a StatefulSet or a Service, without asking.
[[nodiscard]] const std::array<std::pair<const char*, json>, 9>& pranks() {
  static const std::array<std::pair<const char*, json>, 9> all{{
      {"StatefulSet", {{"spec", {{"replicas", 7}}}}},
      {"StatefulSet", {{"metadata", {{"labels", {{"app", nullptr}}}}}}},
      {"StatefulSet", {{"metadata", {{"labels", {{"app.kubernetes.io/managed-by", "somebody"}}}}}}},
      {"StatefulSet",
       {{"spec",
         {{"template", {{"metadata", {{"annotations", {{"foreign.example/mark", "x"}}}}}}}}}}},
      {"Service", {{"spec", {{"selector", {{"app", "other"}}}}}}},
      {"Service", {{"metadata", {{"annotations", nullptr}}}}},
      {"Service", {{"metadata", {{"ownerReferences", nullptr}}}}},
      {"StatefulSet", {{"metadata", {{"ownerReferences", nullptr}}}}},
      {"Secret", {{"metadata", {{"ownerReferences", nullptr}}}}},
  }};
  return all;
}

}  // namespace

document users::network(const std::string& name) const {
  return cluster_.objects().log(type_id::bitcoin_networks).find("default/" + name);
}

bool users::waits_for_rest() const {
  return !done() && workload_.steps[next_].contains("settle");
}

std::chrono::seconds users::pause() const {
  return std::chrono::seconds{next_ == 0 ? 0 : workload_.steps[next_ - 1].value("for", 0)};
}

bool users::possible() const {
  if (done()) {
    return false;
  }
  const auto& step = workload_.steps[next_];
  const auto [verb, name] = words(step);
  if (verb == "create") {
    return network(name) == nullptr;
  }
  if (verb == "edit" || verb == "delete") {
    return network(name) != nullptr;
  }
  if (verb == "drift" || verb == "remove") {
    const auto place = place_of(name);
    return cluster_.objects().log(place.type).find("default/" + step.value("of", "") + place.suffix)
           != nullptr;
  }
  return true;
}

std::string users::act() {
  const auto& step = workload_.steps[next_++];
  const auto [verb, name] = words(step);
  const auto spec = step.value("spec", json::object());
  const auto at = std::string{networks} + '/' + name;
  if (verb == "create") {
    return request(k8s::method::post,
                   std::string{networks},
                   {{"apiVersion", "bitcoincontroller.christianb93.github.com/v1"},
                    {"kind", "BitcoinNetwork"},
                    {"metadata", {{"name", name}, {"namespace", "default"}}},
                    {"spec", spec}});
  }
  if (verb == "edit") {
    return request(k8s::method::patch, at, {{"spec", spec}}, std::string{k8s::merge_patch});
  }
  if (verb == "delete") {
    const auto policy = step.value("policy", "");
    return request(
        k8s::method::del, policy.empty() ? at : at + "?propagationPolicy=" + policy, nullptr);
  }
  if (verb == "secret") {
    return write_secret(step);
  }
  if (verb == "forget-secret") {
    return request(k8s::method::del, "/api/v1/namespaces/default/secrets/" + name, nullptr);
  }
  if (verb == "settle") {
    return "waited for rest";
  }
  const auto place = place_of(name);
  const auto child = place.collection + '/' + step.value("of", "") + place.suffix;
  if (verb == "drift") {
    return request(k8s::method::patch, child, step.at("patch"), std::string{k8s::merge_patch});
  }
  if (verb == "occupy") {
    return occupy(name, step.value("of", ""));
  }
  return request(k8s::method::del, child, nullptr);
}

std::string users::request(k8s::method m,
                           const std::string& target,
                           json body,
                           std::string content_type) {
  api_request r;
  r.method = m;
  r.target = target;
  r.content_type = std::move(content_type);
  r.who = administrator();
  r.agent = "kubectl";
  if (!body.is_null()) {
    r.body = std::make_shared<const json>(std::move(body));
  }
  const auto answer = cluster_.handle(r);
  return std::string{to_string(m)} + ' ' + target + " → " + std::to_string(answer.status);
}

std::string users::write_secret(const json& step) {
  const auto name = step.at("secret").get<std::string>();
  const auto password = step.value("password", "");
  note_password(password);
  const json content{{"BC_RPC_USER", step.value("user", "")}, {"BC_RPC_PASSWORD", password}};
  if (cluster_.objects().log(type_id::secrets).find("default/" + name) != nullptr) {
    return request(k8s::method::patch,
                   "/api/v1/namespaces/default/secrets/" + name,
                   {{"stringData", content}},
                   std::string{k8s::merge_patch});
  }
  return request(k8s::method::post,
                 "/api/v1/namespaces/default/secrets",
                 {{"apiVersion", "v1"},
                  {"kind", "Secret"},
                  {"metadata", {{"name", name}, {"namespace", "default"}}},
                  {"stringData", content}});
}

std::string users::occupy(const std::string& kind, const std::string& network) {
  const auto place = place_of(kind);
  json object{{"kind", kind},
              {"metadata", {{"name", network + place.suffix}, {"namespace", "default"}}}};
  if (kind == "StatefulSet") {
    const json labels{{"app", "foreign"}};
    object["apiVersion"] = "apps/v1";
    object["spec"] = {{"serviceName", "foreign"},
                      {"replicas", 0},
                      {"selector", {{"matchLabels", labels}}},
                      {"template",
                       {{"metadata", {{"labels", labels}}},
                        {"spec", {{"containers", {{{"name", "c"}, {"image", "foreign:1"}}}}}}}}};
  } else if (kind == "Service") {
    object["apiVersion"] = "v1";
    object["spec"] = {{"ports", {{{"port", 80}}}}};
  } else {
    object["apiVersion"] = "v1";
  }
  auto what = request(k8s::method::post, place.collection, std::move(object));
  if (const auto made =
          cluster_.objects().log(place.type).find("default/" + network + place.suffix)) {
    foreign_.insert(made->at("metadata").at("uid").get<std::string>());
  }
  return what;
}

std::string users::repair() {
  for (const auto* kind : {"StatefulSet", "Service", "Secret"}) {
    const auto place = place_of(kind);
    for (const auto& [key, object] : cluster_.objects().log(place.type).objects()) {
      const auto& metadata = object->at("metadata");
      const bool ours = key.starts_with("default/") && key.ends_with(place.suffix);
      if (ours && metadata.value("ownerReferences", json::array()).empty()
          && !metadata.contains("deletionTimestamp")
          && !foreign_.contains(metadata.at("uid").get<std::string>())) {
        return request(
            k8s::method::del, place.collection + '/' + key.substr(key.find('/') + 1), nullptr);
      }
    }
  }
  return {};
}

std::string users::meddle(choice_source& choices) {
  std::vector<std::pair<std::string, json>> possible;
  for (const auto& [key, network] : cluster_.objects().log(type_id::bitcoin_networks).objects()) {
    const auto name = key.substr(key.find('/') + 1);
    for (const auto& [kind, patch] : pranks()) {
      const auto place = place_of(kind);
      if (cluster_.objects().log(place.type).find("default/" + name + place.suffix) != nullptr) {
        possible.emplace_back(place.collection + '/' + name + place.suffix, patch);
      }
    }
    for (const auto* kind : {"StatefulSet", "Service", "Secret"}) {
      const auto place = place_of(kind);
      if (cluster_.objects().log(place.type).find("default/" + name + place.suffix) != nullptr) {
        possible.emplace_back(place.collection + '/' + name + place.suffix, nullptr);
      }
    }
  }
  if (possible.empty()) {
    return {};
  }
  const auto& [target, patch] = possible[choices.choose(possible.size())];
  if (patch.is_null()) {
    return request(k8s::method::del, target, nullptr);
  }
  return request(k8s::method::patch, target, patch, std::string{k8s::merge_patch}) + ' '
         + patch.dump();
}

}  // namespace btc::sim
