#pragma once

#include "test/sim/cluster/core.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace btc::sim {

// Writes below HTTP: the same steps for requests and for the built-ins. All throw `refusal`.

/// Stores a new object, as registry/store.go Create does: names, system metadata, defaults, checks,
/// ownership of fields. With `w.dry_run` nothing is stored and the object has no version.
[[nodiscard]] document create_object(
    core& c, const resource_type& type, writer& w, std::string_view ns, json object);

/// Replaces `live`; metadata.resourceVersion and uid of `next` are preconditions when set. Gives
/// the stored object, or `live` itself when nothing changes. Sets `w.removed` when the object went
/// with its last finalizer.
[[nodiscard]] document update_object(
    core& c, const resource_type& type, writer& w, const document& live, json next);

/// DeleteOptions.
struct delete_options {
  std::optional<std::int64_t> grace_seconds{};
  std::string propagation{};            ///< Foreground, Background, Orphan, or empty
  std::string uid{};                    ///< precondition
  std::string version{};                ///< precondition
  bool orphan_dependents_false{false};  ///< the deprecated way to ask for cascading
};

struct delete_outcome {
  bool removed{false};
  document object{};  ///< as it stands, or as it last stood
};

[[nodiscard]] delete_outcome delete_object(core& c,
                                           const resource_type& type,
                                           writer& w,
                                           const document& live,
                                           const delete_options& options);

/// Sets metadata.managedFields of `next` after a write other than apply; see field_manager.hpp.
void track_fields(
    const core& c, const resource_type& type, const writer& w, const json& live, json& next);

}  // namespace btc::sim
