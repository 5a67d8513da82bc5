#pragma once

#include "k8s/api_error.hpp"

#include <boost/asio/awaitable.hpp>

#include <exception>
#include <string>
#include <utility>

namespace btc::k8s::io {

/// The outcome of `work`, be it an exception: nothing of ours throws but for want of memory, and
/// whoever waits is told all the same. What a request did before that is not known.
template <class T>
[[nodiscard]] boost::asio::awaitable<result<T>> guarded(boost::asio::awaitable<result<T>> work) {
  try {
    co_return co_await std::move(work);
  } catch (const std::exception& e) {
    co_return api_error{
        0, std::string{reason_connection_lost}, std::string{"the request failed: "} + e.what()};
  }
}

}  // namespace btc::k8s::io
