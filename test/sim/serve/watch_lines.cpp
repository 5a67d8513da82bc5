#include "test/sim/serve/watch_lines.hpp"

#include <algorithm>
#include <utility>

namespace btc::sim {

namespace {

constexpr std::chrono::minutes bookmark_interval{1};
constexpr std::chrono::seconds bookmark_before_end{2};

}  // namespace

watch_lines::watch_lines(std::unique_ptr<watch_cursor> cursor,
                         const table_printer& tables,
                         const options& o,
                         time_point now)
    : cursor_(std::move(cursor)),
      tables_(tables),
      form_(o.form),
      end_(now + o.lifetime),
      next_bookmark_(now + bookmark_interval) {}

std::string watch_lines::line_of(const json& event) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const bool plain = form_.form == answer_form::plain;
  const auto& shown =
      plain ? event : event_in_form(form_, tables_, cursor_->type(), event, now, first_);
  first_ = false;
  return shown.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
}

std::optional<std::string> watch_lines::next(time_point now) {
  if (now >= end_) {
    return std::nullopt;
  }
  if (const auto event = cursor_->next()) {
    return line_of(*event);
  }
  const bool last = !last_bookmark_sent_ && now >= end_ - bookmark_before_end;
  if (!last && now < next_bookmark_) {
    return std::nullopt;
  }
  last_bookmark_sent_ = last_bookmark_sent_ || last;
  next_bookmark_ = now + bookmark_interval;
  const auto bookmark = cursor_->bookmark();
  return bookmark ? std::optional{line_of(*bookmark)} : std::nullopt;
}

bool watch_lines::ended(time_point now) const {
  return now >= end_ || cursor_->ended();
}

}  // namespace btc::sim
