#include "actors/reconcile/event_correlator.hpp"

#include <algorithm>

namespace btc::reconcile {

namespace {

/// FNV-1a, continued from `hash`; the end of the text counts, so "a"+"bc" is not "ab"+"c".
[[nodiscard]] std::uint64_t mix(std::uint64_t hash, std::string_view text) noexcept {
  constexpr std::uint64_t prime = 0x100000001b3U;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * prime;
  }
  return (hash ^ 0x100U) * prime;
}

}  // namespace

event_correlator::event_correlator(event_limits limits)
    : limits_(limits),
      events_(limits.entries_max),
      groups_(limits.entries_max),
      budgets_(limits.entries_max) {}

event_verdict event_correlator::correlate(const k8s::object_key& subject,
                                          std::string_view uid,
                                          const announcement& event,
                                          std::uint64_t id,
                                          time_point now) {
  constexpr std::uint64_t offset_basis = 0xcbf29ce484222325U;
  const auto subject_key = mix(mix(mix(offset_basis, subject.ns), subject.name), uid);
  const bool warning = event.type == announcement::severity::warning;
  const auto group_key = mix(mix(subject_key, warning ? "Warning" : "Normal"), event.reason);
  const auto message_key = mix(group_key, event.message);

  const bool combined = combine(group_key, message_key, now);
  const auto event_key = combined ? group_key : message_key;
  const bool allowed = spend(subject_key, now);
  if (!allowed && events_.find(event_key) == nullptr) {
    return {};
  }
  // A repeat that is over the budget is still counted: the next one that is sent tells of it.
  auto& known = events_.touch(event_key, {id, now, 0});
  known.last = now;
  ++known.count;
  if (!allowed) {
    return {};
  }
  return {known.count == 1 ? event_verdict::action::create : event_verdict::action::repeat,
          known.id,
          known.count,
          combined};
}

bool event_correlator::combine(std::uint64_t group_key, std::uint64_t event_key, time_point now) {
  auto& similar = groups_.touch(group_key, {now, now, 0});
  if (now - similar.last > limits_.window) {
    similar.begin = now;
    similar.distinct = 0;
  }
  similar.last = now;
  const auto* known = events_.find(event_key);
  if (known != nullptr && known->last >= similar.begin) {
    return false;  // already one of the distinct messages
  }
  if (similar.distinct >= limits_.messages_max) {
    return true;
  }
  ++similar.distinct;
  return false;
}

bool event_correlator::spend(std::uint64_t subject_key, time_point now) {
  auto& own = budgets_.touch(subject_key, {limits_.burst, now});
  const auto earned = std::chrono::duration<double>(now - own.at) / limits_.refill;
  own.left = std::min(limits_.burst, own.left + std::max(0.0, earned));
  own.at = now;
  if (own.left < 1) {
    return false;
  }
  own.left -= 1;
  return true;
}

}  // namespace btc::reconcile
