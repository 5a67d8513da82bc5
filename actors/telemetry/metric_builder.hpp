#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace btc::telemetry {

// Shorthand to declare a family and make all its series at once, so that each exists from the start
// with the value 0. The handles stay valid as long as the registry.

using counter = prometheus::Counter*;
using gauge = prometheus::Gauge*;
using histogram = prometheus::Histogram*;

/// One label with all of its values.
template <std::size_t N>
struct label {
  const char* name;
  std::array<std::string_view, N> values;
};

template <std::size_t N>
[[nodiscard]] prometheus::Labels with_label(prometheus::Labels labels,
                                            const label<N>& l,
                                            std::size_t value) {
  labels.emplace(l.name, l.values.at(value));
  return labels;
}

/// A family of T (Counter, Gauge, Histogram) in one registry. `rest` of make… are the arguments of
/// T's constructor: the buckets of a histogram.
template <class T>
class metric_family {
 public:
  metric_family(prometheus::Registry& registry, const char* name, const char* help)
      : family_(make(registry, name, help)) {}

  /// One series.
  template <class... Rest>
  [[nodiscard]] T* one(const prometheus::Labels& labels, const Rest&... rest) {
    return &family_.Add(labels, rest...);
  }

  /// One series for each value of one label; `labels` is common to all.
  template <std::size_t N, class... Rest>
  [[nodiscard]] std::array<T*, N> by(const label<N>& l,
                                     const prometheus::Labels& labels,
                                     const Rest&... rest) {
    std::array<T*, N> series{};
    for (std::size_t i = 0; i < N; ++i) {
      series[i] = one(with_label(labels, l, i), rest...);
    }
    return series;
  }

  /// One series for each pair of values of two labels.
  template <std::size_t N, std::size_t M>
  [[nodiscard]] std::array<std::array<T*, M>, N> by(const label<N>& outer,
                                                    const label<M>& inner,
                                                    const prometheus::Labels& labels) {
    std::array<std::array<T*, M>, N> series{};
    for (std::size_t i = 0; i < N; ++i) {
      series[i] = by(inner, with_label(labels, outer, i));
    }
    return series;
  }

 private:
  static prometheus::Family<T>& make(prometheus::Registry& registry,
                                     const char* name,
                                     const char* help);

  prometheus::Family<T>& family_;
};

template <>
inline prometheus::Family<prometheus::Counter>& metric_family<prometheus::Counter>::make(
    prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

template <>
inline prometheus::Family<prometheus::Gauge>& metric_family<prometheus::Gauge>::make(
    prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

template <>
inline prometheus::Family<prometheus::Histogram>& metric_family<prometheus::Histogram>::make(
    prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

using counters = metric_family<prometheus::Counter>;
using gauges = metric_family<prometheus::Gauge>;
using histograms = metric_family<prometheus::Histogram>;

}  // namespace btc::telemetry
