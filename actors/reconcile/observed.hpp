#pragma once

#include "actors/bitcoin/network_target.hpp"
#include "actors/bitcoin/rpc_auth.hpp"
#include "actors/reconcile/manifests.hpp"
#include "k8s/api_error.hpp"
#include "k8s/bitcoin_network.hpp"
#include "k8s/objects.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace btc::reconcile {

/// Who speaks to the nodes, as the Secret of the network says.
struct node_credentials {
  bitcoin::rpc_credentials user{};        ///< of the Secret
  bitcoin::rpc_credentials controller{};  ///< derived from it: bitcoin::controller_credentials
};

/// What is known of the Secret with the RPC credentials. No value of it but in `credentials`.
struct secret_view {
  enum class state : std::uint8_t {
    unknown,      ///< not looked at yet, or it is time to look again
    absent,       ///< the API server said NotFound
    unread,       ///< something of that name is there (a create said AlreadyExists)
    unreadable,   ///< the API server refuses to show it: `problems` holds its reason and message
    foreign,      ///< a Secret of the generated name that is not ours
    of_another,   ///< named by the user, but made for another network: `problems` holds its name
    predecessor,  ///< one of a deleted network of our name: about to be collected
    incomplete,   ///< keys are absent or empty: `problems` holds their names
    refused,      ///< bitcoind cannot take them: a sentence per key in `problems`, without a value
    usable,
  };
  state is{state::unknown};
  std::vector<std::string> problems{};
  /// The last that were usable, whatever `is` says now: the nodes that run were started with them.
  std::shared_ptr<const node_credentials> credentials{};
};

/// What is known of the Secret `<name>-conf`, which is not watched.
struct conf_view {
  enum class state : std::uint8_t {
    unknown,      ///< not looked at by this process: what the pods were started with vouches for it
    due,          ///< it is time to look, whatever the pods were started with
    unread,       ///< something of that name is there (a create said AlreadyExists)
    absent,       ///< the API server said NotFound
    foreign,      ///< not ours
    predecessor,  ///< one of a deleted network of our name: about to be collected
    present,      ///< ours
  };
  state is{state::unknown};
  std::string file{};     ///< file_digest() of the bitcoin.conf in it; empty when there is none
  std::string mark{};     ///< annotation `configuration_annotation`
  std::string applied{};  ///< annotation `applied_annotation`
  bool labelled{false};   ///< carries our labels
  std::string version{};  ///< resourceVersion of what was seen
};

/// What is known of the claim of one node, which is not watched and is looked at only when
/// spec.storage.size has grown, or when the node finds no place.
struct claim_view {
  enum class state : std::uint8_t {
    unknown,  ///< not looked at yet, or it is time to look again
    absent,   ///< the API server said NotFound
    refused,  ///< the API server will not let it grow, or be seen: `problem`
    present,
  };
  state is{state::unknown};
  std::string size{};           ///< spec.resources.requests.storage
  std::string problem{};        ///< the API server's message
  bool bound{true};             ///< status.phase is Bound: it has its volume
  std::string storage_class{};  ///< spec.storageClassName; empty: none, not even a default
};

/// What is known of the StorageClass of a claim that has no volume.
struct storage_class_view {
  enum class state : std::uint8_t {
    unknown,  ///< not looked at yet, or it is time to look again
    absent,   ///< the API server said NotFound
    hidden,   ///< the API server refuses to show it, as with rights in single namespaces only
    present,
  };
  state is{state::unknown};
  std::string name{};
};

/// A write of ours after which the object was, by the API server's own answer, as we want it, or a
/// comparison that found nothing. While the spec is still of that version no other is needed, and a
/// value that the server rewrites (a quantity, a default) can never start a loop of writes.
struct settled_write {
  std::string uid{};
  std::string spec_version{};            ///< see spec_version()
  std::uint64_t content{0};              ///< digest of the manifest
  std::vector<std::string> immutable{};  ///< immutable fields that kept their old value in it
};

/// metadata.generation where the API server keeps one, else resourceVersion: changes whenever the
/// spec does.
[[nodiscard]] std::string spec_version(const k8s::object_meta& meta);

/// Reason of a refusal, and of Degraded: the namespace is being deleted. The API server's own word.
inline constexpr std::string_view reason_ending = "NamespaceTerminating";

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
  conf_view conf{};
  std::map<std::int32_t, claim_view> claims{};  ///< by ordinal
  storage_class_view storage_class{};
  std::optional<settled_write> settled_service{};
  std::optional<settled_write> settled_stateful_set{};
  std::optional<refusal> refused{};
  /// What the nodes last said, as the peer actor tells it; nothing while it has not.
  std::shared_ptr<const bitcoin::chain_report> chain{};
  /// Nobody has told for so long what the nodes say that what the status has of it is history.
  bool unheard{false};
  /// Made once per version of network and Secret; set whenever network is valid.
  std::shared_ptr<const desired_children> desired{};
  std::string now{};  ///< RFC 3339, whole seconds; only for transition times
};

}  // namespace btc::reconcile
