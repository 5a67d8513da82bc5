#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace btc::sim {

/// What can go wrong. `none` is the plain alternative.
enum class fault : std::uint8_t {
  none,
  crash,           ///< the controller's process dies and a new one starts
  overlap,         ///< a new process starts while the old one goes on for a while
  kill_actor,      ///< one actor ends as by an exception
  lose_request,    ///< a request never arrives
  lose_answer,     ///< it takes effect, and its answer is lost
  stall,           ///< nothing is heard of it before the client's deadline; it may arrive later
  refuse,          ///< the API server answers with an error instead
  fail_over,       ///< every connection breaks; the client now speaks to the other server
  lag,             ///< a server stops following the store; it learns of writes one by one
  go_back,         ///< the client is moved to a server that shows an old state
  cut_watch,       ///< a watch ends: in good order, by a reset, or inside a line
  silence_watch,   ///< a watch stays open and tells nothing any more
  expire_watch,    ///< a watch gets an ERROR event, 410
  garble_watch,    ///< a line that cannot be read, or one over the line limit
  compact,         ///< the store forgets its history
  break_pod,       ///< the node agent loses, restarts or evicts a pod
  pause_builtins,  ///< the StatefulSet controller, the collector or the node agent pauses
  jump,            ///< the clock jumps, every timer becomes due
  meddle,          ///< somebody else edits what is ours
  lose_rpc,        ///< a node does not answer, or its answer is lost
  outage,          ///< no API server is there for a while, whoever asks
  count_
};

inline constexpr std::size_t fault_count = static_cast<std::size_t>(fault::count_);

struct fault_info {
  std::string_view name{};
  std::string_view group{};  ///< F1 … F13 of docs/simulation.md
};

[[nodiscard]] const fault_info& info(fault f) noexcept;
[[nodiscard]] std::optional<fault> parse_fault(std::string_view name) noexcept;

/// How a request is refused: one column of the matrix call site × outcome.
enum class refusal_kind : std::uint8_t {
  conflict,           ///< 409 Conflict
  already_exists,     ///< 409 AlreadyExists
  not_found,          ///< 404 with a Status
  expired,            ///< 410 Expired
  invalid,            ///< 422 with causes
  forbidden,          ///< 403
  unauthorized,       ///< 401
  too_many,           ///< 429
  too_many_wait,      ///< 429 with Retry-After
  internal,           ///< 500, nothing done
  internal_done,      ///< 500, and it took effect
  unavailable,        ///< 503 with a Status
  starting,           ///< 503 of a server whose paths are not installed yet
  timeout,            ///< 504
  version_too_large,  ///< 504 with the cause ResourceVersionTooLarge
  page_missing,       ///< 404 without a Status
  not_json,           ///< 200 with a proxy's text
  truncated,          ///< 200 whose body ends in the middle
  count_
};

inline constexpr std::size_t refusal_count = static_cast<std::size_t>(refusal_kind::count_);

[[nodiscard]] std::string_view to_string(refusal_kind r) noexcept;

}  // namespace btc::sim
