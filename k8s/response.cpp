#include "k8s/decode.hpp"
#include "k8s/json_fields.hpp"
#include "k8s/transport.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace btc::k8s {

namespace {

/// What of a foreign body (a proxy's page, plain text) is worth showing.
constexpr std::size_t foreign_body_bytes_max = 200;

constexpr int http_code_min = 100;
constexpr int http_code_max = 599;
constexpr int status_ok_first = 200;
constexpr int status_ok_last = 299;

[[nodiscard]] std::vector<status_cause> decode_causes(const nlohmann::json* causes) {
  std::vector<status_cause> out;
  if (causes == nullptr || !causes->is_array()) {
    return out;
  }
  out.reserve(causes->size());
  for (const auto& cause : *causes) {
    out.push_back(
        {string_at(cause, "reason"), string_at(cause, "field"), string_at(cause, "message")});
  }
  return out;
}

[[nodiscard]] api_error foreign_error(const response& r) {
  std::string text = r.body.text.substr(0, foreign_body_bytes_max);
  for (char& c : text) {
    c = static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
  api_error error{r.status, "", text.empty() ? "no body" : std::move(text)};
  return error.with_retry_after(r.retry_after);
}

}  // namespace

api_error decode_status(const nlohmann::json& status, int http_status) {
  // A code that HTTP does not have would be another one after the cast.
  const auto told = integer_at(status, "code").value_or(http_status);
  const auto code = told >= http_code_min && told <= http_code_max ? told : http_status;
  api_error error{
      static_cast<int>(code), string_at(status, "reason"), string_at(status, "message")};
  if (const auto* details = member(status, "details")) {
    error.with_causes(decode_causes(member(*details, "causes")));
    if (const auto wait = integer_at(*details, "retryAfterSeconds")) {
      error.with_retry_after(std::chrono::seconds{*wait});
    }
  }
  return error;
}

result<payload> expect_success(result<response> r) {
  if (!r) {
    return std::move(r).error();
  }
  if (r->status >= status_ok_first && r->status <= status_ok_last) {
    return std::move(r->body);
  }
  const auto parsed = parse(r->body, kind::event);
  if (!parsed || string_at(*parsed.value(), "kind") != "Status") {
    return foreign_error(*r);
  }
  auto error = decode_status(*parsed.value(), r->status);
  if (!error.retry_after()) {
    error.with_retry_after(r->retry_after);
  }
  return error;
}

}  // namespace btc::k8s
