#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace btc::k8s {

/// Appends `value` as compact JSON: the same bytes as nlohmann_json's dump(), invalid UTF-8
/// replaced, for a quarter of the instructions. Every manifest is written twice, for its digest and
/// for the API server.
void append_json(std::string& out, const nlohmann::json& value);

[[nodiscard]] std::string to_json_text(const nlohmann::json& value);

}  // namespace btc::k8s
