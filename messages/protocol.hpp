#pragma once

#include "actors/bitcoin/network_target.hpp"
#include "actors/bitcoin/rpc_transport.hpp"
#include "actors/reconcile/plan.hpp"
#include "k8s/api_error.hpp"
#include "k8s/decode.hpp"
#include "k8s/transport.hpp"

#include <caf/typed_actor.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

/// Everything that the actors say to each other, in the order in which a change travels:
///
///   API server → watch → cache → dispatch → reconcile → api → API server
///                          ↑_________________│   ├─→ recorder → api
///                                              └─↔ peer → bitcoind
///
/// Messages are plain structs, named as facts (object_changed) or requests (api_call). What is big
/// travels as shared_ptr<const T>. An actor's interface is the typed alias at the end of this file.
/// Every message that answers something carries the id of what it answers, and every timer its
/// generation: a stale one is dropped by its receiver.
namespace btc::messages {

// -- watch ----------------------------------------------------------------------------

/// supervisor → watch: list and watch from now on. Sent once.
struct begin_watch {};
/// transport → watch: a list page, or why there is none.
struct list_answered {
  std::uint64_t id{0};
  std::shared_ptr<const k8s::result<k8s::payload>> page{};
};
/// transport → watch: the head of a watch; `stream` is set when it is open.
struct watch_answered {
  std::uint64_t id{0};
  std::shared_ptr<const k8s::result<k8s::response>> head{};
  std::shared_ptr<k8s::watch_stream> stream{};
};
/// transport → watch: what one read of stream `id` gave.
struct stream_read {
  std::uint64_t id{0};
  std::shared_ptr<const k8s::stream_batch> batch{};
};
/// watch → itself: a back-off or a deadline of the list/watch protocol is over.
struct watch_timer {
  std::uint64_t generation{0};
};

// -- cache ----------------------------------------------------------------------------

/// One object as it is now, or as it last was when `deleted`.
struct object_change {
  k8s::object_ptr object{};
  bool deleted{false};
  /// Right even where it is older than what was known: it came from a consistent list, so the
  /// store itself went back in time (a restored etcd).
  bool authoritative{false};
};
/// watch → cache, cache → dispatch: changes in the order in which they happened.
struct objects_changed {
  std::shared_ptr<const std::vector<object_change>> changes{};
  std::string ns{};                ///< scope of the watch; empty: all namespaces
  std::string resource_version{};  ///< the watch has seen everything up to here
};
/// watch → cache: the complete state of the scope at `resource_version`.
struct objects_replaced {
  std::shared_ptr<const std::vector<k8s::object_ptr>> objects{};
  std::string ns{};
  std::string resource_version{};
  /// Came from a most-recent read: taken over even where it is older than what the cache has.
  bool consistent{false};
};
/// reconcile → cache: the answer to a write of ours, ahead of its watch event.
struct object_written {
  k8s::object_ptr object{};
};
/// dispatch → cache: send all that belongs to this network; answered by objects_replayed.
struct replay_objects {
  k8s::object_key network{};
};

// -- dispatch -------------------------------------------------------------------------

struct cache_handles;
/// supervisor → dispatch: the caches to ask for replays. Sent once, before anything else.
struct begin_dispatch {
  std::shared_ptr<const cache_handles> caches{};
};
/// cache → dispatch: every scope of this kind has delivered its first complete state.
struct cache_synced {
  k8s::kind kind{};
};
/// cache → dispatch → reconcile: all cached objects of one kind of this network.
struct objects_replayed {
  k8s::object_key network{};
  k8s::kind kind{};
  std::shared_ptr<const std::vector<k8s::object_ptr>> objects{};
};
/// reconcile → dispatch: something is to be decided for this network.
struct turn_wanted {
  k8s::object_key network{};
};
/// reconcile → dispatch: the turn that was granted is over.
struct turn_over {
  k8s::object_key network{};
};
/// dispatch → itself: the periodic resync is due.
struct resync_due {};
/// dispatch → itself: start the reconcile actor of this network again after it failed.
struct respawn_due {
  k8s::object_key network{};
};

// -- reconcile ------------------------------------------------------------------------

/// dispatch → reconcile: one object of the network changed.
struct network_changed {
  object_change change{};
};
/// dispatch → reconcile: decide and act now. Turns are few, so that a thousand networks which wake
/// at once do not hold a thousand plans while they wait for the API server.
struct turn_granted {};
/// dispatch → reconcile: look once more, if something is waited for that no watch tells of.
struct resync {};
/// reconcile → itself: a back-off is over.
struct retry_due {
  std::uint64_t generation{0};
};
/// reconcile → itself: the Secrets, which no watch tells of, are to be read again.
struct secrets_due {
  std::uint64_t generation{0};
};

// -- api ------------------------------------------------------------------------------

/// api → whoever sent the call with this id: its answer. Shared between joined calls.
struct api_answer {
  std::uint64_t id{0};
  std::shared_ptr<const k8s::result<k8s::payload>> body{};
};
using api_client = caf::typed_actor<caf::reacts_to<api_answer>>;

/// reconcile, recorder → api: send this request when its turn comes. Answered exactly once.
struct api_call {
  enum class lane : std::uint8_t {
    control,     ///< reads and writes that a network waits for
    background,  ///< Events: only when nothing of the first lane waits
  };
  std::uint64_t id{0};
  std::shared_ptr<const k8s::request> request{};
  lane priority{lane::control};
  api_client sender{};
};
/// transport → api: the request in this slot has ended.
struct request_ended {
  std::uint64_t slot{0};
  std::shared_ptr<const k8s::result<k8s::payload>> body{};
};

// -- peer -----------------------------------------------------------------------------

/// peer → reconcile: what the nodes say, when it differs from what they said before, and at most
/// once an --rpc-interval.
struct chain_observed {
  std::shared_ptr<const bitcoin::chain_report> report{};
};
/// peer → reconcile: a pod of this network refused the controller's credentials (HTTP 401): the
/// Secret may have changed, or its bitcoin.conf is older. Sent at most once an --rpc-interval.
struct credentials_refused {
  std::string network_uid{};
};
using chain_client =
    caf::typed_actor<caf::reacts_to<chain_observed>, caf::reacts_to<credentials_refused>>;

/// reconcile → peer: the pods of a network and what they should be to each other; whenever that
/// differs from what was sent before.
struct network_targets {
  k8s::object_key network{};
  std::shared_ptr<const bitcoin::network_target> target{};
  chain_client sender{};
};
/// reconcile, dispatch → peer: forget this network. Its nodes are asked and told nothing more.
struct network_gone {
  k8s::object_key network{};
};
/// RPC transport → peer: how the request with this id ended.
struct rpc_ended {
  std::uint64_t id{0};
  std::shared_ptr<const k8s::result<bitcoin::rpc_response>> answer{};
};
/// peer → itself: the earliest poll or block of all networks is due.
struct poll_due {
  std::uint64_t generation{0};
};

// -- recorder -------------------------------------------------------------------------

/// What an Event is about: enough to fill involvedObject.
struct event_subject {
  k8s::object_key key{};
  std::string uid{};
  std::string resource_version{};
};
/// reconcile → recorder: tell the user. Never answered, never waited for.
struct record_event {
  event_subject subject{};
  reconcile::announcement event{};
};
/// recorder → itself: try the Events that could not be sent once more.
struct recorder_timer {
  std::uint64_t generation{0};
};

// -- status and life ------------------------------------------------------------------

/// status collector → any actor: how are you? Answered with a report.
struct report_request {};
/// Filled by the actor; one of the parts is set according to the actor's kind. See reports.hpp.
struct actor_reports;
using report = std::shared_ptr<const actor_reports>;
/// admin server → supervisor: collect all reports and call `done` once, on any thread.
struct status_requested {
  std::shared_ptr<const std::function<void(report)>> done{};
};
/// status collector → itself: whoever has not answered by now does not respond.
struct collect_timeout {};
/// main → supervisor, supervisor → api: finish what is in flight, start nothing new.
struct drain {};
/// api → supervisor: nothing is in flight any more.
struct drained {};
/// supervisor → itself: start again what failed (generation), or give up draining.
struct restart_due {
  std::uint64_t generation{0};
};
struct drain_timeout {};

// -- interfaces -----------------------------------------------------------------------

using watch_actor = caf::typed_actor<caf::reacts_to<begin_watch>,
                                     caf::reacts_to<list_answered>,
                                     caf::reacts_to<watch_answered>,
                                     caf::reacts_to<stream_read>,
                                     caf::reacts_to<watch_timer>,
                                     caf::replies_to<report_request>::with<report>>;

using cache_actor = caf::typed_actor<caf::reacts_to<objects_changed>,
                                     caf::reacts_to<objects_replaced>,
                                     caf::reacts_to<object_written>,
                                     caf::reacts_to<replay_objects>,
                                     caf::replies_to<report_request>::with<report>>;

/// One cache per watched kind, indexed by k8s::kind.
struct cache_handles {
  std::array<cache_actor, k8s::watched_kinds> of{};
};

using dispatch_actor = caf::typed_actor<caf::reacts_to<begin_dispatch>,
                                        caf::reacts_to<objects_changed>,
                                        caf::reacts_to<cache_synced>,
                                        caf::reacts_to<objects_replayed>,
                                        caf::reacts_to<turn_wanted>,
                                        caf::reacts_to<turn_over>,
                                        caf::reacts_to<resync_due>,
                                        caf::reacts_to<respawn_due>,
                                        caf::replies_to<report_request>::with<report>>;

using reconcile_actor = caf::typed_actor<caf::reacts_to<network_changed>,
                                         caf::reacts_to<objects_replayed>,
                                         caf::reacts_to<turn_granted>,
                                         caf::reacts_to<resync>,
                                         caf::reacts_to<retry_due>,
                                         caf::reacts_to<secrets_due>,
                                         caf::reacts_to<api_answer>,
                                         caf::reacts_to<chain_observed>,
                                         caf::reacts_to<credentials_refused>,
                                         caf::replies_to<report_request>::with<report>>;

using api_actor = caf::typed_actor<caf::reacts_to<api_call>,
                                   caf::reacts_to<request_ended>,
                                   caf::reacts_to<drain>,
                                   caf::replies_to<report_request>::with<report>>;

using peer_actor = caf::typed_actor<caf::reacts_to<network_targets>,
                                    caf::reacts_to<network_gone>,
                                    caf::reacts_to<rpc_ended>,
                                    caf::reacts_to<poll_due>,
                                    caf::replies_to<report_request>::with<report>>;

using recorder_actor = caf::typed_actor<caf::reacts_to<record_event>,
                                        caf::reacts_to<api_answer>,
                                        caf::reacts_to<recorder_timer>,
                                        caf::replies_to<report_request>::with<report>>;

/// Any of the above, as far as the status is concerned.
using reporting_actor = caf::typed_actor<caf::replies_to<report_request>::with<report>>;

using supervisor_actor = caf::typed_actor<caf::reacts_to<status_requested>,
                                          caf::reacts_to<restart_due>,
                                          caf::reacts_to<drain>,
                                          caf::reacts_to<drained>,
                                          caf::reacts_to<drain_timeout>,
                                          caf::replies_to<report_request>::with<report>>;

using status_collector = caf::typed_actor<caf::reacts_to<collect_timeout>>;

}  // namespace btc::messages

// CAF 0.17: these messages never leave the process, so they need no serialisation.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::begin_watch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::list_answered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::watch_answered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::stream_read)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::watch_timer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::objects_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::objects_replaced)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::object_written)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::replay_objects)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::begin_dispatch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::cache_synced)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::objects_replayed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::turn_wanted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::turn_over)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::turn_granted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::resync_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::respawn_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::network_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::resync)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::retry_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::secrets_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::api_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::api_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::request_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::chain_observed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::credentials_refused)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::network_targets)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::network_gone)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::rpc_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::poll_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::record_event)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::recorder_timer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::report_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::status_requested)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::collect_timeout)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::drain)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::drained)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::restart_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btc::messages::drain_timeout)
