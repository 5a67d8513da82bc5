#pragma once

#include "k8s/api_error.hpp"
#include "k8s/watch_backoff.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace btc::k8s {

/// Numbers of the list/watch protocol; sources: client-go tools/cache/reflector.go and the facts in
/// docs/adr.
struct watch_limits {
  std::size_t page_size{500};
  std::chrono::seconds watch_timeout_min{170};  ///< below the 240 s idle limit of load balancers
  std::chrono::seconds watch_timeout_max{230};
  std::chrono::seconds client_grace{5};              ///< client deadline = server timeout + this
  std::chrono::seconds initial_events_deadline{20};  ///< WatchList: without an event or its end
  /// Streams of initial events that fail in a row, for other reasons than a server that is away or
  /// busy, before lists are asked for: whatever stands in between may not let them through.
  std::uint32_t streaming_tries{2};
  /// Times in a row that a server refuses to go on watching before everything is listed anew.
  std::uint32_t watch_tries{3};
  watch_backoff_limits backoff{};
  /// Expired lists and watches in a row that are followed by a new list at once. One for the watch
  /// and one for the list at its version; a server that answers 410 to everything is waited for.
  std::uint32_t expirations_at_once{2};
  std::chrono::seconds short_watch{1};  ///< a watch that ends sooner without an event backs off
};

/// Where the machine stands.
enum class watch_phase : std::uint8_t {
  idle,            ///< before `started`
  listing,         ///< a page is on its way
  streaming_list,  ///< WatchList: initial events arrive, the end bookmark has not yet
  opening,         ///< a watch was asked for, its head has not come
  watching,        ///< events arrive
  waiting,         ///< back-off; the timer leads to the list or watch that failed
};

[[nodiscard]] std::string_view to_string(watch_phase p) noexcept;

// -- inputs: what happened. `at` is the virtual or real monotonic time. ------------
struct watch_started {};
struct page_arrived {
  std::string resource_version{};
  std::string continue_token{};
};
struct request_failed {  ///< list, page or opening of a watch
  api_error error{};
};
struct watch_opened {};
struct event_arrived {  ///< added, modified, deleted
  std::string resource_version{};
};
struct bookmark_arrived {
  std::string resource_version{};
  bool initial_events_end{false};
};
struct error_event_arrived {  ///< the ERROR event inside a stream
  api_error error{};
};
struct stream_ended {  ///< clean or not; `error` is empty (code 0, no reason) for a clean end
  api_error error{};
};
struct timer_fired {
  std::uint64_t generation{0};
};
using watch_input = std::variant<watch_started,
                                 page_arrived,
                                 request_failed,
                                 watch_opened,
                                 event_arrived,
                                 bookmark_arrived,
                                 error_event_arrived,
                                 stream_ended,
                                 timer_fired>;

// -- commands: what the actor does, in order ----------------------------------------
struct send_list {
  std::size_t limit{0};
  std::string resource_version{};
  std::string continue_token{};
};
struct open_watch {
  std::string resource_version{};
  std::chrono::seconds timeout{};  ///< for the server; the client's life deadline is + client_grace
  bool send_initial_events{false};
};
struct close_stream {};
/// One-shot timer; an older generation that fires later is ignored (CAF 0.17 cannot cancel).
struct start_timer {
  std::chrono::milliseconds delay{};
  std::uint64_t generation{0};
};
/// Forget the objects collected so far: a list starts (anew).
struct discard_collected {};
/// Everything collected since discard_collected is the state at `resource_version`: replace.
/// `consistent`: it came from a most-recent read and may legitimately be older than what the cache
/// has seen (a restored etcd), so the cache takes it over without comparing versions.
struct deliver_replace {
  std::string resource_version{};
  bool consistent{false};
};
/// The event that caused this step is for the cache (collect it when `initial`).
struct deliver_event {
  bool initial{false};
};
using watch_command = std::variant<send_list,
                                   open_watch,
                                   close_stream,
                                   start_timer,
                                   discard_collected,
                                   deliver_replace,
                                   deliver_event>;

/// The reflector of one kind and scope as a pure machine: no clock, no I/O, no randomness of its
/// own. Two machines with the same inputs give the same commands.
class watch_machine {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  /// Gives a number in [0, 1); jitter of back-offs and timeouts comes from here.
  using random_source = std::function<double()>;

  watch_machine(watch_limits limits, random_source random);

  /// Total: an input that does not fit the phase changes nothing and gives no command.
  [[nodiscard]] std::vector<watch_command> step(const watch_input& input, time_point at);

  [[nodiscard]] watch_phase phase() const noexcept { return phase_; }
  [[nodiscard]] const std::string& resource_version() const noexcept { return version_; }
  /// Lists or watches begun after the first because one failed or ended early.
  [[nodiscard]] std::uint64_t restarts() const noexcept { return restarts_; }
  [[nodiscard]] const api_error& last_error() const noexcept { return last_error_; }

 private:
  using commands = std::vector<watch_command>;

  /// How the next full state is asked for.
  enum class freshness : std::uint8_t {
    most_recent,    ///< resourceVersion "": a consistent read, right whatever it says
    not_older_than  ///< version_: cheap for the server, and never back in time
  };

  void handle(const watch_started& i, commands& out);
  void handle(const page_arrived& i, commands& out);
  void handle(const request_failed& i, commands& out);
  void handle(const watch_opened& i, commands& out);
  void handle(const event_arrived& i, commands& out);
  void handle(const bookmark_arrived& i, commands& out);
  void handle(const error_event_arrived& i, commands& out);
  void handle(const stream_ended& i, commands& out);
  void handle(const timer_fired& i, commands& out);

  /// Begins a full state: WatchList, or LIST where that does not work.
  void begin_list(commands& out);
  void begin_pages(commands& out);
  void begin_watch(commands& out);
  /// The way to a full state failed, or the stream did: what follows depends on the error alone.
  void recover(const api_error& error, commands& out);
  /// A stream of initial events failed: whether lists are asked for from now on.
  [[nodiscard]] bool gives_up_streaming(const api_error& error);
  /// The server no longer has what we asked for.
  void expired(const api_error& error, commands& out);
  void back_off(const api_error& error, commands& out);
  void complete(const std::string& version, commands& out);
  void advance(const std::string& version);
  void arm(std::chrono::milliseconds delay, commands& out);
  [[nodiscard]] std::chrono::seconds random_timeout();

  watch_limits limits_;
  random_source random_;
  watch_phase phase_{watch_phase::idle};
  std::string version_{};
  std::uint64_t restarts_{0};
  api_error last_error_{};

  time_point now_{};
  freshness freshness_{freshness::most_recent};
  bool streaming_works_{true};           ///< WatchList, until it is seen not to work here
  std::uint32_t streaming_failures_{0};  ///< in a row
  std::uint32_t watch_refusals_{0};      ///< since the last event or bookmark of a watch
  bool need_list_{true};                 ///< after a back-off: list, or go on watching
  bool paging_{true};                    ///< a most recent list goes by pages
  std::string continue_{};               ///< token of the page that is under way
  std::uint32_t expirations_{0};         ///< since the last event or bookmark of a watch
  watch_backoff backoff_;
  time_point opened_at_{};
  bool saw_event_{false};   ///< on the stream that is open
  bool heard_{false};       ///< since the timer was armed
  std::uint64_t timer_{0};  ///< generation of the timer that counts
};

}  // namespace btc::k8s
