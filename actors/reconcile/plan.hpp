#pragma once

#include "actors/reconcile/manifests.hpp"
#include "k8s/kind.hpp"
#include "k8s/meta.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace btc::reconcile {

/// An Event as the user sees it. core/v1.
struct announcement {
  enum class severity : std::uint8_t { normal, warning };
  severity type{severity::normal};
  std::string reason{};  ///< CamelCase, from a fixed set: docs/operations.md
  std::string message{};

  friend bool operator==(const announcement&, const announcement&) = default;
};

/// POST of a child that is not there. Of kind Secret it is `<name>-conf`.
struct create_child {
  k8s::kind kind{};
  std::shared_ptr<const nlohmann::json> manifest{};
  std::uint64_t content{0};
  announcement done{};
};

/// Server-side apply of a child that differs.
struct apply_child {
  k8s::kind kind{};
  std::shared_ptr<const nlohmann::json> manifest{};
  std::uint64_t content{0};
  announcement done{};
  bool drift{false};                     ///< somebody else changed it; false: our own spec changed
  std::vector<std::string> immutable{};  ///< immutable fields that keep their observed value
};

/// JSON patch that makes way for the apply after it. It turns the ownership which our POST left
/// behind (operation Update) into that of an apply, so that the apply removes fields which the spec
/// no longer has, and removes list entries that took the place of ours.
struct take_ownership {
  k8s::kind kind{};
  k8s::object_key key{};
  nlohmann::json operations{};  ///< guarded by test operations
};

/// GET of the Secret with the credentials.
struct read_secret {
  std::string name{};
  bool must_be_ours{false};  ///< the generated name: a foreign Secret there is never used
};

/// GET of `<name>-conf`: is it ours, and which file is in it.
struct read_conf {
  std::string name{};
};

/// POST of `<name>-rpc` with a random password.
struct create_secret {
  announcement done{};
};

/// GET of the claim of one node: its size.
struct read_claim {
  std::int32_t ordinal{0};
  k8s::object_key key{};
};

/// GET of the StorageClass of a claim: does it exist.
struct read_storage_class {
  std::string name{};
};

/// Merge patch of the claim of one node: it asks for more.
struct grow_claim {
  std::int32_t ordinal{0};
  k8s::object_key key{};
  std::string size{};
  announcement done{};
};

/// Merge patch of /status: only what differs.
struct patch_status {
  nlohmann::json patch{};
};

/// Record an Event; never waits.
struct announce {
  announcement event{};
};

using action = std::variant<announce,
                            read_secret,
                            read_conf,
                            create_secret,
                            create_child,
                            take_ownership,
                            apply_child,
                            read_claim,
                            read_storage_class,
                            grow_claim,
                            patch_status>;

/// What to do, in order. Execution stops at the first action that fails, and a plan is never
/// resumed: the actor observes again and decides anew.
struct plan {
  std::vector<action> actions{};
  /// Nothing that is watched will change when this does: look again later, with back-off.
  bool look_again{false};
  std::string because{};  ///< for the log: "created", "drift", …; empty when nothing is to be done
  /// Nothing is to be done, and Service and StatefulSet were compared: every field that we own is
  /// as it should be.
  bool children_in_place{false};

  [[nodiscard]] bool empty() const noexcept { return actions.empty(); }
};

/// "create StatefulSet", "patch status" …: one line, for logs, the status page and tests.
[[nodiscard]] std::string to_string(const action& a);
[[nodiscard]] std::string to_string(const plan& p);

}  // namespace btc::reconcile
