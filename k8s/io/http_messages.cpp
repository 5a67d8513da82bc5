#include "k8s/io/http_messages.hpp"

#include <boost/beast/http/verb.hpp>
#include <nlohmann/json.hpp>

#include <charconv>

namespace btc::k8s::io {

namespace http = boost::beast::http;

namespace {

[[nodiscard]] http::verb to_verb(method m) noexcept {
  switch (m) {
    case method::get:
      return http::verb::get;
    case method::post:
      return http::verb::post;
    case method::patch:
      return http::verb::patch;
    case method::put:
      return http::verb::put;
    case method::del:
      return http::verb::delete_;
  }
  return http::verb::get;
}

}  // namespace

http_request to_http(const request& r,
                     const cluster_config& cluster,
                     const transport_options& options,
                     const std::string& authorization) {
  constexpr unsigned http_1_1 = 11;
  http_request out{to_verb(r.method), cluster.path_prefix + r.target, http_1_1};
  out.set(http::field::host, authority(cluster.server));
  out.set(http::field::user_agent, options.user_agent);
  out.set(http::field::accept, "application/json");
  if (!authorization.empty()) {
    out.set(http::field::authorization, authorization);
  }
  for (const auto& [name, value] : cluster.extra_headers) {
    out.insert(name, value);
  }
  if (r.body != nullptr) {
    out.set(http::field::content_type, r.content_type);
    out.body() = r.body->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
  out.prepare_payload();
  return out;
}

std::optional<std::chrono::seconds> retry_after(const http::fields& headers) {
  const auto found = headers.find(http::field::retry_after);
  if (found == headers.end()) {
    return std::nullopt;
  }
  const auto text = found->value();
  long seconds = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, seconds);
  if (parsed.ec != std::errc{} || parsed.ptr != end || seconds < 0) {
    return std::nullopt;
  }
  return std::chrono::seconds{seconds};
}

}  // namespace btc::k8s::io
