#include "k8s/io/http_watch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace btc::k8s::io {

namespace asio = boost::asio;
namespace http = boost::beast::http;

struct http_watch::state {
  state(std::unique_ptr<connection> c, std::unique_ptr<answer_parser> head, std::size_t bytes)
      : stream(std::move(c)), parser(std::move(head)), read_bytes_max(bytes) {}

  std::unique_ptr<connection> stream;
  std::unique_ptr<answer_parser> parser;
  std::size_t read_bytes_max;  ///< after so many a batch is full
  watch_decoder decoder{};
  bool closed{false};  ///< the handle is gone: nobody wants to hear

  /// Waits for something, and takes what has arrived with it. Gives the error, if any.
  asio::awaitable<boost::system::error_code> read_some(std::vector<payload>& lines) {
    auto& body = parser->get().body();
    auto ec = co_await stream->read_some(*parser);
    for (std::size_t taken = body.size();; taken += body.size()) {
      decoder.feed(body, lines);
      body.clear();
      if (ec || parser->is_done() || taken >= read_bytes_max || !stream->take_more(*parser, ec)) {
        break;
      }
    }
    co_return ec;
  }

  asio::awaitable<stream_batch> read_batch() {
    stream_batch batch;
    while (batch.lines.empty() && !batch.ended) {
      // An empty body ends with its head.
      const auto ec =
          parser->is_done() ? boost::system::error_code{} : co_await read_some(batch.lines);
      batch.oversized_lines += decoder.take_oversized();
      batch.ended = ec || parser->is_done();
      if (batch.ended) {
        batch.truncated = decoder.inside_line();
        // A body without an announced end ends with its connection.
        const bool clean = parser->is_done() || ec == http::error::end_of_stream;
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
                       std::unique_ptr<answer_parser> head,
                       std::size_t read_bytes)
    : io_(io), state_(std::make_shared<state>(std::move(c), std::move(head), read_bytes)) {
  state_->parser->body_limit(boost::none);
  state_->parser->eager(true);
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
