#include "k8s/io/http_messages.hpp"

#include "k8s/json_writer.hpp"

#include <charconv>

namespace btc::k8s::io {

namespace http = boost::beast::http;

namespace {

void add_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string to_http(const request& r,
                    const cluster_config& cluster,
                    const transport_options& options,
                    const std::string& authorization) {
  constexpr std::size_t usual_bytes = 8192;
  std::string out;
  out.reserve(r.body == nullptr ? usual_bytes / 8 : usual_bytes);
  out.append(to_string(r.method)).append(" ").append(cluster.path_prefix).append(r.target);
  out.append(" HTTP/1.1\r\n");
  add_header(out, "Host", authority(cluster.server));
  add_header(out, "User-Agent", options.user_agent);
  add_header(out, "Accept", "application/json");
  if (!authorization.empty()) {
    add_header(out, "Authorization", authorization);
  }
  for (const auto& [name, value] : cluster.extra_headers) {
    add_header(out, name, value);
  }
  if (r.body != nullptr) {
    const auto body = to_json_text(*r.body);
    add_header(out, "Content-Type", r.content_type);
    add_header(out, "Content-Length", std::to_string(body.size()));
    out.append("\r\n").append(body);
  } else {
    out.append(r.method == method::get ? "\r\n" : "Content-Length: 0\r\n\r\n");
  }
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
