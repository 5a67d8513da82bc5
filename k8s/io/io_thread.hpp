#pragma once

#include <memory>

namespace boost::asio {
class io_context;
}

namespace btc::k8s::io {

/// The one thread that touches sockets. Handlers on it never block. In the controller the actors
/// run on it too (actors/app/event_loop_scheduler), and a handler of a socket still touches no
/// actor's state: it sends one message.
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
