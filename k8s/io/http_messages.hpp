#pragma once

#include "k8s/io/cluster_config.hpp"
#include "k8s/io/transport_options.hpp"
#include "k8s/transport.hpp"

#include <boost/beast/http/fields.hpp>

#include <optional>
#include <string>

namespace btc::k8s::io {

/// A request as it goes over the wire, head and body. `authorization` may be empty.
[[nodiscard]] std::string to_http(const request& r,
                                  const cluster_config& cluster,
                                  const transport_options& options,
                                  const std::string& authorization);

/// Retry-After in seconds. Its other form, a date, is not used by API servers.
[[nodiscard]] std::optional<std::chrono::seconds> retry_after(
    const boost::beast::http::fields& headers);

}  // namespace btc::k8s::io
