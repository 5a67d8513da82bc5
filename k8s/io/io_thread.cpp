#include "k8s/io/io_thread.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <csignal>
#include <thread>

namespace btc::k8s::io {

namespace {

/// OpenSSL writes to sockets without MSG_NOSIGNAL. The signal of a write goes to the thread that
/// writes, so it is enough that this one does not take it: write() then fails with EPIPE.
void ignore_broken_pipes() noexcept {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace

struct io_thread::impl {
  boost::asio::io_context context{1};  // one thread: Asio may leave out its locks
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
      context.get_executor()};
  std::thread thread{[this] {
    ignore_broken_pipes();
    context.run();
  }};
};

io_thread::io_thread() : impl_(std::make_unique<impl>()) {}

io_thread::~io_thread() {
  stop();
}

boost::asio::io_context& io_thread::context() noexcept {
  return impl_->context;
}

void io_thread::stop() {
  impl_->context.stop();
  if (impl_->thread.joinable()) {
    impl_->thread.join();
  }
}

}  // namespace btc::k8s::io
