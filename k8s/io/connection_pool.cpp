#include "k8s/io/connection_pool.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace btc::k8s::io {

namespace asio = boost::asio;

connection_pool::connection_pool(asio::io_context& io,
                                 const cluster_config& cluster,
                                 const transport_limits& limits,
                                 tls_material& tls)
    : io_(io), cluster_(cluster), limits_(limits), tls_(tls) {}

asio::awaitable<result<lease>> connection_pool::take(clock::time_point deadline, bool fresh) {
  while (in_use_ >= limits_.connections_max) {
    auto turn = std::make_shared<waiting>(waiting{asio::steady_timer{io_, deadline}});
    queue_.push_back(turn);
    co_await turn->timer.async_wait(asio::as_tuple(asio::use_awaitable));
    if (!turn->called) {
      std::erase(queue_, turn);
      co_return api_error{0, std::string{reason_timeout}, "no connection became free in time"};
    }
  }
  ++in_use_;
  if (auto kept = fresh ? nullptr : take_kept()) {
    co_return lease{std::move(kept), true};
  }
  auto made = std::make_unique<connection>(io_, tls_);
  made->generation = generation_;
  if (auto error = co_await made->open(cluster_, limits_, deadline)) {
    drop();
    co_return *error;
  }
  co_return lease{std::move(made), false};
}

std::unique_ptr<connection> connection_pool::take_kept() {
  const auto oldest = clock::now() - limits_.idle_max;
  while (!kept_.empty() && kept_.front()->idle_since < oldest) {
    kept_.pop_front();
  }
  while (!kept_.empty()) {
    auto newest = std::move(kept_.back());
    kept_.pop_back();
    if (newest->is_quiet()) {
      return newest;
    }
  }
  return nullptr;
}

void connection_pool::keep(std::unique_ptr<connection> c) {
  if (c->generation == generation_) {
    tls_.remember(*c);
    c->rest();
    c->idle_since = clock::now();
    kept_.push_back(std::move(c));
  }
  drop();
}

void connection_pool::drop() noexcept {
  --in_use_;
  call_next();
}

void connection_pool::call_next() noexcept {
  if (!queue_.empty()) {
    const auto next = std::move(queue_.front());
    queue_.pop_front();
    next->called = true;
    next->timer.cancel();
  }
}

void connection_pool::forget_all() noexcept {
  ++generation_;
  kept_.clear();
}

}  // namespace btc::k8s::io
