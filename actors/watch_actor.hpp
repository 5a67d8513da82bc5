#pragma once

#include "actors/actor_base.hpp"
#include "k8s/watch_machine.hpp"

#include <memory>
#include <string>
#include <vector>

namespace btc::actors {

struct watch_args {
  const environment* env{nullptr};
  k8s::kind kind{};
  k8s::scope scope{};
  messages::cache_actor cache{};
};

/// Owns: one watch stream of one kind and scope, and the protocol's state (k8s::watch_machine).
/// Accepts: begin_watch, list_answered, watch_answered, stream_read, watch_timer.
/// Sends: objects_changed and objects_replaced to its cache; reads to the transport, one at a time.
/// Timers: watch_timer for back-off and the deadline of a WatchList.
/// On failure: the supervisor starts it again; it lists anew and the cache takes the difference.
class watch_state {
 public:
  using pointer = messages::watch_actor::stateful_pointer<watch_state>;
  static constexpr const char* name = "btc.watch";

  explicit watch_state(pointer self) : self_(self) {}
  void start(watch_args args);

  void on_begin(const messages::begin_watch& m);
  void on_list(const messages::list_answered& m);
  void on_head(const messages::watch_answered& m);
  void on_read(const messages::stream_read& m);
  void on_timer(const messages::watch_timer& m);

  [[nodiscard]] std::string title() const;
  void fill(messages::actor_reports& out) const;

  vitals vitals_{};

 private:
  /// Steps the machine and does what it commands.
  void step(const k8s::watch_input& input);
  void perform(const k8s::send_list& c);
  void perform(const k8s::open_watch& c);
  void perform(const k8s::close_stream& c);
  void perform(const k8s::start_timer& c);
  void perform(const k8s::discard_collected& c);
  void perform(const k8s::deliver_replace& c);
  void perform(const k8s::deliver_event& c);

  void on_line(const k8s::payload& line);
  void flush();
  void read_more();
  /// Something came of a try; `contact` when the API server gave what was asked of it.
  void note_outcome(bool contact);
  void note_undecodable(const k8s::api_error& why);
  void count_restart(const k8s::watch_input& input);
  /// The last error, for people; empty when there is none.
  [[nodiscard]] std::string error_text() const;

  pointer self_;
  watch_args args_{};
  std::unique_ptr<k8s::watch_machine> machine_{};
  std::unique_ptr<random_numbers> random_{};
  std::shared_ptr<k8s::watch_stream> stream_{};
  std::uint64_t request_id_{0};                     ///< of the list or opening that is awaited
  std::uint64_t stream_id_{0};                      ///< of the stream that is read
  std::vector<k8s::object_ptr> collected_{};        ///< of a list in progress
  std::vector<messages::object_change> pending_{};  ///< of the batch in progress
  messages::object_change current_{};               ///< of the line in progress
  std::chrono::steady_clock::time_point last_contact_{};
  std::chrono::steady_clock::time_point last_outcome_{};
  std::uint64_t undecodable_{0};
};

[[nodiscard]] messages::watch_actor::behavior_type watch(watch_state::pointer self,
                                                         watch_args args);

}  // namespace btc::actors
