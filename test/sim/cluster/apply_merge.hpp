#pragma once

#include <nlohmann/json.hpp>

#include <vector>

namespace btc::sim {

struct schema_node;

/// Sets in `object` everything that `configuration` sets; lists with keys are merged entry by
/// entry. Source: structured-merge-diff, typed/merge.go.
void merge_configuration(const schema_node* schema,
                         nlohmann::json& object,
                         const nlohmann::json& configuration);

/// Removes from `object` what was applied before (`last`) and what none of the sets `held`
/// contains. Source: structured-merge-diff, merge/update.go prune().
void remove_forsaken(const schema_node* schema,
                     nlohmann::json& object,
                     const nlohmann::json& last,
                     const std::vector<const nlohmann::json*>& held);

}  // namespace btc::sim
