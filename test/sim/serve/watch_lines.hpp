#pragma once

#include "test/sim/cluster/watch_cursor.hpp"
#include "test/sim/serve/answer_forms.hpp"
#include "test/sim/serve/exchange.hpp"

#include <chrono>
#include <memory>

namespace btc::sim {

/// The lines of one watch: events of the cursor in the form that the client asked for, a bookmark a
/// minute and one 2 s before the end, and the end at the client's timeoutSeconds.
/// Source of the times: Kubernetes, cacher, nextBookmarkTime and defaultBookmarkFrequency.
class watch_lines final : public event_source {
 public:
  struct options {
    wanted_form form{};
    std::chrono::seconds lifetime{};
  };

  /// `tables` outlives the stream.
  watch_lines(std::unique_ptr<watch_cursor> cursor,
              const table_printer& tables,
              const options& o,
              time_point now);

  [[nodiscard]] std::optional<std::string> next(time_point now) override;
  [[nodiscard]] bool ended(time_point now) const override;

 private:
  [[nodiscard]] std::string line_of(const json& event);

  std::unique_ptr<watch_cursor> cursor_;
  const table_printer& tables_;
  wanted_form form_;
  time_point end_;
  time_point next_bookmark_;
  bool last_bookmark_sent_{false};
  bool first_{true};
};

}  // namespace btc::sim
