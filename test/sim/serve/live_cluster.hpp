#pragma once

#include "test/sim/cluster/cluster.hpp"
#include "test/sim/cluster/garbage_collector.hpp"
#include "test/sim/cluster/node_agent.hpp"
#include "test/sim/cluster/simulated_bitcoind.hpp"
#include "test/sim/cluster/stateful_set_controller.hpp"
#include "test/sim/serve/chaos.hpp"
#include "test/sim/serve/node_listeners.hpp"
#include "test/sim/serve/pod_journal.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <set>
#include <string>

namespace btc::sim {

struct live_options {
  double speed{1};                ///< a beat of the pods is 400 ms / speed
  bool pods{true};                ///< false: another program is the node
  std::string network{"127.77"};  ///< first two parts of pod addresses
};

/// What the caller, who owns the sockets, has to do after a step of time.
struct live_events {
  bool cut_streams{false};
};

/// The simulated cluster in real time: its built-in controllers act at once, pods take a while to
/// start and to end, and chaos happens at its rates. One thread.
class live_cluster {
 public:
  /// `faults` outlives the cluster.
  live_cluster(std::shared_ptr<const cluster_model> model, const live_options& o, chaos& faults);

  [[nodiscard]] cluster& api() noexcept { return cluster_; }
  [[nodiscard]] const cluster& api() const noexcept { return cluster_; }

  /// Lets `passed` go by.
  [[nodiscard]] live_events advance(std::chrono::milliseconds passed);

  /// Where bitcoinds listen now.
  [[nodiscard]] std::set<node_address> nodes() const;
  [[nodiscard]] node_answer rpc(const node_address& at,
                                const std::string& authorization,
                                const std::string& body);
  [[nodiscard]] const pod_journal& journal() const noexcept { return journal_; }

 private:
  void run_controllers();
  void beat(built_in& b);
  void break_pod();
  void drift();
  void write_journal();
  void edit(k8s::method method, const std::string& target, json body);

  cluster cluster_;
  live_options options_;
  chaos& faults_;
  simulated_bitcoind bitcoinds_;
  node_agent agent_;
  stateful_set_controller stateful_sets_;
  garbage_collector garbage_;
  namespace_controller namespaces_;
  pod_journal journal_{};
  std::chrono::duration<double, std::milli> until_beat_{0};
};

}  // namespace btc::sim
