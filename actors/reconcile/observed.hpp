#pragma once

#include "actors/reconcile/manifests.hpp"
#include "k8s/api_error.hpp"
#include "k8s/bitcoin_network.hpp"
#include "k8s/objects.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace btc::reconcile {

/// What is known of the Secret with the RPC credentials. Only names of keys, never a value.
struct secret_view {
  enum class state : std::uint8_t {
    unknown,      ///< not looked at yet, or it is time to look again
    absent,       ///< the API server said NotFound
    unread,       ///< something of that name is there (a create said AlreadyExists)
    foreign,      ///< a Secret of the generated name that is not ours
    predecessor,  ///< one of a deleted network of our name: about to be collected
    incomplete,   ///< `missing_keys` are absent or empty
    usable,
  };
  state is{state::unknown};
  std::vector<std::string> missing_keys{};
};

/// A write of ours after which the object was, by the API server's own answer, as we want it. While
/// the spec is still of that version no comparison is needed, and a value that the server rewrites
/// (a quantity, a default) can never start a loop of writes.
struct settled_write {
  std::string uid{};
  std::string spec_version{};            ///< see spec_version()
  std::uint64_t content{0};              ///< digest of the manifest that was written
  std::vector<std::string> immutable{};  ///< immutable fields that kept their old value in it
};

/// metadata.generation where the API server keeps one, else resourceVersion: changes whenever the
/// spec does.
[[nodiscard]] std::string spec_version(const k8s::object_meta& meta);

/// The last write that the API server refused for good. Kept until it is time to try again.
struct refusal {
  std::string object{};  ///< "StatefulSet my-network-sts"
  std::string reason{};  ///< Status.reason: Forbidden, Invalid, …
  std::string message{};
};

/// Everything that a decision may look at. A value; the reconcile actor keeps it up to date from
/// what the caches push and from the answers to its own writes.
struct observed {
  std::shared_ptr<const k8s::bitcoin_network> network{};  ///< nullptr: gone
  std::shared_ptr<const k8s::service> service{};
  std::shared_ptr<const k8s::stateful_set> stateful_set{};
  std::vector<std::shared_ptr<const k8s::pod>> pods{};  ///< in no order
  secret_view secret{};
  std::optional<settled_write> settled_service{};
  std::optional<settled_write> settled_stateful_set{};
  std::optional<refusal> refused{};
  /// desire(*network), computed once per version of the network; set whenever network is valid.
  std::shared_ptr<const desired_children> desired{};
  std::string now{};  ///< RFC 3339, whole seconds; only for transition times
};

}  // namespace btc::reconcile
