#pragma once

#include "actors/reconcile/event_correlator.hpp"
#include "k8s/request.hpp"
#include "messages/protocol.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace btc::actors {

/// An Event that waits to be sent: its texts in one allocation, since thousands may wait while the
/// API server is away. The JSON exists only from request() to the transport.
class outgoing_event {
 public:
  using time_point = std::chrono::system_clock::time_point;
  /// Of the message; the limit of the API server for the newer Events API, and enough for people.
  static constexpr std::size_t message_bytes_max = 1024;

  outgoing_event(const messages::record_event& what,
                 const reconcile::event_verdict& verdict,
                 time_point at);

  /// POST of the Event, or merge patch of its count when it is there already.
  [[nodiscard]] k8s::request request() const;
  /// The Event that was to be counted up is gone (they expire after an hour): make it again.
  void create_instead() noexcept { creates_ = true; }
  [[nodiscard]] bool creates() const noexcept { return creates_; }

  /// Two of one id are the same Event, and must be sent in order.
  [[nodiscard]] std::uint64_t id() const noexcept { return id_; }
  [[nodiscard]] k8s::object_key subject() const;
  [[nodiscard]] std::string_view reason() const { return text(reason_part); }
  /// Counts one more try; returns how many there have been.
  std::uint32_t count_try() noexcept { return ++tries_; }

 private:
  enum part : std::uint8_t {
    ns_part,
    name_part,
    uid_part,
    version_part,
    reason_part,
    message_part
  };
  static constexpr std::size_t parts = 6;

  void append(part p, std::string_view text);
  [[nodiscard]] std::string_view text(part p) const noexcept;
  [[nodiscard]] std::string event_name() const;
  [[nodiscard]] nlohmann::json manifest() const;
  [[nodiscard]] nlohmann::json patch() const;

  std::string texts_{};
  std::array<std::uint16_t, parts> ends_{};
  std::uint64_t id_{0};
  time_point last_{};
  std::uint32_t count_{0};
  std::uint16_t tries_{0};
  bool creates_{false};
  bool combined_{false};
  bool warning_{false};
};

/// An id for a new Event: its time in nanoseconds, as client-go names Events, and never the same
/// twice in one process.
class event_ids {
 public:
  [[nodiscard]] std::uint64_t next(outgoing_event::time_point now) noexcept;
  /// The time that an id was given at: when the Event first happened.
  [[nodiscard]] static outgoing_event::time_point time_of(std::uint64_t id) noexcept;

 private:
  std::uint64_t last_{0};
};

/// The longest beginning of at most `bytes_max` bytes that does not end inside a UTF-8 character.
[[nodiscard]] std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max) noexcept;

}  // namespace btc::actors
