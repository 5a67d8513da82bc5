#include "test/sim/serve/openapi_v2.hpp"

#include "test/sim/serve/answers.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace btc::sim {

namespace {

constexpr std::string_view title = "bitcoin-controller-sim";
constexpr std::string_view version = "v1";

/// A field that is bytes, text or a message; shorter than 128 bytes.
[[nodiscard]] std::string field(int number, std::string_view value) {
  constexpr int length_delimited = 2;
  std::string out;
  out += static_cast<char>(number << 3 | length_delimited);
  out += static_cast<char>(value.size());
  out += value;
  return out;
}

}  // namespace

exchange_answer openapi_v2(bool protobuf) {
  if (!protobuf) {
    return json_answer(200,
                       {{"swagger", "2.0"},
                        {"info", {{"title", title}, {"version", version}}},
                        {"paths", json::object()},
                        {"definitions", json::object()}});
  }
  auto answer = text_answer(200, field(1, "2.0") + field(2, field(1, title) + field(2, version)));
  answer.content_type = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
  return answer;
}

}  // namespace btc::sim
