#include "test/sim/search/coverage.hpp"
#include "test/sim/world/fault.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace btc::sim {

namespace {

using cells = std::vector<std::string>;

/// Every place in the product that sends a request in a run without faults. Left out: lists (only
/// after a watch without initial events was refused) and the patches that make way for an apply
/// (only after somebody meddled), to which chance comes, and no run can be sent.
constexpr std::array<std::string_view, 15> call_sites{"watch BitcoinNetwork",
                                                      "watch StatefulSet",
                                                      "watch Service",
                                                      "watch Pod",
                                                      "get Secret",
                                                      "get Service",
                                                      "create Secret",
                                                      "create Service",
                                                      "create StatefulSet",
                                                      "create Event",
                                                      "apply Secret",
                                                      "apply Service",
                                                      "apply StatefulSet",
                                                      "patch BitcoinNetwork/status",
                                                      "patch Event"};

/// Phases of a network in which a fault can meet it.
constexpr std::array<std::string_view, 6> phases{
    "new", "loading", "queued", "acting", "waiting", "idle"};

[[nodiscard]] bool needs_request(fault f) {
  return f == fault::lose_request || f == fault::lose_answer || f == fault::stall
         || f == fault::refuse;
}

/// These need a pod or a call to a node, which are there in some runs and not in others: they are
/// asked for, but not in every phase.
[[nodiscard]] bool needs_node(fault f) {
  return f == fault::break_pod || f == fault::lose_rpc;
}

[[nodiscard]] cells sites_by_outcomes() {
  cells all;
  for (const auto site : call_sites) {
    for (std::size_t r = 0; r < refusal_count; ++r) {
      all.push_back(std::string{site} + " by "
                    + std::string{to_string(static_cast<refusal_kind>(r))});
    }
  }
  return all;
}

[[nodiscard]] cells all_faults() {
  cells all;
  for (std::size_t f = 1; f < fault_count; ++f) {
    all.emplace_back(info(static_cast<fault>(f)).name);
  }
  return all;
}

/// A network that is new, loads or waits has no request on its way that a fault could take; one
/// that is idle or queued has Events. One that is new or loads has no children to meddle with.
[[nodiscard]] bool can_meet(fault f, std::string_view phase) {
  const bool before_work = phase == "new" || phase == "loading";
  if (needs_request(f)) {
    return !before_work && phase != "waiting";
  }
  return !needs_node(f) && (f != fault::meddle || !before_work);
}

[[nodiscard]] cells faults_by_phases() {
  cells all;
  for (std::size_t f = 1; f < fault_count; ++f) {
    for (const auto phase : phases) {
      if (can_meet(static_cast<fault>(f), phase)) {
        all.push_back(std::string{info(static_cast<fault>(f)).name} + " while "
                      + std::string{phase});
      }
    }
  }
  return all;
}

/// What each kind of actor may be told in each state. "builtin" is CAF's own: it is to end, or
/// another one has ended. Left out is what takes two rare things at once: a timer that falls due
/// in a phase of some milliseconds, an actor killed in such a phase, and what nodes say in any
/// phase but `acting`. `drain`, `report_request` and `status_requested` belong to tier 2: nobody
/// ends or asks the controller here.
[[nodiscard]] cells states_by_messages() {
  return {"api, new: start",
          "api, idle: api_call",
          "api, idle: builtin",
          "api, sending: api_call",
          "api, sending: request_ended",
          "api, sending: builtin",
          "cache, new: start",
          "cache, waiting for the first list: objects_replaced",
          "cache, waiting for the first list: builtin",
          "cache, synced: object_written",
          "cache, synced: objects_changed",
          "cache, synced: objects_replaced",
          "cache, synced: replay_objects",
          "cache, synced: builtin",
          "dispatch, new: start",
          "dispatch, waiting for the caches: cache_synced",
          "dispatch, waiting for the caches: objects_changed",
          "dispatch, waiting for the caches: resync_due",
          "dispatch, dispatching: objects_changed",
          "dispatch, dispatching: objects_replayed",
          "dispatch, dispatching: resync_due",
          "dispatch, dispatching: turn_wanted",
          "dispatch, dispatching: turn_over",
          "dispatch, dispatching: builtin",
          "peer, new: start",
          "peer, idle: network_targets",
          "peer, idle: network_gone",
          "peer, idle: builtin",
          "reconcile, new: start",
          "reconcile, loading: objects_replayed",
          "reconcile, loading: network_changed",
          "reconcile, loading: builtin",
          "reconcile, queued: turn_granted",
          "reconcile, queued: network_changed",
          "reconcile, queued: resync",
          "reconcile, queued: builtin",
          "reconcile, acting: api_answer",
          "reconcile, acting: network_changed",
          "reconcile, acting: resync",
          "reconcile, acting: chain_observed",
          "reconcile, acting: builtin",
          "reconcile, waiting: retry_due",
          "reconcile, waiting: network_changed",
          "reconcile, waiting: resync",
          "reconcile, waiting: builtin",
          "reconcile, idle: network_changed",
          "reconcile, idle: resync",
          "reconcile, idle: retry_due",
          "reconcile, idle: secrets_due",
          "reconcile, idle: builtin",
          "recorder, new: start",
          "recorder, idle: record_event",
          "recorder, idle: builtin",
          "recorder, sending: api_answer",
          "recorder, sending: record_event",
          "recorder, sending: builtin",
          "recorder, waiting to try again: api_answer",
          "recorder, waiting to try again: record_event",
          "recorder, waiting to try again: recorder_timer",
          "supervisor, new: start",
          "supervisor, supervising: restart_due",
          "supervisor, supervising: builtin",
          "watch, new: start",
          "watch, streaming the list: watch_answered",
          "watch, streaming the list: stream_read",
          "watch, streaming the list: watch_timer",
          "watch, streaming the list: builtin",
          "watch, listing: list_answered",
          "watch, opening: watch_answered",
          "watch, watching: stream_read",
          "watch, watching: watch_timer",
          "watch, watching: builtin",
          "watch, waiting: watch_timer"};
}

/// Moments that a search must have seen, or it says nothing about them.
[[nodiscard]] cells moments() {
  return {"a create finds its name taken",
          "a network recovers",
          "a watch begins at a version",
          "a watch begins with the initial events",
          "a write meets a conflict",
          "a child without owner and label goes",
          "a write of a dead process takes effect",
          "an answer is about a Secret that no spec names any more",
          "a spec that runs becomes invalid",
          "an invalid spec is mended",
          "all is as wished after faults",
          "another process takes over",
          "five faults in one run"};
}

[[nodiscard]] cells event_reasons() {
  return {"SuccessfulCreate",
          "Scaled",
          "Updated",
          "RollingRestart",
          "DriftCorrected",
          "ChildNotOwned",
          "InvalidSpec",
          "SecretInvalid",
          "Forbidden",
          "Invalid"};
}

/// The fault that a cell is about, or nothing.
[[nodiscard]] std::optional<fault> fault_of(std::string_view matrix, std::string_view cell) {
  if (matrix == "call site by outcome") {
    return fault::refuse;
  }
  return matrix.starts_with("fault") ? parse_fault(cell.substr(0, cell.find(" while ")))
                                     : std::nullopt;
}

}  // namespace

const std::map<std::string, std::vector<std::string>, std::less<>>& declared_cells() {
  static const std::map<std::string, std::vector<std::string>, std::less<>> all{
      {"fault", all_faults()},
      {"call site by outcome", sites_by_outcomes()},
      {"fault by phase", faults_by_phases()},
      {"actor state by message", states_by_messages()},
      {"sometimes", moments()},
      {"event", event_reasons()}};
  return all;
}

bool is_asked_for(std::string_view matrix, std::string_view cell, const std::vector<fault>& only) {
  const auto f = fault_of(matrix, cell);
  return only.empty() || !f || std::find(only.begin(), only.end(), *f) != only.end();
}

}  // namespace btc::sim
