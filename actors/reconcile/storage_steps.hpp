#pragma once

#include "actors/reconcile/observed.hpp"
#include "actors/reconcile/plan.hpp"
#include "actors/reconcile/status.hpp"
#include "k8s/payload.hpp"

#include <optional>
#include <vector>

namespace btc::reconcile {

/// What spec.storage needs beyond the StatefulSet, whose volumeClaimTemplates never change:
///
/// | spec.storage against the templates | steps                                                   |
/// |------------------------------------|---------------------------------------------------------|
/// | the same                           | none, and no claim is looked at                         |
/// | size grew                          | each claim that exists and asks for less asks for more; |
/// |                                    |   one that is made later is looked at when it has its   |
/// |                                    |   volume, before which the API server lets none grow    |
/// | a claim may not grow               | StorageNotGrown with claim and reason, tried again later|
/// | size shrank, another class         | ImmutableField with the field of the network            |
/// | added, taken out                   | the same; the pods would not fit their volumes, so the  |
/// |                                    |   StatefulSet is left as it is                          |
/// | a node finds no place              | its claim is looked at; without a volume also its class |
/// | its claim has no volume, and there | StorageClassMissing, looked at again later. Where       |
/// |   is no such class, or no default  |   classes may not be read, only Ready tells of it       |
struct storage_steps {
  std::vector<action> actions{};
  std::optional<degradation> degraded{};
  bool look_again{false};
  /// The difference of the templates is told or made good here.
  bool explains_templates{false};
};
[[nodiscard]] storage_steps steps_for_storage(const observed& o);

/// A claim as the API server shows it.
[[nodiscard]] claim_view check_claim(const k8s::payload& body);
/// The same after it was told to grow: to be read again when the answer does not show it, refused
/// when it shows that it has not grown.
[[nodiscard]] claim_view check_growth(const k8s::payload& body, const std::string& size);

}  // namespace btc::reconcile
