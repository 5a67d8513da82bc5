#pragma once

#include "k8s/io/connection.hpp"
#include "k8s/transport.hpp"
#include "k8s/watch_decoder.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <vector>

namespace btc::k8s::io {

/// The open stream of a watch. The handle may be destroyed on any thread; what reads lives on the
/// I/O thread and notices.
class http_watch final : public watch_stream {
 public:
  /// `head` has the header of a 200; the connection's deadline is the life of the stream.
  http_watch(boost::asio::io_context& io,
             std::unique_ptr<connection> c,
             std::unique_ptr<answer_parser> head,
             std::size_t read_bytes);
  ~http_watch() override;

  void read(batch_handler done) override;

 private:
  struct state;
  boost::asio::io_context& io_;
  std::shared_ptr<state> state_;
};

}  // namespace btc::k8s::io
