#include "test/node/probe_action.hpp"

#include "k8s/io/exec_process.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <utility>

namespace btc::node {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr std::size_t output_bytes_max = std::size_t{64} << 10U;
constexpr auto quietly = asio::as_tuple(asio::use_awaitable);

[[nodiscard]] asio::awaitable<bool> connect(beast::tcp_stream& stream,
                                            const probe_target& target,
                                            std::uint16_t port,
                                            std::chrono::seconds timeout) {
  boost::system::error_code bad_address;
  const auto address = asio::ip::make_address(target.ip, bad_address);
  if (bad_address) {
    co_return false;
  }
  stream.expires_after(timeout);
  const auto [error] = co_await stream.async_connect({address, port}, quietly);
  co_return !error;
}

[[nodiscard]] asio::awaitable<bool> run(tcp_action action,
                                        std::chrono::seconds timeout,
                                        probe_target target) {
  beast::tcp_stream stream{co_await asio::this_coro::executor};
  co_return co_await connect(stream, target, action.port, timeout);
}

[[nodiscard]] asio::awaitable<bool> run(http_action action,
                                        std::chrono::seconds timeout,
                                        probe_target target) {
  beast::tcp_stream stream{co_await asio::this_coro::executor};
  if (!co_await connect(stream, target, action.port, timeout)) {
    co_return false;
  }
  http::request<http::empty_body> request{http::verb::get, action.path, 11};
  request.set(http::field::host, target.ip + ':' + std::to_string(action.port));
  request.set(http::field::user_agent, "kube-probe/bitcoin-test-node");
  request.set(http::field::connection, "close");
  for (const auto& [name, value] : action.headers) {
    request.set(name, value);
  }
  const auto [write_error, written] = co_await http::async_write(stream, request, quietly);
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(output_bytes_max);
  const auto [read_error, read] = co_await http::async_read_header(stream, buffer, parser, quietly);
  if (write_error || read_error) {
    co_return false;
  }
  const auto status = parser.get().result_int();
  co_return status >= 200 && status < 400;
}

[[nodiscard]] asio::awaitable<bool> run(exec_action action,
                                        std::chrono::seconds timeout,
                                        probe_target target) {
  k8s::io::process_spec process{.command = target.self,
                                .args = {"enter", "--merge", target.pod_folder, "--"}};
  process.args.insert(process.args.end(), action.command.begin(), action.command.end());
  const auto output = co_await k8s::io::run_process(std::move(process), timeout, output_bytes_max);
  co_return output.has_value();
}

}  // namespace

asio::awaitable<bool> run_action(probe_spec probe, probe_target target) {
  co_return co_await std::visit(
      [&](auto action) { return run(std::move(action), probe.timeout, std::move(target)); },
      std::move(probe.action));
}

}  // namespace btc::node
