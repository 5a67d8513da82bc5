#pragma once

#include "test/sim/cluster/api.hpp"

#include <cstdint>

namespace btc::sim {

/// States in which an API server answers something else than what was asked.
enum class trouble : std::uint8_t {
  none,
  starting,             ///< 503: not all paths are installed (notfoundhandler)
  overloaded,           ///< 429 with Retry-After, plain text (filters/maxinflight.go, APF)
  overloaded_silently,  ///< 429 without Retry-After, as a proxy in front may answer
  initializing,         ///< 429: the watch cache is not ready (cacher.go)
  internal_error,       ///< 500: the store did not answer; a write may have happened
  gateway_timeout,      ///< 504: the request took too long; a write may have happened
  unavailable,          ///< 503 without a body, as a proxy in front answers
  shutting_down,        ///< 429, Retry-After, Connection: close, plain text (with_retry_after.go)
  draining,             ///< 503, Retry-After (filters/waitgroup.go)
  unauthorized,         ///< 401: the token is not accepted
};

/// The answer of a server in trouble; `t` must not be none.
[[nodiscard]] api_response answer_in(trouble t);

}  // namespace btc::sim
