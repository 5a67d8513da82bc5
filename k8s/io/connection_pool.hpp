#pragma once

#include "k8s/io/connection.hpp"
#include "k8s/io/tls.hpp"

#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <deque>
#include <memory>

namespace btc::k8s::io {

/// A connection that was taken from the pool.
struct lease {
  std::unique_ptr<k8s::io::connection> connection{};
  bool reused{false};  ///< it has served before, so the server may have closed it meanwhile
};

/// Kept connections for unary calls, newest first, so that those which are not needed grow old and
/// are closed. Touched by the I/O thread only.
class connection_pool {
 public:
  connection_pool(boost::asio::io_context& io,
                  const cluster_config& cluster,
                  const transport_limits& limits,
                  tls_material& tls);

  /// A kept connection, a new one, or the turn of this call, whichever is allowed; waiting counts
  /// into the deadline. `fresh`: never a kept one.
  [[nodiscard]] boost::asio::awaitable<result<lease>> take(clock::time_point deadline, bool fresh);

  /// Gives back a connection that can serve again.
  void keep(std::unique_ptr<connection> c);
  /// Says that a connection that was taken is gone.
  void drop() noexcept;
  /// The certificates changed: kept connections are closed, those in use when they come back.
  void forget_all() noexcept;

 private:
  struct waiting {
    boost::asio::steady_timer timer;
    bool called{false};
  };
  [[nodiscard]] std::unique_ptr<connection> take_kept();
  void call_next() noexcept;

  boost::asio::io_context& io_;
  const cluster_config& cluster_;
  const transport_limits& limits_;
  tls_material& tls_;
  std::deque<std::unique_ptr<connection>> kept_{};
  std::deque<std::shared_ptr<waiting>> queue_{};
  std::size_t in_use_{0};
  std::uint64_t generation_{0};
};

}  // namespace btc::k8s::io
