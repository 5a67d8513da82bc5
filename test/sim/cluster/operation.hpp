#pragma once

#include "test/sim/cluster/core.hpp"
#include "test/sim/cluster/server_view.hpp"
#include "test/sim/cluster/target.hpp"

#include <string>

namespace btc::sim {

/// A request that was taken apart and is allowed.
struct operation {
  const api_request& request;
  const resource_type& type;
  const target& where;
  const server_view& server;
  writer write{};

  [[nodiscard]] std::string key() const { return object_key_of(where.ns, where.name); }
};

// What the verbs do. All throw `refusal`.

[[nodiscard]] api_response do_get(core& c, operation& op);
[[nodiscard]] api_response do_list(core& c, operation& op);
[[nodiscard]] api_response do_create(core& c, operation& op);
[[nodiscard]] api_response do_update(core& c, operation& op);
[[nodiscard]] api_response do_patch(core& c, operation& op);
[[nodiscard]] api_response do_delete(core& c, operation& op);
[[nodiscard]] api_response do_delete_collection(core& c, operation& op);
/// POST of pods/binding.
[[nodiscard]] api_response do_bind(core& c, operation& op);
/// GET, PUT and PATCH of /scale.
[[nodiscard]] api_response do_scale(core& c, operation& op);

/// `live` after a patch of the three kinds that are no apply.
[[nodiscard]] json patched_by(const operation& op, const json& live);

/// The namespace, label and field selectors of a list, watch or deletecollection.
[[nodiscard]] struct selection selection_of(const operation& op);

}  // namespace btc::sim
