#pragma once

#include "actors/reconcile_actor.hpp"
#include "k8s/base64.hpp"
#include "test/support/api_probe.hpp"
#include "test/support/documents.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace btc::test {

/// One reconcile actor, probes for everybody it talks to, and an API server of a few lines that
/// takes every write. Tests answer single calls themselves where that is what they are about.
class reconcile_fixture : public actor_fixture {
 protected:
  reconcile_fixture() {
    auto handles = std::make_shared<messages::cache_handles>();
    for (std::size_t i = 0; i < k8s::watched_kinds; ++i) {
      caches.push_back(make_probe<messages::cache_actor>());
      handles->of[i] = caches.back().handle();
    }
    cache_handles = std::move(handles);
    dispatch.got().react([this](const std::any& m) {
      if (std::any_cast<messages::turn_wanted>(&m) != nullptr) {
        caf::anon_send(actor, messages::turn_granted{});
      }
    });
    start();
  }

  void start() {
    actor = spawn(actors::reconcile_network,
                  actors::reconcile_args{&env,
                                         {"default", "net"},
                                         api.handle(),
                                         recorder.handle(),
                                         peer.handle(),
                                         dispatch.handle(),
                                         cache_handles});
  }

  // -- what the actor is told -----------------------------------------------------------

  void replay(k8s::kind kind, const std::vector<nlohmann::json>& documents) {
    std::vector<k8s::object_ptr> objects;
    for (const auto& document : documents) {
      objects.push_back(decoded(kind, document));
    }
    tell(actor,
         messages::objects_replayed{
             {"default", "net"},
             kind,
             std::make_shared<const std::vector<k8s::object_ptr>>(std::move(objects))});
  }
  /// Every cache has sent what it has: the network, and nothing else.
  void load() {
    replay(k8s::kind::bitcoin_network, {network});
    replay(k8s::kind::stateful_set, {});
    replay(k8s::kind::service, {});
    replay(k8s::kind::pod, {});
  }
  /// The controller is killed and starts again.
  void restart() {
    kill(actor);
    start();
    replay(k8s::kind::bitcoin_network, {network});
    replay(k8s::kind::stateful_set, {children["net-sts"]});
    replay(k8s::kind::service, {children["net-svc"]});
    replay(k8s::kind::pod, pods);
  }
  /// To rest, with all Events told.
  void converge() {
    load();
    static_cast<void>(serve_all());
    recorder.got().clear();
  }
  void change(k8s::kind kind, const nlohmann::json& document, bool deleted = false) {
    tell(actor, messages::network_changed{{decoded(kind, document), deleted}});
  }
  /// The user edits the network.
  void edit_spec(const nlohmann::json& patch) {
    network["spec"].merge_patch(patch);
    network["metadata"]["generation"] = network["metadata"]["generation"].get<int>() + 1;
    network["metadata"]["resourceVersion"] = next_version();
    change(k8s::kind::bitcoin_network, network);
  }
  /// Somebody edits a child behind our back.
  void edit_child(k8s::kind kind, const std::string& name, const nlohmann::json& patch) {
    auto& child = children[name];
    child.merge_patch(patch);
    child["metadata"]["generation"] = child["metadata"]["generation"].get<int>() + 1;
    child["metadata"]["resourceVersion"] = next_version();
    change(kind, child);
  }
  /// Somebody changes the password in the Secret.
  void rotate(std::string_view password) {
    secret["data"]["BC_RPC_PASSWORD"] = k8s::encode_base64(password);
  }
  void change_pod(int ordinal, const std::string& ip) {
    change(k8s::kind::pod, a_pod(ordinal, ip));
  }
  [[nodiscard]] nlohmann::json a_pod(int ordinal, const std::string& ip) {
    auto pod = a_child(k8s::kind::pod, "net-sts-" + std::to_string(ordinal), next_version());
    pod["metadata"]["ownerReferences"][0] = {
        {"kind", "StatefulSet"}, {"name", "net-sts"}, {"uid", "uid-net-sts"}, {"controller", true}};
    pod["status"] = {{"podIP", ip}};
    return pod;
  }

  /// All pods of the spec are there and ready.
  void have_nodes() {
    for (int i = 0; i < network["spec"]["nodes"].get<int>(); ++i) {
      auto pod = a_pod(i, "10.0.0." + std::to_string(i + 1));
      pod["status"]["conditions"] = {{{"type", "Ready"}, {"status", "True"}}};
      pods.push_back(pod);
      change(k8s::kind::pod, pod);
    }
  }

  // -- the API server ---------------------------------------------------------------------

