#include "test/sim/serve/live_cluster.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace btc::sim {

namespace {

constexpr std::chrono::milliseconds beat_length{400};
constexpr int controller_steps_max = 2000;  // an advance; what is left comes with the next
constexpr std::int64_t drift_replicas_max = 6;

/// Keys of the objects of a type that a BitcoinNetwork owns, or of all.
[[nodiscard]] std::vector<std::string> keys_of(const cluster& c, type_id type, bool owned) {
  std::vector<std::string> keys;
  for (const auto& [key, object] : c.objects().log(type).objects()) {
    if (!owned || object->at("metadata").contains("ownerReferences")) {
      keys.push_back(key);
    }
  }
  return keys;
}

/// "/apis/apps/v1/namespaces/<ns>/statefulsets/<name>" of the key "<ns>/<name>".
[[nodiscard]] std::string target_of(const char* prefix,
                                    const char* plural,
                                    const std::string& key) {
  const auto slash = key.find('/');
  return std::string{prefix} + "/namespaces/" + key.substr(0, slash) + '/' + plural
         + key.substr(slash);
}

}  // namespace

live_cluster::live_cluster(std::shared_ptr<const cluster_model> model,
                           const live_options& o,
                           chaos& faults)
    : cluster_(std::move(model)),
      options_(o),
      faults_(faults),
      bitcoinds_(cluster_.internals()),
      agent_(cluster_.internals(), &bitcoinds_, {options_.network, true}),
      stateful_sets_(cluster_.internals()),
      garbage_(cluster_.internals()),
      namespaces_(cluster_.internals()) {}

live_events live_cluster::advance(std::chrono::milliseconds passed) {
  cluster_.set_time(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
  run_controllers();
  until_beat_ -= passed;
  if (options_.pods && until_beat_.count() <= 0) {
    until_beat_ = beat_length / options_.speed;
    beat(agent_);
    beat(bitcoinds_);
    run_controllers();
    write_journal();
  }
  const auto& s = faults_.settings;
  if (faults_.happened(s.compactions, passed)) {
    cluster_.compact(cluster_.objects().version());
  }
  if (options_.pods && faults_.happened(s.pod_kills, passed)) {
    break_pod();
  }
  if (faults_.happened(s.drift, passed)) {
    drift();
  }
  return {faults_.happened(s.cuts, passed)};
}

void live_cluster::run_controllers() {
  std::array<built_in*, 3> all{&stateful_sets_, &garbage_, &namespaces_};
  bool busy = true;
  for (int steps = 0; busy && steps < controller_steps_max;) {
    busy = false;
    for (auto* b : all) {
      if (b->runnable() > 0) {
        b->step(0);
        ++steps;
        busy = true;
      }
    }
  }
}

/// As many steps as there are things to do, in any order: about one for each pod.
void live_cluster::beat(built_in& b) {
  for (auto left = b.runnable(); left > 0; --left) {
    const auto choices = b.runnable();
    if (choices == 0) {
      return;
    }
    b.step(faults_.below(choices));
  }
}

void live_cluster::break_pod() {
  const auto pods = keys_of(cluster_, type_id::pods, true);
  if (pods.empty()) {
    return;
  }
  const auto& key = pods.at(faults_.below(pods.size()));
  switch (faults_.below(4)) {
    case 0:
      agent_.restart(key);
      break;
    case 1:
      agent_.evict(key);
      break;
    case 2:
      agent_.change_address(key);
      break;
    default:
      agent_.lose(key);
  }
}

void live_cluster::drift() {
  const auto kind = faults_.below(3);
  const bool service = kind == 2;
  const auto keys = keys_of(cluster_, service ? type_id::services : type_id::stateful_sets, true);
  if (keys.empty()) {
    return;
  }
  const auto& key = keys.at(faults_.below(keys.size()));
  if (service) {
    edit(k8s::method::del, target_of("/api/v1", "services", key), nullptr);
    return;
  }
  const auto target = target_of("/apis/apps/v1", "statefulsets", key);
  json change;
  if (kind == 0) {
    change["spec"]["replicas"] = faults_.below(static_cast<std::size_t>(drift_replicas_max) + 1);
  } else {
    change["metadata"]["labels"]["app.kubernetes.io/managed-by"] = "somebody";
  }
  edit(k8s::method::patch, target, std::move(change));
}

void live_cluster::edit(k8s::method method, const std::string& target, json body) {
  api_request r;
  r.method = method;
  r.target = target;
  r.content_type = body.is_null() ? "" : "application/merge-patch+json";
  r.body = body.is_null() ? nullptr : std::make_shared<const json>(std::move(body));
  r.who = administrator();
  r.agent = "somebody";
  static_cast<void>(cluster_.handle(r));  // may come too late; that is drift too
}

std::set<node_address> live_cluster::nodes() const {
  std::set<node_address> all;
  for (const auto& n : bitcoinds_.nodes()) {
    all.insert({n.address, n.conf.rpc_port});
  }
  return all;
}

node_answer live_cluster::rpc(const node_address& at,
                              const std::string& authorization,
                              const std::string& body) {
  auto answer = bitcoinds_.post(at.ip, at.port, authorization, body);
  return answer ? node_answer{answer->status, std::move(answer->body)} : node_answer{503, {}};
}

void live_cluster::write_journal() {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  std::map<std::string_view, int> connections;
  for (const auto& link : bitcoinds_.links()) {
    ++connections[link.from];
    ++connections[link.to];
  }
  std::set<std::string> running;
  for (const auto& n : bitcoinds_.nodes()) {
    running.insert(n.uid);
    journal_.observe(
        n.uid,
        {n.conf.chain, n.started, n.best, bitcoinds_.height_of(n.uid), connections[n.uid]},
        now);
  }
  journal_.running_are(running, now);
  std::set<std::string> pods;
  for (const auto& [key, pod] : cluster_.objects().log(type_id::pods).objects()) {
    pods.insert(pod->at("metadata").value("uid", ""));
  }
  journal_.keep_only(pods);
}

}  // namespace btc::sim
