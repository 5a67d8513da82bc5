#pragma once

#include "test/sim/cluster/resource_type.hpp"

namespace btc::sim {

/// How lists and maps of a built-in resource merge, and which fields it has; never null.
[[nodiscard]] std::shared_ptr<const schema_node> builtin_schema(type_id id);

}  // namespace btc::sim
