#pragma once

#include "actors/reconcile/observed.hpp"
#include "actors/reconcile/plan.hpp"

namespace btc::reconcile {

/// The only place that chooses. Total and deterministic; no clock, no I/O, no exception.
///
/// | state                                | plan                                              |
/// |--------------------------------------|---------------------------------------------------|
/// | network gone or being deleted        | nothing: garbage collection removes the children  |
/// | paused                               | status, Degraded too; the Secret is read, to ask  |
/// |                                      |   the nodes                                       |
/// | invalid spec                         | status Degraded=InvalidSpec, children untouched   |
/// | a child of our name that is not ours | status Degraded=ChildNotOwned, nothing adopted    |
/// | a child of a deleted namesake        | wait for garbage collection                       |
/// | Secrets                              | see secret_steps.hpp; before the first node they  |
/// |                                      |   have to be there, later the nodes keep theirs   |
/// | a child absent                       | create it                                         |
/// | a field that we own differs          | apply it                                          |
/// | an immutable field would change      | status Degraded=ImmutableField, the rest applied  |
/// | spec.storage.size grew               | see storage_steps.hpp                             |
/// | a node's image cannot be had         | status Degraded=ImageNotPulled                    |
/// | a write was refused                  | status Degraded=<reason>, until it is time again  |
/// | status differs                       | one patch                                         |
/// | nothing differs                      | nothing                                           |
[[nodiscard]] plan decide(const observed& o);

}  // namespace btc::reconcile
