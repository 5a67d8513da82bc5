#pragma once

#include <chrono>
#include <set>

namespace btc::telemetry {

/// The start times of all work under way, so that work which never ends shows in the metrics before
/// it ends. Touched by the actors and by whoever renders the metrics, who share the event loop.
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
  std::multiset<time_point> starts_{};
};

}  // namespace btc::telemetry
