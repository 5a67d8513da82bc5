#pragma once

#include "actors/telemetry/log.hpp"

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace btc::telemetry {

/// Keeps each line as text without a time ("info watch-relist message key=value …"), in order: the
/// sink of tests and of the simulation, whose traces must be equal for equal seeds. Thread-safe.
class capture_sink final : public log_sink {
 public:
  void write(const log_record& r) override;

  [[nodiscard]] std::vector<std::string> lines() const;
  /// How many lines carry this event slug.
  [[nodiscard]] std::size_t count(std::string_view event) const;

 private:
  struct line {
    std::string event{};
    std::string text{};
  };

  mutable std::mutex mutex_{};
  std::vector<line> lines_{};
};

}  // namespace btc::telemetry
