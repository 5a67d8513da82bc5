#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace btc::sim {

/// Whom a verified client certificate names.
struct certificate_identity {
  std::string user{};                 ///< CN
  std::vector<std::string> groups{};  ///< each O
};

/// One HTTP request as the server read it, already without TLS.
struct exchange_request {
  std::string method{};
  std::string target{};
  std::string content_type{};
  std::string accept{};
  std::string authorization{};
  std::string user_agent{};
  std::string impersonate_user{};
  std::vector<std::string> impersonate_groups{};
  std::string body{};
  bool body_too_large{false};  ///< over the limit; `body` is empty then
  std::optional<certificate_identity> certificate{};
};

/// Gives the lines of a watch. Called on the server's thread only.
class event_source {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  event_source() = default;
  event_source(const event_source&) = delete;
  event_source& operator=(const event_source&) = delete;
  virtual ~event_source() = default;

  /// The next line with its line end, or nothing when there is none at `now`.
  [[nodiscard]] virtual std::optional<std::string> next(time_point now) = 0;
  /// No line will come any more: the server ends the stream in an orderly way.
  [[nodiscard]] virtual bool ended(time_point now) const = 0;
};

/// What the network does to an answer; for faults that are turned on while the server runs.
enum class delivery : std::uint8_t {
  whole,
  lost,       ///< the connection is closed instead
  truncated,  ///< half of the body, then the connection is closed
};

/// The answer to one request: a complete body, or a stream when `events` is set.
struct exchange_answer {
  int status{200};
  std::string content_type{"application/json"};
  std::string body{};
  std::vector<std::pair<std::string, std::string>> headers{};
  bool close{false};  ///< the connection ends after the answer
  std::unique_ptr<event_source> events{};
  delivery how{delivery::whole};
  std::chrono::milliseconds delay{0};  ///< before the first byte
};

/// Answers requests. Called on the server's thread; must not block.
class exchange_handler {
 public:
  exchange_handler() = default;
  exchange_handler(const exchange_handler&) = delete;
  exchange_handler& operator=(const exchange_handler&) = delete;
  virtual ~exchange_handler() = default;

  [[nodiscard]] virtual exchange_answer handle(const exchange_request& request) = 0;
};

}  // namespace btc::sim
