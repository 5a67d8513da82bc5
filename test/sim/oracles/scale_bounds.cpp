#include "test/sim/oracles/scale_bounds.hpp"

#include "test/sim/oracles/reading.hpp"

#include <algorithm>

namespace btc::sim {

void scale_bounds_oracle::on_commit(const commit_notice& n, const world_view&) {
  if (n.what.after == nullptr) {
    return;
  }
  const auto& object = *n.what.after;
  if (n.type.id == type_id::bitcoin_networks) {
    const auto nodes = number(object, "/spec/nodes");
    const auto [entry, is_new] =
        asked_.try_emplace(text(object, "/metadata/uid"), std::pair{nodes, nodes});
    entry->second = {std::min(entry->second.first, nodes), std::max(entry->second.second, nodes)};
  } else if (n.type.id == type_id::stateful_sets && by_controller(n)) {
    const auto asked = asked_.find(controller_uid(object));
    const auto size = number(object, "/spec/replicas");
    const bool same = n.what.before != nullptr && number(*n.what.before, "/spec/replicas") == size;
    if (!same && asked != asked_.end()
        && (size < asked->second.first || size > asked->second.second)) {
      violated("StatefulSet " + n.what.key + " was given " + std::to_string(size)
               + " replicas, asked for were " + std::to_string(asked->second.first) + " to "
               + std::to_string(asked->second.second));
    }
  }
}

}  // namespace btc::sim
