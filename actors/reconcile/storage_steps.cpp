#include "actors/reconcile/storage_steps.hpp"

#include "actors/reconcile/names.hpp"
#include "actors/reconcile/nodes.hpp"
#include "actors/reconcile/ownership.hpp"
#include "actors/reconcile/pod_template.hpp"
#include "k8s/decode.hpp"
#include "k8s/json_view.hpp"
#include "k8s/quantity.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace btc::reconcile {

namespace {

using k8s::storage_spec;

[[nodiscard]] std::string requested_size(k8s::json_view claim) {
  const auto size = claim["spec"]["resources"]["requests"]["storage"];
  if (!size) {
    return {};
  }
  return size.is_string() ? size.string() : size.copy().dump();
}

/// What the volumes were made with; nothing when the StatefulSet makes none.
[[nodiscard]] std::optional<storage_spec> made_with(const k8s::stateful_set& set) {
  std::optional<storage_spec> first;
  set.spec.view()["volumeClaimTemplates"].for_each_element([&](k8s::json_view claim) {
    if (!first) {
      first = storage_spec{requested_size(claim), claim["spec"]["storageClassName"].string()};
    }
  });
  return first;
}

[[nodiscard]] bool less(const std::string& a, const std::string& b) {
  return k8s::quantity_value(a).value_or(0) < k8s::quantity_value(b).value_or(0);
}

[[nodiscard]] storage_steps immutable(std::string message, bool blocks) {
  return {{}, degradation{"ImmutableField", std::move(message), blocks}, false, true};
}

[[nodiscard]] std::string claim_name(const observed& o, std::int32_t ordinal) {
  return std::string{data_volume} + '-' + stateful_set_name(o.network->meta.key.name) + '-'
         + std::to_string(ordinal);
}

[[nodiscard]] action grow(const k8s::object_key& key,
                          std::int32_t ordinal,
                          const std::string& from,
                          const std::string& to) {
  return grow_claim{
      ordinal,
      key,
      to,
      {announcement::severity::normal,
       "StorageGrown",
       "PersistentVolumeClaim " + key.name + " asks for " + to + " instead of " + from}};
}

/// Every claim of a node that exists is looked at once and then grown.
[[nodiscard]] storage_steps grow_all(const observed& o, const std::string& size) {
  using state = claim_view::state;
  storage_steps steps{{}, std::nullopt, false, true};
  std::vector<action> reads;
  for (std::int32_t i = 0; i < o.network->spec.nodes; ++i) {
    const k8s::object_key key{o.network->meta.key.ns, claim_name(o, i)};
    const auto known = o.claims.find(i);
    if (known == o.claims.end() || known->second.is == state::unknown) {
      reads.emplace_back(read_claim{i, key});
    } else if (known->second.is == state::absent || !known->second.bound) {
      steps.look_again = true;  // the API server lets only a claim grow that has its volume
    } else if (known->second.is == state::refused) {
      // The others are of the same class: one answer is enough until it is time to try again.
      return {{},
              degradation{"StorageNotGrown",
                          "PersistentVolumeClaim " + key.name + " cannot grow to " + size + ": "
                              + known->second.problem
                              + "; set allowVolumeExpansion in its StorageClass if its volumes "
                                "can grow",
                          false},
              true,
              true};
    } else if (less(known->second.size, size)) {
      steps.actions.emplace_back(grow(key, i, known->second.size, size));
    }
  }
  if (!reads.empty()) {
    // In the order of ordinals again, so that the same claim is refused first and told of.
    steps.actions = std::move(reads);
  }
  return steps;
}

[[nodiscard]] storage_steps class_missing(std::string what) {
  return {{},
          degradation{"StorageClassMissing",
                      "spec.storage.storageClassName is " + std::move(what)
                          + ", or make a new network with a class that exists; until then the "
                            "claims of the nodes have no volumes",
                      false},
          true,
          false};
}

/// A claim without a volume, and what can be known of the reason.
[[nodiscard]] storage_steps explain_unbound(const observed& o, const claim_view& claim) {
  using state = storage_class_view::state;
  if (claim.storage_class.empty()) {
    return class_missing(
        "not set, and the cluster has no default StorageClass; make one the default");
  }
  const auto& known = o.storage_class;
  if (known.is == state::unknown || known.name != claim.storage_class) {
    return {{read_storage_class{claim.storage_class}}, std::nullopt, false, false};
  }
  return known.is == state::absent ? class_missing(
             '"' + claim.storage_class + "\", and no StorageClass of that name exists; create it")
                                   : storage_steps{};
}

/// The first node without a place, if it waits for its volume.
[[nodiscard]] storage_steps wait_for_volumes(const observed& o) {
  using state = claim_view::state;
  const auto nodes = nodes_of(o);
  const auto waits = std::find_if(nodes.begin(), nodes.end(), [](const node& n) {
    return n.pod->waiting_reason.starts_with("Unschedulable");
  });
  if (waits == nodes.end()) {
    return {};
  }
  const k8s::object_key key{o.network->meta.key.ns, claim_name(o, waits->ordinal)};
  const auto known = o.claims.find(waits->ordinal);
  if (known == o.claims.end() || known->second.is == state::unknown) {
    return {{read_claim{waits->ordinal, key}}, std::nullopt, false, false};
  }
  const auto& claim = known->second;
  if (claim.is == state::absent) {
    return {{}, std::nullopt, true, false};
  }
  return claim.is == state::present && !claim.bound ? explain_unbound(o, claim) : storage_steps{};
}

}  // namespace

storage_steps steps_for_storage(const observed& o) {
  const auto* set = own_stateful_set(o);
  if (set == nullptr) {
    return {};
  }
  const auto& want = o.network->spec.storage;
  const auto have = made_with(*set);
  if (want.has_value() != have.has_value()) {
    return immutable(
        "spec.storage cannot be added or taken away later; undo it, or make a new network", true);
  }
  if (!want) {
    return {};
  }
  if (!want->storage_class.empty() && want->storage_class != have->storage_class) {
    return immutable("spec.storage.storageClassName is \"" + want->storage_class
                         + "\" and cannot be changed, the volumes are of class \""
                         + have->storage_class + "\"; undo it, or make a new network",
                     false);
  }
  if (less(want->size, have->size)) {
    return immutable("spec.storage.size is \"" + want->size
                         + "\" and may only grow, the volumes were made with " + have->size
                         + "; undo it, or make a new network",
                     false);
  }
  if (less(have->size, want->size)) {
    auto growth = grow_all(o, want->size);
    if (!growth.actions.empty() || growth.degraded) {
      return growth;
    }
    auto rest = wait_for_volumes(o);
    rest.look_again = rest.look_again || growth.look_again;
    rest.explains_templates = true;
    return rest;
  }
  return wait_for_volumes(o);
}

claim_view check_claim(const k8s::payload& body) {
  const auto document = k8s::parse(body, k8s::kind::claim);
  if (!document) {
    return {claim_view::state::refused, {}, document.error().message()};
  }
  const k8s::json_view claim{**document};
  return {claim_view::state::present,
          requested_size(claim),
          {},
          claim["status"]["phase"].text() != "Pending",
          claim["spec"]["storageClassName"].string()};
}

claim_view check_growth(const k8s::payload& body, const std::string& size) {
  auto claim = check_claim(body);
  if (claim.is != claim_view::state::present) {
    return {};
  }
  return less(claim.size, size)
             ? claim_view{claim_view::state::refused, {}, "its size stays \"" + claim.size + '"'}
             : claim;
}

}  // namespace btc::reconcile
