#pragma once

#include "test/node/pod_spec.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace btc::node {

using time_point = std::chrono::steady_clock::time_point;

/// What a probe has shown. It changes only after as many equal results in a row as its spec asks.
enum class verdict : std::uint8_t { unknown, success, failure };

/// When one probe of a container runs, and what its results mean (kubelet's prober/worker.go). No
/// clock and no I/O: whoever owns it runs the action when it is due and tells how it ended.
class probe_machine {
 public:
  /// The container started at `started`: first due after the initial delay.
  probe_machine(const probe_spec& spec, time_point started);

  /// When to run next; nothing while a run is under way.
  [[nodiscard]] std::optional<time_point> due() const noexcept;
  void launched() noexcept { in_flight_ = true; }
  void ended(bool success, time_point now) noexcept;

  /// `unknown` until the first threshold is reached.
  [[nodiscard]] verdict result() const noexcept { return result_; }

 private:
  std::chrono::seconds period_;
  int success_threshold_;
  int failure_threshold_;
  time_point next_;
  bool in_flight_{false};
  bool last_{false};  ///< result of the last run
  int in_a_row_{0};   ///< runs that ended like the last one
  verdict result_{verdict::unknown};
};

}  // namespace btc::node
