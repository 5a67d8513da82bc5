#pragma once

#include "k8s/api_error.hpp"
#include "k8s/io/cluster_config.hpp"
#include "k8s/io/tls_stream.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace btc::k8s::io {

/// The addresses of a host, in the order in which the system would try them. A numeric address asks
/// nobody. Ends at `deadline` even where getaddrinfo, which nothing can stop, does not: what it
/// finds later is for nobody.
[[nodiscard]] boost::asio::awaitable<result<boost::asio::ip::tcp::resolver::results_type>> resolve(
    const endpoint& to, clock::time_point deadline);

}  // namespace btc::k8s::io
