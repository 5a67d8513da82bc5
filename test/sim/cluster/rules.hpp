#pragma once

#include <nlohmann/json.hpp>

#include <functional>
#include <string>

namespace btc::sim {

/// One rule of x-kubernetes-validations: true when `self` may be; `old_self` is null on creation.
using validation_rule =
    std::function<bool(const nlohmann::json& self, const nlohmann::json* old_self)>;

/// What is wrong with a value that breaks the rule.
using rule_message =
    std::function<std::string(const nlohmann::json& self, const nlohmann::json* old_self)>;

/// The rules of deploy/crd.yaml in C++, found by their text in CEL: a rule that is changed there is
/// missed here at once. `uses_old` of a rule that is asked on updates only. Throws
/// std::runtime_error naming a rule that is not known. test/cluster/spec_cases.json shows that both
/// judge alike.
struct compiled_rule {
  validation_rule holds{};
  bool uses_old{false};
  rule_message message{};
  std::string field_path{};  ///< ".chain": appended to the path of the value
};

[[nodiscard]] compiled_rule compile_rule(const nlohmann::json& rule);

}  // namespace btc::sim
