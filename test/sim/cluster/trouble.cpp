#include "test/sim/cluster/trouble.hpp"

#include "test/sim/cluster/statuses.hpp"

#include <nlohmann/json.hpp>

namespace btc::sim {

namespace {

using std::chrono::seconds;

[[nodiscard]] api_response text(int status, std::string body) {
  api_response out;
  out.status = status;
  out.text = std::move(body);
  return out;
}

}  // namespace

api_response answer_in(trouble t) {
  api_response out;
  switch (t) {
    case trouble::starting:
      return failure(503,
                     "ServiceUnavailable",
                     "the request has been made before all known HTTP paths have been installed, "
                     "please try again",
                     {{"retryAfterSeconds", 5}});
    case trouble::overloaded:
      out = text(429, "Too many requests, please try again later.\n");
      out.retry_after = seconds{1};
      return out;
    case trouble::overloaded_silently:
      return text(429, "Too many requests, please try again later.\n");
    case trouble::initializing:
      return failure(
          429, "TooManyRequests", "storage is (re)initializing", {{"retryAfterSeconds", 1}});
    case trouble::internal_error:
      return failure(500, "", "etcdserver: request timed out");
    case trouble::gateway_timeout:
      return failure(
          504,
          "Timeout",
          "Timeout: request did not complete within requested timeout - context deadline exceeded",
          json::object());
    case trouble::unavailable:
      return text(503, "upstream connect error or disconnect/reset before headers\n");
    case trouble::shutting_down:
      out = text(429, "The apiserver is shutting down, please try again later.\n");
      out.retry_after = seconds{5};
      out.close_connection = true;
      return out;
    case trouble::draining:
      return failure(
          503, "ServiceUnavailable", "apiserver is shutting down", {{"retryAfterSeconds", 1}});
    case trouble::unauthorized:
      return unauthorized();
    case trouble::none:
      break;
  }
  return failure(500, "InternalError", "no trouble");
}

}  // namespace btc::sim