  void succeed(const messages::api_call& call, nlohmann::json body) {
    api_probe::answer(call, std::move(body));
    run();
  }
  void refuse(const messages::api_call& call, int code, const std::string& reason) {
    api_probe::refuse(call, {code, reason, "said the server"});
    run();
  }
  /// Answers one call as a server would that finds nothing to complain of.
  void serve(const messages::api_call& call) {
    const auto& request = *call.request;
    served.push_back(short_text(request));
    if (request.method == k8s::method::get) {
      const auto name = name_in(request);
      if (name == "credentials") {
        succeed(call, secret);
      } else if (children.contains(name)) {
        succeed(call, children.at(name));
      } else {
        refuse(call, 404, "NotFound");
      }
    } else if (request.resource == k8s::kind::bitcoin_network) {
      network.merge_patch(*request.body);
      network["metadata"]["resourceVersion"] = next_version();
      succeed(call, network);
    } else if (request.resource == k8s::kind::claim) {
      auto& claim = children.at(name_in(request));
      claim.merge_patch(*request.body);
      succeed(call, claim);
    } else {
      auto& child = children[request.body->at("metadata").at("name").get<std::string>()];
      child = stored(with_data(*request.body), next_version());
      succeed(call, child);
    }
  }
  /// Until the actor asks for nothing more. Returns what it asked for, in order.
  std::vector<std::string> serve_all() {
    served.clear();
    for (int calls = 0; api.waiting() > 0; ++calls) {
      if (calls == 100) {
        ADD_FAILURE() << "the actor never comes to rest";
        break;
      }
      serve(api.take());
    }
    return served;
  }
  /// The last part of the target's path.
  [[nodiscard]] static std::string name_in(const k8s::request& r) {
    const auto path = r.target.substr(0, r.target.find('?'));
    return path.substr(path.rfind('/') + 1);
  }
  /// "create Service", "patch BitcoinNetwork", "get conf": a request in two words.
  [[nodiscard]] static std::string short_text(const k8s::request& r) {
    const auto name = r.body != nullptr && r.body->is_object() && r.body->contains("metadata")
                          ? r.body->at("metadata").value("name", "")
                          : r.target.substr(0, r.target.find('?'));
    return r.verb + ' '
           + (name.ends_with("-conf") ? "conf" : std::string{k8s::info(r.resource).name});
  }
  /// As the API server stores a Secret: what was given as text becomes data.
  [[nodiscard]] static nlohmann::json with_data(nlohmann::json manifest) {
    if (manifest.contains("stringData")) {
      for (const auto& [key, value] : manifest["stringData"].items()) {
        manifest["data"][key] = k8s::encode_base64(value.get_ref<const std::string&>());
      }
      manifest.erase("stringData");
    }
    return manifest;
  }
  [[nodiscard]] std::string next_version() { return std::to_string(++version_); }

  // -- what became of it --------------------------------------------------------------------

  [[nodiscard]] telemetry::network_report report() { return report_of(actor)->network.value(); }
  [[nodiscard]] std::vector<std::string> announced() const {
    std::vector<std::string> out;
    for (const auto& m : recorder.all<messages::record_event>()) {
      out.push_back(m.event.reason);
    }
    return out;
  }
  /// "True Forbidden": a condition of the stored network.
  [[nodiscard]] std::string condition(const std::string& type) const {
    for (const auto& c : network["status"]["conditions"]) {
      if (c["type"] == type) {
        return c["status"].get<std::string>() + ' ' + c["reason"].get<std::string>();
      }
    }
    return "absent";
  }

  nlohmann::json network = a_network();
  nlohmann::json secret = {{"metadata", {{"name", "credentials"}, {"namespace", "default"}}},
                           {"data", {{"BC_RPC_USER", "dQ=="}, {"BC_RPC_PASSWORD", "cA=="}}}};
  std::map<std::string, nlohmann::json> children{};
  std::vector<nlohmann::json> pods{};  ///< those of have_nodes()
  std::vector<std::string> served{};

  api_probe api{make_probe<messages::api_actor>()};
  probe<messages::recorder_actor> recorder{make_probe<messages::recorder_actor>()};
  probe<messages::peer_actor> peer{make_probe<messages::peer_actor>()};
  /// Grants every turn at once.
  probe<messages::dispatch_actor> dispatch{make_probe<messages::dispatch_actor>()};
  std::vector<probe<messages::cache_actor>> caches{};
  std::shared_ptr<const messages::cache_handles> cache_handles{};
  messages::reconcile_actor actor{};

 private:
  int version_{1'000};
};

}  // namespace btc::test
