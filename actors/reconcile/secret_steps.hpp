#pragma once

#include "actors/reconcile/observed.hpp"
#include "actors/reconcile/plan.hpp"
#include "actors/reconcile/status.hpp"

#include <optional>
#include <vector>

namespace btc::reconcile {

/// What the two Secrets of a network need: the one with the credentials, and `<name>-conf` with the
/// bitcoin.conf that is made of them.
///
/// | credentials                    | `<name>-conf`    | steps                                   |
/// |--------------------------------|------------------|-----------------------------------------|
/// | unknown                        |                  | read them; generated, no node yet: make |
/// | absent, and generated          |                  | make them                               |
/// | absent, incomplete, refused,   |                  | none: SecretInvalid; nodes that run     |
/// |   unreadable                   |                  |   keep the configuration that they have |
/// | made for another network       |                  | none: SecretInvalid, as above           |
/// | foreign                        |                  | none: ChildNotOwned                     |
/// | usable                         | unknown          | read it; no node yet: make it           |
/// | usable                         | absent           | make it                                 |
/// | usable                         | foreign          | none: ChildNotOwned                     |
/// | usable                         | differs          | apply it                                |
/// | a predecessor's                | or that one is   | none: garbage collection will end it    |
struct secret_steps {
  std::vector<action> first{};  ///< reads, and making credentials: to be decided anew after them
  std::vector<action> then{};   ///< writes of `<name>-conf`, before the pods may read it
  std::optional<degradation> degraded{};
  /// No child may be written: one of the Secrets is not ours.
  bool blocks{false};
  bool look_again{false};
};
[[nodiscard]] secret_steps steps_for_secrets(const observed& o);

/// What is wrong with the Secret with the credentials as it was last found; nothing when it can be
/// used, or is made, or was not looked at.
[[nodiscard]] std::optional<degradation> secret_trouble(const observed& o);

}  // namespace btc::reconcile
