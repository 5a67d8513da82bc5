#include "test/sim/cluster/page_token.hpp"

#include "k8s/json_fields.hpp"
#include "test/sim/cluster/base64.hpp"

#include <nlohmann/json.hpp>

namespace btc::sim {

std::string to_string(const page_token& token) {
  return base64_url(
      nlohmann::json{{"v", "meta.k8s.io/v1"}, {"rv", token.version}, {"start", token.start}}
          .dump());
}

std::optional<page_token> parse_page_token(std::string_view text) {
  const auto decoded = decode_base64(text);
  const auto content = decoded ? nlohmann::json::parse(*decoded, nullptr, false) : nlohmann::json();
  const auto version = k8s::integer_at(content, "rv");
  if (!version || k8s::string_at(content, "v") != "meta.k8s.io/v1") {
    return std::nullopt;
  }
  return page_token{*version, k8s::string_at(content, "start")};
}

}  // namespace btc::sim
