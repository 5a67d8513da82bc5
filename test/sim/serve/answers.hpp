#pragma once

#include "test/sim/cluster/api.hpp"
#include "test/sim/serve/exchange.hpp"

#include <string>

namespace btc::sim {

[[nodiscard]] exchange_answer text_answer(int status, std::string text);
[[nodiscard]] exchange_answer json_answer(int status, const json& body);
/// What the cluster answered, with its headers.
[[nodiscard]] exchange_answer to_answer(const api_response& r);

}  // namespace btc::sim
