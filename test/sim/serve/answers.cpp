#include "test/sim/serve/answers.hpp"

#include <nlohmann/json.hpp>

#include <string_view>
#include <utility>

namespace btc::sim {

namespace {

[[nodiscard]] std::string dump(const json& body) {
  return body.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
}

/// Quoted as in a header Warning (RFC 7234, section 5.5).
[[nodiscard]] std::string warning(const std::string& text) {
  std::string quoted = "299 - \"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
    }
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

exchange_answer text_answer(int status, std::string text) {
  exchange_answer a;
  a.status = status;
  a.content_type = "text/plain; charset=utf-8";
  a.body = std::move(text);
  return a;
}

exchange_answer json_answer(int status, const json& body) {
  exchange_answer a;
  a.status = status;
  a.body = dump(body);
  return a;
}

exchange_answer to_answer(const api_response& r) {
  auto a = r.body ? json_answer(r.status, *r.body) : text_answer(r.status, r.text);
  if (r.retry_after) {
    a.headers.emplace_back("Retry-After", std::to_string(r.retry_after->count()));
  }
  for (const auto& text : r.warnings) {
    a.headers.emplace_back("Warning", warning(text));
  }
  a.close = r.close_connection;
  return a;
}

}  // namespace btc::sim
