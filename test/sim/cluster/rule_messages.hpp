#pragma once

#include "test/sim/cluster/rules.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace btc::sim {

/// CEL's string(): numbers become text.
[[nodiscard]] std::string cel_text(const nlohmann::json& value);

/// A messageExpression of deploy/crd.yaml: sums of texts, fields and string(…) are evaluated, a
/// choice is known by its text. `holds`: the rule that the message is of. Throws std::runtime_error
/// naming a part that is not known.
[[nodiscard]] rule_message compile_message(const std::string& expression,
                                           const validation_rule& holds);

}  // namespace btc::sim
