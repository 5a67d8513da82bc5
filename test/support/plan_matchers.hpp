#pragma once

#include "actors/reconcile/decide.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <variant>
#include <vector>

namespace btc::test {

/// The actions of one type, in order.
template <class Action>
[[nodiscard]] std::vector<Action> actions_of(const reconcile::plan& p) {
  std::vector<Action> found;
  for (const auto& action : p.actions) {
    if (const auto* match = std::get_if<Action>(&action)) {
      found.push_back(*match);
    }
  }
  return found;
}

/// The Events of a plan, once it is carried out: "Warning DriftCorrected: Put back …".
[[nodiscard]] inline std::vector<std::string> events_of(const reconcile::plan& p) {
  std::vector<std::string> texts;
  const auto add = [&](const reconcile::announcement& a) {
    const bool warning = a.type == reconcile::announcement::severity::warning;
    texts.push_back((warning ? "Warning " : "Normal ") + a.reason + ": " + a.message);
  };
  for (const auto& action : p.actions) {
    std::visit(
        [&](const auto& a) {
          if constexpr (requires { a.event; }) {
            add(a.event);
          } else if constexpr (requires { a.done; }) {
            add(a.done);
          }
        },
        action);
  }
  return texts;
}

/// The condition `type` that the plan's status patch sets, as "True ImmutableField: message"; empty
/// when the plan patches no condition.
[[nodiscard]] inline std::string told_condition(const reconcile::plan& p, const std::string& type) {
  for (const auto& patch : actions_of<reconcile::patch_status>(p)) {
    const auto conditions = patch.patch.at("status").value("conditions", nlohmann::json::array());
    for (const auto& c : conditions) {
      if (c.at("type") == type) {
        return c.at("status").get<std::string>() + ' ' + c.at("reason").get<std::string>() + ": "
               + c.at("message").get<std::string>();
      }
    }
  }
  return {};
}

}  // namespace btc::test
