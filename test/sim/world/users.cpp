#include "test/sim/world/users.hpp"

#include "actors/reconcile/spec_rules.hpp"
#include "k8s/bitcoin_network.hpp"
#include "k8s/decode.hpp"
#include "k8s/objects.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace btc::sim {

bool is_valid(const nlohmann::json& network) {
  const auto decoded = k8s::decode_object(k8s::kind::bitcoin_network, network);
  return decoded
         && reconcile::spec_problems(*k8s::as<k8s::bitcoin_network>(decoded.value())).empty();
}

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

/// The merge patch that makes `to` of `from`.
[[nodiscard]] json way_back(const json& from, const json& to) {
  auto patch = json::object();
  for (const auto& [key, value] : from.items()) {
    if (!to.contains(key)) {
      patch[key] = nullptr;
    }
  }
  for (const auto& [key, value] : to.items()) {
    const auto old = from.find(key);
    if (old == from.end() || *old != value) {
      const bool both = old != from.end() && old->is_object() && value.is_object();
      patch[key] = both ? way_back(*old, value) : value;
    }
  }
  return patch;
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

bool users::were_heard() const {
  const auto& all = cluster_.objects().log(type_id::bitcoin_networks).objects();
  return std::all_of(all.begin(), all.end(), [](const auto& entry) {
    const auto& metadata = entry.second->at("metadata");
    const auto status = entry.second->value("status", json::object());
    return metadata.contains("deletionTimestamp")
           || status.value("observedGeneration", 0) == metadata.at("generation");
  });
}

/// One who has to mend something waits for rest every other time, so that the controller has told
/// of it, and else is as quick as ever.
bool users::waits_for_rest() const {
  if (!to_mend_.is_null()) {
    return next_ % 2 == 0;
  }
  return !done() && workload_.steps[next_].contains("settle");
}

std::chrono::seconds users::pause() const {
  return std::chrono::seconds{next_ == 0 ? 0 : workload_.steps[next_ - 1].value("for", 0)};
}

bool users::possible() const {
  if (done()) {
    return false;
  }
  const auto& step = to_mend_.is_null() ? workload_.steps[next_] : to_mend_;
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
  if (!to_mend_.is_null()) {
    return "takes it back: " + edit(std::exchange(to_mend_, nullptr));
  }
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
    return edit(step);
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

std::string users::edit(const json& step) {
  const auto name = step.at("edit").get<std::string>();
  const auto before = network(name);
  auto what = request(k8s::method::patch,
                      std::string{networks} + '/' + name,
                      {{"spec", step.at("spec")}},
                      std::string{k8s::merge_patch});
  const auto after = network(name);
  const bool last = next_ == workload_.steps.size();
  if (mend_ && !last && before != nullptr && after != nullptr && is_valid(*before)
      && !is_valid(*after)) {
    to_mend_ = {{"edit", name}, {"spec", way_back(after->at("spec"), before->at("spec"))}};
  }
  return what;
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
