#pragma once

#include "actors/telemetry/log.hpp"
#include "actors/telemetry/log_format.hpp"

#include <memory>

namespace btc::telemetry {

/// The production sink: one formatted line per record on stderr, written by one call so that lines
/// of different threads never mix. Blocks while stderr does; a pipe that nobody reads stops the
/// controller, as it would any process that logs.
class stderr_sink final : public log_sink {
 public:
  explicit stderr_sink(log_format format);
  ~stderr_sink() override;

  void write(const log_record& r) override;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace btc::telemetry
