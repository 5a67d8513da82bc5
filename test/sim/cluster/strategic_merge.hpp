#pragma once

#include <nlohmann/json.hpp>

namespace btc::sim {

struct schema_node;

/// Applies a strategic merge patch: as a merge patch, but lists with a merge key are merged entry
/// by entry, and directives ($patch, $retainKeys, $setElementOrder/…, $deleteFromPrimitiveList/…)
/// are obeyed. Source: apimachinery, pkg/util/strategicpatch.
void strategic_merge(const schema_node* schema,
                     nlohmann::json& target,
                     const nlohmann::json& patch);

}  // namespace btc::sim
