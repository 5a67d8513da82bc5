#pragma once

#include "k8s/io/cluster_config.hpp"
#include "k8s/io/transport_options.hpp"
#include "k8s/transport.hpp"

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <optional>
#include <string>

namespace btc::k8s::io {

using http_request = boost::beast::http::request<boost::beast::http::string_body>;

/// A request as it goes over the wire. `authorization` may be empty.
[[nodiscard]] http_request to_http(const request& r,
                                   const cluster_config& cluster,
                                   const transport_options& options,
                                   const std::string& authorization);

/// Retry-After in seconds. Its other form, a date, is not used by API servers.
[[nodiscard]] std::optional<std::chrono::seconds> retry_after(
    const boost::beast::http::fields& headers);

}  // namespace btc::k8s::io
