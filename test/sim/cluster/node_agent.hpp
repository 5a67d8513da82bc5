#pragma once

#include "test/sim/cluster/planned.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace btc::sim {

/// What runs inside the pods. The node agent tells it when containers begin and end.
class pod_runtime {
 public:
  pod_runtime() = default;
  pod_runtime(const pod_runtime&) = delete;
  pod_runtime& operator=(const pod_runtime&) = delete;
  virtual ~pod_runtime() = default;

  /// The pod has its address; its volumes are what the Secrets hold now.
  virtual void started(const json& pod) = 0;
  virtual void stopped(const std::string& uid) = 0;
  /// What a readiness probe finds.
  [[nodiscard]] virtual bool is_ready(const std::string& uid) const = 0;
  /// Keys of the pods for which that may have changed since this was asked last.
  [[nodiscard]] virtual std::vector<std::string> take_changes() = 0;
};

struct node_agent_options {
  std::string network{"10.244"};  ///< first two parts of pod addresses
  /// Gives an address that was freed last to the next pod, as small address ranges do.
  bool reuse_addresses{true};
};

/// Scheduler and kubelets: binds pods, starts them, reports them ready, lets them go; and, when the
/// caller wants it, breaks them. An image of the registry "missing.example" cannot be pulled.
/// Writes status without managedFields, which nobody reads there.
class node_agent final : public planned {
 public:
  explicit node_agent(core& c, pod_runtime* runtime = nullptr, node_agent_options options = {});

  [[nodiscard]] std::string_view name() const noexcept override { return "node-agent"; }

  // Disturbances, each of the pod "namespace/name"; false when it is not there or does not run.

  /// The container ends and begins anew in the same pod: not ready, one restart more.
  bool restart(const std::string& key);
  /// The readiness probe fails once.
  bool fail_probe(const std::string& key);
  /// The kubelet kills the pod: phase Failed, reason Evicted. The address is free again.
  bool evict(const std::string& key);
  /// The node is gone: the pod is removed without the kubelet having a say.
  bool lose(const std::string& key);
  /// The sandbox is made anew: the same pod gets another address.
  bool change_address(const std::string& key);

 private:
  void plan(const std::string& key) override;  ///< of a pod
  void note(type_id type, const commit& c) override;
  void note_all() override;
  void note_others() override;
  void plan_pod(const std::string& key, const json& pod);
  void bind(const std::string& key);
  void start(const std::string& key);
  void fail_to_pull(const std::string& key);
  void set_ready(const std::string& key, bool ready);
  void let_go(const std::string& key);
  [[nodiscard]] bool volumes_there(const json& pod) const;
  [[nodiscard]] std::string take_address();
  void free_address(const json& pod);
  void put(json pod, const char* verb);
  [[nodiscard]] document running(const std::string& key) const;

  pod_runtime* runtime_;
  node_agent_options options_;
  std::uint32_t addresses_{0};
  std::vector<std::string> freed_{};
  std::set<std::string> waiting_{};  ///< pods without a Secret that they mount
  std::uint32_t bound_{0};
};

}  // namespace btc::sim
