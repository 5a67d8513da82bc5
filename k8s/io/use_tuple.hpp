#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace btc::k8s::io {

/// How our coroutines wait: an operation answers with its error code in front of its values, and
/// throws nothing.
inline constexpr auto use_tuple = boost::asio::as_tuple(boost::asio::use_awaitable);

}  // namespace btc::k8s::io
