#pragma once

#include <prometheus/metric_family.h>

#include <string_view>
#include <vector>

namespace btc::telemetry {

/// The process_* metrics that every Prometheus client library exports under these names, read from
/// the kernel at each collect(). A figure that cannot be read (no /proc) is shown as 0.
class process_metrics {
 public:
  process_metrics();

  [[nodiscard]] std::vector<prometheus::MetricFamily> collect() const;

 private:
  double start_time_{0};  ///< seconds since the epoch, fixed at construction
};

/// Size of the address space and its resident part, in pages.
struct memory_pages {
  double virtual_pages{0};
  double resident_pages{0};
};

/// Reads the text of /proc/self/statm; zeros when it is something else.
[[nodiscard]] memory_pages parse_statm(std::string_view text) noexcept;

/// Start of the process in clock ticks after boot, from the text of /proc/self/stat. The command
/// name in it may contain blanks and parentheses. 0 when the text is something else.
[[nodiscard]] double parse_start_ticks(std::string_view text) noexcept;

}  // namespace btc::telemetry
