#include "test/node/node_context.hpp"

#include "test/node/pod_status.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdio>
#include <memory>
#include <utility>

namespace btc::node {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds deadline{30};

}  // namespace

asio::awaitable<k8s::result<k8s::payload>> ask(k8s::transport& transport, k8s::request request) {
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>,
                                          void(k8s::result<k8s::payload>)>(
      [&transport](auto handler, k8s::request r) {
        // std::function wants something that can be copied.
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        transport.send(std::move(r), deadline, [shared](k8s::result<k8s::response> answer) {
          std::move (*shared)(k8s::expect_success(std::move(answer)));
        });
      },
      asio::use_awaitable,
      std::move(request));
}

asio::awaitable<void> sleep_for(std::chrono::milliseconds time) {
  asio::steady_timer timer{co_await asio::this_coro::executor, time};
  co_await timer.async_wait(asio::use_awaitable);
}

void say(const std::string& about, std::string_view text) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  std::printf("%s %s: %.*s\n",
              timestamp(now).c_str(),
              about.c_str(),
              static_cast<int>(text.size()),
              text.data());
  std::fflush(stdout);
}

}  // namespace btc::node
