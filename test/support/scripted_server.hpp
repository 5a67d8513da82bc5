#pragma once

#include "test/support/test_certificates.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using SSL = struct ssl_st;

namespace btc::test {

/// How a scripted server does TLS.
struct server_tls {
  issued own{};
  std::string client_authority{};  ///< PEM; not empty: clients must show a certificate of it
  int version_max{0};              ///< TLS1_1_VERSION, …; 0: the newest
};

struct received_request {
  std::string line{};  ///< "GET /x HTTP/1.1"
  std::string head{};  ///< with the line, to the empty line
  std::string body{};

  /// The value of a header, whatever its case; empty when absent.
  [[nodiscard]] std::string header(std::string_view name) const;
};

/// The server's end of one connection, for a script: blocking, every wait bounded by 20 s. What
/// goes wrong because the client has gone is no error; the script's next read says so.
class server_peer {
 public:
  explicit server_peer(int socket) noexcept : socket_(socket) {}
  server_peer(const server_peer&) = delete;
  server_peer& operator=(const server_peer&) = delete;
  ~server_peer();

  /// Shakes hands; false when the client did not like it.
  bool start_tls(const server_tls& tls);
  /// The next request with its whole body, or nothing when the client closed.
  [[nodiscard]] std::optional<received_request> read_request();

  void write(std::string_view bytes);
  /// A complete answer with Content-Length.
  void answer(int status, std::string_view body, std::string_view headers = {});
  /// The head of an answer in chunks, and one chunk; an empty one ends it.
  void begin_chunks(int status = 200);
  void chunk(std::string_view bytes);

  /// Answers every request with 200 and this body until the client closes.
  void serve(std::string_view body);
  /// Waits until the client closes; false when it has not in 20 s.
  bool wait_closed();
  /// Ends with a RST.
  void reset();
  /// Ends with a FIN.
  void close();

  /// The common name in the client's certificate; empty without one.
  [[nodiscard]] std::string client_name() const;
  [[nodiscard]] bool resumed() const;

 private:
  friend class scripted_server;
  [[nodiscard]] bool read_some();

  std::atomic<int> socket_;
  SSL* ssl_{nullptr};
  std::string buffer_{};
};

/// A server on loopback that does what the test wrote down, a thread for each connection. Reusable
/// for every client that speaks HTTP/1.1.
///
/// A script runs beside the test, and may still be writing when the client has all that it waits
/// for: what it captures by reference must be older than the server, and must not change meanwhile.
class scripted_server {
 public:
  using script = std::function<void(server_peer&)>;

  /// Without `tls` the scripts begin with a bare connection.
  explicit scripted_server(std::optional<server_tls> tls = {});
  scripted_server(const scripted_server&) = delete;
  scripted_server& operator=(const scripted_server&) = delete;
  /// Closes every connection and waits for the scripts to end.
  ~scripted_server();

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  /// Connections so far, those whose handshake failed too.
  [[nodiscard]] int connections() const noexcept { return connections_; }

  /// For the next connection that has no script of its own yet.
  void next(script s);
  /// For all others.
  void always(script s);
  /// For connections from now on.
  void use(server_tls tls);

 private:
  void accept_all();
  void run(server_peer& peer);
  [[nodiscard]] script take_script();

  int listener_{-1};
  std::uint16_t port_{0};
  std::atomic<int> connections_{0};
  std::atomic<bool> ending_{false};
  std::mutex mutex_{};
  std::optional<server_tls> tls_{};
  std::deque<script> next_{};
  script always_{[](server_peer& peer) { peer.wait_closed(); }};
  std::vector<std::unique_ptr<server_peer>> peers_{};
  std::vector<std::thread> threads_{};
  std::thread acceptor_{};
};

}  // namespace btc::test
