#pragma once

#include "test/node/node_context.hpp"
#include "test/node/pod_watch.hpp"
#include "test/node/pod_worker.hpp"

#include <boost/asio/awaitable.hpp>
#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace btc::node {

/// A node of the cluster: takes the controller's pending pods, runs those that are bound to it, and
/// keeps the names of all of them in /etc/hosts. Runs on the context's thread.
class node {
 public:
  node(node_context& context, const std::string& ns);

  /// Reports the node and begins to watch.
  void start();
  /// Ends every pod within `grace`; then `done`.
  void stop(std::chrono::seconds grace, std::function<void()> done);

 private:
  using pod_map = std::map<std::string, std::shared_ptr<pod_worker>>;  // by uid

  void on_all(const std::vector<nlohmann::json>& pods);
  void on_pod(const nlohmann::json& pod, bool deleted);
  void consider(const nlohmann::json& pod);
  void adopt(const nlohmann::json& pod, pod_spec spec);
  void on_gone(const std::string& uid);
  void on_finished(const std::string& uid);
  void start_next(const k8s::object_key& key);
  void tell_if_stopped();
  void write_hosts();
  boost::asio::awaitable<void> report();
  boost::asio::awaitable<void> bind(pod_spec spec);

  node_context& context_;
  std::shared_ptr<pod_watch> watch_;
  pod_map pods_{};
  std::function<void()> stopped_{};
};

/// The text of /etc/hosts.
[[nodiscard]] std::string hosts_text(const std::vector<std::pair<std::string, std::string>>& names);

/// True when a node of this name and its labels satisfies the pod's nodeSelector.
[[nodiscard]] bool selects(const pod_spec& pod, const std::string& node_name);

}  // namespace btc::node
