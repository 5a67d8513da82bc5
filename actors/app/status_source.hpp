#pragma once

#include "actors/telemetry/report.hpp"

#include <functional>

namespace btc::app {

/// Where the admin server gets its data: in production the supervisor actor.
class status_source {
 public:
  using handler = std::function<void(telemetry::status_report)>;

  status_source() = default;
  status_source(const status_source&) = delete;
  status_source& operator=(const status_source&) = delete;
  virtual ~status_source() = default;

  /// Asks for a report. Called on the I/O thread; returns at once. `done` may run on any thread, at
  /// any time, also inside the call; at most once, and never again after the io_context is gone.
  virtual void query(handler done) = 0;
};

}  // namespace btc::app
