#include "actors/telemetry/metric_labels.hpp"

#include <algorithm>
#include <string>

namespace btc::telemetry {

using buckets = prometheus::Histogram::BucketBoundaries;

std::size_t code_index(int status) noexcept {
  constexpr auto other = by_code.values.size() - 2;
  constexpr auto no_answer = by_code.values.size() - 1;
  if (status == 0) {
    return no_answer;
  }
  const auto text = std::to_string(status);  // short enough to need no allocation
  const auto* const end = by_code.values.begin() + other;
  // Not found is `end`, which is the position of "other".
  return static_cast<std::size_t>(std::find(by_code.values.begin(), end, text)
                                  - by_code.values.begin());
}

buckets reconcile_buckets() {
  return {0.005, 0.01, 0.025, 0.05, 0.1,  0.15, 0.2,  0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6,
          0.7,   0.8,  0.9,   1.0,  1.25, 1.5,  1.75, 2.0,  2.5, 3.0,  3.5, 4.0,  4.5, 5,
          6,     7,    8,     9,    10,   15,   20,   25,   30,  40,   50,  60};
}

buckets queue_buckets() {
  return {1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100, 1000};
}

buckets request_buckets() {
  return {0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60};
}

}  // namespace btc::telemetry
