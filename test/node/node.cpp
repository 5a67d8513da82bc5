#include "test/node/node.hpp"

#include "test/node/node_requests.hpp"
#include "test/node/pod_files.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace btc::node {

namespace {

namespace asio = boost::asio;
using json = nlohmann::json;

constexpr const char* selector = "app.kubernetes.io/managed-by=bitcoin-controller";
constexpr std::chrono::seconds report_retry{2};
constexpr std::chrono::milliseconds bind_retry{500};
constexpr int tries_max = 10;

[[nodiscard]] std::string text(const json& pod, const char* pointer) {
  const auto value = pod.value(json::json_pointer{pointer}, json{});
  return value.is_string() ? value.get<std::string>() : std::string{};
}

/// Restarts that the status counts, and one more for a container that an earlier life of this node
/// ran: with that it ended.
[[nodiscard]] int restarts_of(const json& pod) {
  const auto statuses = pod.value("/status/containerStatuses"_json_pointer, json::array());
  if (statuses.empty()) {
    return 0;
  }
  return statuses[0].value("restartCount", 0) + (statuses[0].contains("containerID") ? 1 : 0);
}

}  // namespace

node::node(node_context& context, const std::string& ns) : context_(context) {
  context_.addresses_changed = [this] { write_hosts(); };
  pod_watch::handlers to{[this](const auto& pods) { on_all(pods); },
                         [this](const auto& pod, bool deleted) { on_pod(pod, deleted); }};
  watch_ = std::make_shared<pod_watch>(
      context.io, context.transport, k8s::scope{ns, selector}, std::move(to));
}

void node::start() {
  asio::co_spawn(context_.io, report(), asio::detached);
  watch_->start();
}

/// A cluster without Node objects is one too: pods are bound by name.
asio::awaitable<void> node::report() {
  const auto name = context_.names.node();
  for (int i = 0; i < tries_max; ++i) {
    (void)co_await ask(context_.transport, create_node(name));
    const auto reported = co_await ask(context_.transport, report_node(name, context_.host_ip()));
    if (reported) {
      co_return;
    }
    say(name, "cannot be reported: " + reported.error().to_string());
    co_await sleep_for(report_retry);
  }
}

void node::stop(std::chrono::seconds grace, std::function<void()> done) {
  watch_->stop();
  stopped_ = std::move(done);
  const auto pods = pods_;  // each may go at once
  for (const auto& [uid, worker] : pods) {
    worker->shut_down(grace);
  }
  tell_if_stopped();
}

// -- pods -----------------------------------------------------------------------------------------

void node::on_all(const std::vector<json>& pods) {
  std::set<std::string> there;
  for (const auto& pod : pods) {
    there.insert(text(pod, "/metadata/uid"));
  }
  const auto known = pods_;
  for (const auto& [uid, worker] : known) {
    if (!there.contains(uid)) {
      on_gone(uid);
    }
  }
  for (const auto& pod : pods) {
    consider(pod);
  }
}

void node::on_pod(const json& pod, bool deleted) {
  if (!deleted) {
    consider(pod);
    return;
  }
  on_gone(text(pod, "/metadata/uid"));
}

void node::on_gone(const std::string& uid) {
  const auto found = pods_.find(uid);
  if (found == pods_.end()) {
    return;
  }
  const auto worker = found->second;
  worker->on_object_gone();
  if (worker->finished()) {
    pods_.erase(uid);
  }
}

void node::consider(const json& pod) {
  auto spec = decode_pod_spec(pod);
  const bool deleting = !text(pod, "/metadata/deletionTimestamp").empty();
  const auto bound_to = text(pod, "/spec/nodeName");
  if (bound_to == context_.names.node()) {
    adopt(pod, std::move(spec));
  } else if (bound_to.empty() && !deleting && selects(spec, context_.names.node())) {
    asio::co_spawn(context_.io, bind(std::move(spec)), asio::detached);
  }
}

void node::adopt(const json& pod, pod_spec spec) {
  const auto uid = spec.uid;
  auto worker = pods_[uid];
  if (worker == nullptr) {
    worker = std::make_shared<pod_worker>(
        context_, std::move(spec), restarts_of(pod), [this, uid] { on_finished(uid); });
    pods_[uid] = worker;
    start_next(worker->spec().key);
  }
  if (!text(pod, "/metadata/deletionTimestamp").empty()) {
    const auto grace = pod.value("/metadata/deletionGracePeriodSeconds"_json_pointer, 0);
    worker->on_deletion(std::chrono::seconds{grace});
  }
}

void node::on_finished(const std::string& uid) {
  const auto worker = pods_.at(uid);
  // Until its DELETED event: an event before that one is not to begin it anew.
  if (worker->object_is_gone()) {
    pods_.erase(uid);
  }
  if (stopped_) {
    tell_if_stopped();
  } else {
    start_next(worker->spec().key);
  }
}

/// A pod that was deleted by force may have its successor before it has ended here. Both have the
/// same folder, so one waits for the other.
void node::start_next(const k8s::object_key& key) {
  std::shared_ptr<pod_worker> waiting;
  for (const auto& [uid, worker] : pods_) {
    if (worker->spec().key == key && worker->active()) {
      return;
    }
    if (worker->spec().key == key && !worker->finished()) {
      waiting = worker;
    }
  }
  if (waiting != nullptr) {
    waiting->start();
  }
}

void node::tell_if_stopped() {
  if (std::ranges::all_of(pods_, [](const auto& pod) { return pod.second->finished(); })) {
    std::exchange(stopped_, {})();
  }
}

asio::awaitable<void> node::bind(pod_spec spec) {
  for (int i = 0; i < tries_max; ++i) {
    const auto answer = co_await ask(context_.transport, bind_pod(spec.key, context_.names.node()));
    // A conflict: another event of the pod was faster, or another node was.
    if (answer || k8s::classify(answer.error()) != k8s::error_class::retryable) {
      co_return;
    }
    co_await sleep_for(bind_retry);
  }
}

// -- names ----------------------------------------------------------------------------------------

void node::write_hosts() {
  std::vector<std::pair<std::string, std::string>> names;
  for (const auto& [uid, worker] : pods_) {
    if (auto name = dns_name(worker->spec()); !name.empty() && !worker->ip().empty()) {
      names.emplace_back(worker->ip(), std::move(name));
    }
  }
  replace_file(context_.names.etc() / "hosts", hosts_text(names), 0644);
}

std::string hosts_text(const std::vector<std::pair<std::string, std::string>>& names) {
  std::string out{"127.0.0.1 localhost\n"};
  for (const auto& [ip, name] : names) {
    out += ip + ' ' + name + ' ' + name + ".cluster.local\n";
  }
  return out;
}

bool selects(const pod_spec& pod, const std::string& node_name) {
  const std::map<std::string, std::string> labels{{"kubernetes.io/hostname", node_name},
                                                  {"kubernetes.io/os", "linux"},
                                                  {"kubernetes.io/arch", "amd64"}};
  for (const auto& [key, value] : pod.node_selector) {
    const auto found = labels.find(key);
    if (found == labels.end() || found->second != value) {
      return false;
    }
  }
  return true;
}

}  // namespace btc::node
