#pragma once

#include <memory>

namespace boost::asio {
class io_context;
}

namespace btc::k8s::io {

/// The one thread that touches sockets. Handlers on it never block and never touch an actor's
/// state: they send one message.
class io_thread {
 public:
  io_thread();
  io_thread(const io_thread&) = delete;
  io_thread& operator=(const io_thread&) = delete;
  /// Stops and joins.
  ~io_thread();

  /// Lives as long as this object.
  [[nodiscard]] boost::asio::io_context& context() noexcept;

  /// No handler runs any more after this; those that wait are dropped. Not to be called on the
  /// thread itself.
  void stop();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace btc::k8s::io
