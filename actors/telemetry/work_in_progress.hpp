#pragma once

#include <chrono>
#include <mutex>
#include <set>

namespace btc::telemetry {

/// The start times of all work under way, so that work which never ends shows in the metrics before
/// it ends. Thread-safe; the mutex is held for one insertion or removal, once per reconciliation.
class work_in_progress {
 public:
  using seconds = std::chrono::duration<double>;
  using time_point = std::chrono::steady_clock::time_point;

  /// How long the work under way has lasted at one moment; zero when there is none.
  struct ages {
    seconds sum{0};
    seconds longest{0};
  };

  void started(time_point at);
  /// Ignores a time that started() was not given.
  void ended(time_point started_at) noexcept;
  [[nodiscard]] ages at(time_point now) const;

 private:
  mutable std::mutex mutex_{};
  std::multiset<time_point> starts_{};
};

}  // namespace btc::telemetry
