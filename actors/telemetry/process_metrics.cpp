#include "actors/telemetry/process_metrics.hpp"

#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>

namespace btc::telemetry {

namespace {

std::string read_file(const char* path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

double clock_seconds(clockid_t clock) {
  timespec t{};
  ::clock_gettime(clock, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

double open_files() {
  std::error_code ec;
  const std::filesystem::directory_iterator entries("/proc/self/fd", ec);
  // The directory itself is open while it is counted.
  return ec ? 0 : static_cast<double>(std::distance(begin(entries), end(entries)) - 1);
}

double open_files_max() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<double>(limit.rlim_cur) : 0;
}

prometheus::MetricFamily family(std::string name,
                                std::string help,
                                prometheus::MetricType type,
                                double value) {
  prometheus::ClientMetric metric;
  metric.counter.value = value;
  metric.gauge.value = value;
  return {std::move(name), std::move(help), type, {std::move(metric)}};
}

}  // namespace

memory_pages parse_statm(std::string_view text) noexcept {
  std::istringstream in{std::string(text)};
  memory_pages pages;
  if (!(in >> pages.virtual_pages >> pages.resident_pages)) {
    return {};
  }
  return pages;
}

double parse_start_ticks(std::string_view text) noexcept {
  constexpr int fields_before = 19;  // field 22 counted from 1; the name is field 2
  const auto name_end = text.rfind(')');
  if (name_end == std::string_view::npos) {
    return 0;
  }
  std::istringstream in{std::string(text.substr(name_end + 1))};
  std::string skipped;
  for (int i = 0; i < fields_before; ++i) {
    in >> skipped;
  }
  double ticks = 0;
  return in >> ticks ? ticks : 0;
}

process_metrics::process_metrics() {
  const double ticks = parse_start_ticks(read_file("/proc/self/stat"));
  const double after_boot = ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
  start_time_ = clock_seconds(CLOCK_REALTIME) - (clock_seconds(CLOCK_BOOTTIME) - after_boot);
}

std::vector<prometheus::MetricFamily> process_metrics::collect() const {
  using prometheus::MetricType;
  const auto pages = parse_statm(read_file("/proc/self/statm"));
  const auto page_bytes = static_cast<double>(::sysconf(_SC_PAGESIZE));
  return {
      family("process_cpu_seconds_total",
             "User and system CPU time of the process in seconds.",
             MetricType::Counter,
             clock_seconds(CLOCK_PROCESS_CPUTIME_ID)),
      family("process_resident_memory_bytes",
             "Resident memory in bytes.",
             MetricType::Gauge,
             pages.resident_pages * page_bytes),
      family("process_virtual_memory_bytes",
             "Virtual memory in bytes.",
             MetricType::Gauge,
             pages.virtual_pages * page_bytes),
      family("process_open_fds", "Open file descriptors.", MetricType::Gauge, open_files()),
      family("process_max_fds",
             "Limit of open file descriptors.",
             MetricType::Gauge,
             open_files_max()),
      family("process_start_time_seconds",
             "Start of the process in seconds since the Unix epoch.",
             MetricType::Gauge,
             start_time_),
  };
}

}  // namespace btc::telemetry
