#include "actors/telemetry/stderr_sink.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <chrono>

namespace btc::telemetry {

/// A spdlog logger outside its global registry. Lines come to it ready made, so its own pattern is
/// the text alone; it adds the lock, the line end and the single write.
struct stderr_sink::impl {
  explicit impl(log_format f)
      : format(f), out("btc", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    out.set_pattern("%v");
    out.set_level(spdlog::level::trace);
  }

  log_format format;
  spdlog::logger out;
};

stderr_sink::stderr_sink(log_format format) : impl_(std::make_unique<impl>(format)) {}

stderr_sink::~stderr_sink() = default;

void stderr_sink::write(const log_record& r) {
  const auto now = std::chrono::system_clock::now();
  const auto line = impl_->format == log_format::json ? format_json(r, now) : format_text(r, now);
  impl_->out.log(spdlog::level::info, spdlog::string_view_t(line));
}

}  // namespace btc::telemetry
