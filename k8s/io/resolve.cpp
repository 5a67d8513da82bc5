#include "k8s/io/resolve.hpp"

#include "k8s/io/use_tuple.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <charconv>
#include <memory>
#include <optional>
#include <utility>

namespace btc::k8s::io {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using addresses = tcp::resolver::results_type;

namespace {

[[nodiscard]] std::optional<addresses> numeric(const endpoint& to) {
  error_code ec;
  const auto address = asio::ip::make_address(to.host, ec);
  unsigned short port = 0;
  const auto* end = to.port.data() + to.port.size();
  const auto parsed = std::from_chars(to.port.data(), end, port);
  if (ec || parsed.ec != std::errc{} || parsed.ptr != end) {
    return std::nullopt;
  }
  return addresses::create(tcp::endpoint{address, port}, to.host, to.port);
}

/// Outlives the coroutine that asked: the system's resolver may answer long after its deadline.
struct lookup {
  explicit lookup(const asio::any_io_executor& executor) : resolver(executor), answered(executor) {}

  tcp::resolver resolver;
  asio::steady_timer answered;  ///< ends at the answer, or at the deadline
  std::optional<std::pair<error_code, addresses>> answer{};
};

[[nodiscard]] api_error failed(const endpoint& to, const std::string& why) {
  return {0, std::string{reason_unreachable}, "cannot resolve " + authority(to) + ": " + why};
}

}  // namespace

asio::awaitable<result<addresses>> resolve(const endpoint& to, clock::time_point deadline) {
  if (auto known = numeric(to)) {
    co_return std::move(*known);
  }
  const auto asked = std::make_shared<lookup>(co_await asio::this_coro::executor);
  asked->answered.expires_at(deadline);
  asked->resolver.async_resolve(to.host, to.port, [asked](error_code ec, addresses found) {
    asked->answer.emplace(ec, std::move(found));
    asked->answered.cancel();
  });
  co_await asked->answered.async_wait(use_tuple);
  if (!asked->answer) {
    co_return failed(to, "no answer within the deadline");
  }
  auto& [ec, found] = *asked->answer;
  if (ec) {
    co_return failed(to, ec.message());
  }
  co_return std::move(found);
}

}  // namespace btc::k8s::io
