#pragma once

#include "actors/reconcile/plan.hpp"
#include "actors/reconcile/recent_map.hpp"
#include "k8s/meta.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace btc::reconcile {

/// Numbers of client-go's recorder (tools/record/events_cache.go).
struct event_limits {
  /// Distinct messages of one reason about one object in a window; more are combined into one
  /// Event.
  std::size_t messages_max{10};
  std::chrono::seconds window{600};  ///< a reason that was silent for so long starts anew
  /// Events about one object in a burst, and the time after which it may have one more.
  double burst{25};
  std::chrono::seconds refill{300};
  std::size_t entries_max{4096};  ///< remembered Events, reasons and objects, each
};

/// What becomes of one announcement.
struct event_verdict {
  enum class action : std::uint8_t {
    create,  ///< an Event not seen before
    repeat,  ///< known: raise the count of the Event `id`
    drop,    ///< too many about this object
  };
  action what{action::drop};
  std::uint64_t id{0};     ///< of the Event that shows it: the `id` given when it was created
  std::uint32_t count{0};  ///< occurrences that the Event stands for, this one included
  bool combined{false};    ///< stands for many messages of one reason
};

/// Decides which announcements become Events, so that no fault fills etcd: repeats are counted,
/// similar ones combined, and each object has a budget. A value without I/O; keeps hashes only,
/// some 60 bytes for each remembered Event.
class event_correlator {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit event_correlator(event_limits limits = {});

  /// `id` names the Event if this is a new one; the caller never gives the same twice.
  [[nodiscard]] event_verdict correlate(const k8s::object_key& subject,
                                        std::string_view uid,
                                        const announcement& event,
                                        std::uint64_t id,
                                        time_point now);

 private:
  struct known_event {
    std::uint64_t id{0};
    time_point last{};
    std::uint32_t count{0};
  };
  /// Messages of one reason about one object.
  struct group {
    time_point begin{};  ///< of the window
    time_point last{};
    std::uint32_t distinct{0};
  };
  struct budget {
    double left{0};
    time_point at{};
  };

  /// True when one more message of this group has to share an Event with others.
  [[nodiscard]] bool combine(std::uint64_t group_key, std::uint64_t event_key, time_point now);
  [[nodiscard]] bool spend(std::uint64_t subject_key, time_point now);

  event_limits limits_;
  recent_map<known_event> events_;
  recent_map<group> groups_;
  recent_map<budget> budgets_;
};

}  // namespace btc::reconcile
