#include "k8s/io/http_watch.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/read.hpp>

#include <utility>

namespace btc::k8s::io {

namespace asio = boost::asio;
namespace http = boost::beast::http;

struct http_watch::state {
  state(std::unique_ptr<connection> c, head_parser&& head, std::size_t read_bytes)
      : stream(std::move(c)), parser(std::move(head)), chunk(read_bytes) {}

  std::unique_ptr<connection> stream;
  http::response_parser<http::buffer_body> parser;
  watch_decoder decoder{};
  std::vector<char> chunk;
  bool closed{false};  ///< the handle is gone: nobody wants to hear

  /// Reads what is there, at most one chunk. Gives the error, if any.
  asio::awaitable<boost::system::error_code> read_some(std::vector<payload>& lines) {
    if (parser.is_done()) {  // an empty body ends with its head
      co_return boost::system::error_code{};
    }
    auto& body = parser.get().body();
    body.data = chunk.data();
    body.size = chunk.size();
    body.more = true;
    auto [ec, size] = co_await stream->with_stream([this](auto& s) {
      return http::async_read_some(
          s, stream->buffer(), parser, asio::as_tuple(asio::use_awaitable));
    });
    decoder.feed({chunk.data(), chunk.size() - body.size}, lines);
    co_return ec == http::error::need_buffer ? boost::system::error_code{} : ec;
  }

  asio::awaitable<stream_batch> read_batch() {
    stream_batch batch;
    while (batch.lines.empty() && !batch.ended) {
      const auto ec = co_await read_some(batch.lines);
      batch.oversized_lines += decoder.take_oversized();
      batch.ended = ec || parser.is_done();
      if (batch.ended) {
        batch.truncated = decoder.inside_line();
        // A body without an announced end ends with its connection.
        const bool clean = parser.is_done() || ec == http::error::end_of_stream;
        if (!clean) {
          batch.error = to_api_error(ec, "watch");
        }
      }
    }
    co_return batch;
  }
};

http_watch::http_watch(asio::io_context& io,
                       std::unique_ptr<connection> c,
                       head_parser&& head,
                       std::size_t read_bytes)
    : io_(io), state_(std::make_shared<state>(std::move(c), std::move(head), read_bytes)) {
  state_->parser.body_limit(boost::none);
}

http_watch::~http_watch() {
  asio::post(io_, [s = std::move(state_)] {
    s->closed = true;
    s->stream->close();
  });
}

void http_watch::read(batch_handler done) {
  asio::co_spawn(
      io_,
      [](std::shared_ptr<state> s, batch_handler handler) -> asio::awaitable<void> {
        auto batch = co_await s->read_batch();
        if (!s->closed) {
          handler(std::move(batch));
        }
      }(state_, std::move(done)),
      asio::detached);
}

}  // namespace btc::k8s::io
