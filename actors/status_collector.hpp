#pragma once

#include "actors/actor_base.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace btc::actors {

using report_handler = std::shared_ptr<const std::function<void(messages::report)>>;

/// Asks every actor, and dispatch's children in turn, for its report, and calls `done` once with
/// the sum, at the latest after env.limits.report_deadline; who has not answered by then does not
/// respond. Reconcile actors share one line of the actors' list, and each has its network's line.
void collect_status(caf::actor_system& system,
                    std::vector<messages::named_actor> actors,
                    const environment& env,
                    double uptime_seconds,
                    report_handler done);

struct collector_args {
  const environment* env{nullptr};
  std::vector<messages::named_actor> actors{};
  double uptime_seconds{0};
  report_handler done{};
};

/// Owns: one collection; ends with it.
/// Accepts: collect_timeout.
/// Sends: report_request.
/// Timers: collect_timeout.
/// On failure: the collection is lost; whoever waits for it has a deadline of its own.
class collector_state {
 public:
  using pointer = messages::status_collector::stateful_pointer<collector_state>;
  static constexpr const char* name = "btc.collector";

  explicit collector_state(pointer self) : self_(self) {}
  void start(collector_args args);

  void on_timeout(const messages::collect_timeout& m);

  vitals vitals_{};

 private:
  void ask(std::size_t index);
  void ask_child(std::size_t index, const messages::named_actor& child);
  void take(std::size_t index, const messages::actor_reports& answer);
  void take_child(const messages::actor_reports& answer);
  void add_parts(const messages::actor_reports& answer);
  void one_less();
  void finish();
  void list_children();

  pointer self_;
  collector_args args_{};
  telemetry::status_report status_{};
  std::vector<std::string> silent_children_{};         ///< titles; empty for who has answered
  telemetry::actor_report children_{};                 ///< sums and maxima over who has answered
  std::map<std::string, std::size_t> child_states_{};  ///< how many children are in which state
  std::size_t pending_{0};
};

[[nodiscard]] messages::status_collector::behavior_type collector(collector_state::pointer self,
                                                                  collector_args args);

}  // namespace btc::actors
