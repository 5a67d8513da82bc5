#pragma once

#include "k8s/payload.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace btc::k8s {

/// Longest watch line that is kept. etcd holds objects up to 1.5 MiB; escaping can double that.
inline constexpr std::size_t watch_line_bytes_max = std::size_t{8} << 20U;

/// Cuts a watch stream into lines, whatever the chunks it arrives in. Sans-I/O.
///
/// A line over the limit is skipped to its end and counted, so that one monstrous object costs no
/// memory and stops no stream.
class watch_decoder {
 public:
  explicit watch_decoder(std::size_t line_bytes_max = watch_line_bytes_max)
      : line_bytes_max_(line_bytes_max) {}

  /// Appends the lines that `bytes` completes to `lines`; empty lines are no lines.
  void feed(std::string_view bytes, std::vector<payload>& lines);

  /// True when the stream stands inside a line: an end here is a truncation.
  [[nodiscard]] bool inside_line() const noexcept { return skipping_ || !partial_.empty(); }
  /// Lines skipped since the last call.
  [[nodiscard]] std::size_t take_oversized() noexcept;

 private:
  void append(std::string_view bytes);
  void end_line(std::vector<payload>& lines);

  std::size_t line_bytes_max_;
  std::string partial_{};
  bool skipping_{false};
  std::size_t oversized_{0};
};

}  // namespace btc::k8s
