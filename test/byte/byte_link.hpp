#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <list>
#include <mutex>
#include <optional>
#include <thread>

namespace btc::test {

/// What a link does to the bytes that the server sends on one connection.
struct link_plan {
  enum class then : std::uint8_t { fin, rst, silence };

  /// So many pass; what the server sends after them is lost, and `end` happens.
  std::size_t bytes_max{std::numeric_limits<std::size_t>::max()};
  then end{then::fin};
  /// One bit of this byte is turned over on its way.
  std::optional<std::size_t> flip_at{};
  /// Sent on in pieces of this length, each a packet of its own; 0: as they come.
  std::size_t piece_bytes{0};
};

/// A network between a client and a server on loopback: passes on what both say, except as planned.
/// It knows nothing of TLS, so that it can do to the cipher text what a network can do.
class byte_link {
 public:
  /// To the server on this port; the link has a port of its own.
  explicit byte_link(std::uint16_t server_port);
  byte_link(const byte_link&) = delete;
  byte_link& operator=(const byte_link&) = delete;
  /// Closes all connections and waits for their threads.
  ~byte_link();

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  /// For the next connection that has no plan of its own yet; all others pass unharmed.
  void next(const link_plan& plan);
  /// Of the server's bytes, how many have passed on all connections so far.
  [[nodiscard]] std::size_t passed() const noexcept { return passed_; }

 private:
  struct connection {
    int client{-1};
    int server{-1};
    link_plan plan{};
    std::size_t sent{0};
    bool ended{false};  ///< its sockets are closed; under the mutex
    std::thread thread{};
  };

  void accept_all();
  void forget_ended();
  void carry(connection& c);
  [[nodiscard]] bool down(connection& c);
  [[nodiscard]] link_plan take_plan();

  std::uint16_t server_port_;
  std::uint16_t port_{0};
  int listener_{-1};
  std::atomic<bool> ending_{false};
  std::atomic<std::size_t> passed_{0};
  std::mutex mutex_{};
  std::deque<link_plan> plans_{};
  std::list<connection> connections_{};
  std::thread acceptor_{};
};

}  // namespace btc::test
