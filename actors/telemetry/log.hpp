#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace btc::telemetry {

/// Severity, least first. `off` is a threshold only: nothing is logged at it.
enum class log_level : std::uint8_t { trace, debug, info, warn, error, off };

[[nodiscard]] std::string_view to_string(log_level l) noexcept;
/// "trace" … "off"; nothing for any other text.
[[nodiscard]] std::optional<log_level> parse_log_level(std::string_view text) noexcept;

using log_value = std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool>;

/// One key with its value. Borrows both: it lives no longer than the call that logs it. Keys are
/// constants in snake_case with the unit last ("duration_ms"); docs/logging.md lists them.
struct log_field {
  std::string_view key{};
  log_value value{};

  template <class T>
  log_field(std::string_view k, const T& v) : key(k), value(to_value(v)) {}

 private:
  template <class T>
  static log_value to_value(const T& v) {
    if constexpr (std::is_same_v<T, bool>) {
      return v;
    } else if constexpr (std::is_floating_point_v<T>) {
      return static_cast<double>(v);
    } else if constexpr (std::is_unsigned_v<T>) {
      return static_cast<std::uint64_t>(v);
    } else if constexpr (std::is_integral_v<T>) {
      return static_cast<std::int64_t>(v);
    } else {
      return std::string_view(v);
    }
  }
};

/// Field that a logger adds to each of its lines; owns its value, borrows its constant key.
struct log_context {
  std::string_view key{};
  std::string value{};
};

/// One line before it is formatted. Borrows everything.
struct log_record {
  log_level level{log_level::info};
  std::string_view event{};    ///< constant slug, "watch-relist": what a machine looks for
  std::string_view message{};  ///< constant English text; values are in the fields only
  std::span<const log_context> context{};
  std::span<const log_field> fields{};
};

/// Where lines go: stderr in production (stderr_sink.hpp), nowhere or a vector in tests and in the
/// simulation. `write` is called from every thread that logs, so implementations are thread-safe.
class log_sink {
 public:
  log_sink() = default;
  log_sink(const log_sink&) = delete;
  log_sink& operator=(const log_sink&) = delete;
  virtual ~log_sink() = default;

  virtual void write(const log_record& r) = 0;
};

/// Front end of a sink: a threshold and the context of whoever holds it. A cheap value, passed by
/// const reference; it borrows the sink, which outlives it. A default one logs nothing.
///
/// A call below the threshold costs one comparison and no allocation. Where a field's value must
/// itself be made (a to_string), ask enabled() first. Never log a Secret's content.
class logger {
 public:
  using fields = std::initializer_list<log_field>;

  logger() = default;
  logger(log_sink& sink, log_level threshold) : sink_(&sink), threshold_(threshold) {}

  /// The same logger with one field more on each line.
  [[nodiscard]] logger with(std::string_view key, std::string value) const;

  [[nodiscard]] bool enabled(log_level l) const noexcept {
    return l >= threshold_ && l != log_level::off;
  }

  void log(log_level l, std::string_view event, std::string_view message, fields f = {}) const {
    if (enabled(l)) {
      write(l, event, message, f);
    }
  }
  void trace(std::string_view event, std::string_view message, fields f = {}) const {
    log(log_level::trace, event, message, f);
  }
  void debug(std::string_view event, std::string_view message, fields f = {}) const {
    log(log_level::debug, event, message, f);
  }
  void info(std::string_view event, std::string_view message, fields f = {}) const {
    log(log_level::info, event, message, f);
  }
  void warn(std::string_view event, std::string_view message, fields f = {}) const {
    log(log_level::warn, event, message, f);
  }
  void error(std::string_view event, std::string_view message, fields f = {}) const {
    log(log_level::error, event, message, f);
  }

 private:
  void write(log_level l, std::string_view event, std::string_view message, fields f) const;

  log_sink* sink_{nullptr};
  log_level threshold_{log_level::off};
  std::vector<log_context> context_{};
};

}  // namespace btc::telemetry
