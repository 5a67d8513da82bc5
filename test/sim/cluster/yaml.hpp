#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace btc::sim {

/// The documents of a YAML text as JSON, by the rules of YAML 1.2's core schema: plain scalars
/// become null, booleans and numbers where they look like it, quoted ones stay text. Throws
/// std::runtime_error when the text is no YAML.
[[nodiscard]] std::vector<nlohmann::json> parse_yaml(const std::string& text);

}  // namespace btc::sim
