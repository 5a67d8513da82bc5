#pragma once

#include "test/sim/cluster/cluster.hpp"
#include "test/sim/cluster/target.hpp"
#include "test/sim/serve/exchange.hpp"
#include "test/sim/serve/pod_journal.hpp"

#include <chrono>

namespace btc::sim {

/// Answers requests for the logs of pods. The refusals are those of an API server and of a kubelet.
class log_desk {
 public:
  /// Both outlive this object and its answers.
  log_desk(const cluster& c, const pod_journal& journal) : cluster_(c), journal_(journal) {}

  [[nodiscard]] exchange_answer answer(const target& where,
                                       const caller& who,
                                       std::chrono::sys_seconds now) const;

 private:
  const cluster& cluster_;
  const pod_journal& journal_;
};

}  // namespace btc::sim
