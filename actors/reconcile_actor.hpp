#pragma once

#include "actors/actor_base.hpp"
#include "actors/network_view.hpp"
#include "actors/reconcile/backoff.hpp"
#include "actors/reconcile/decide.hpp"
#include "actors/reconcile/write_budget.hpp"
#include "actors/telemetry/log_limiter.hpp"

#include <bitset>
#include <optional>
#include <string>
#include <vector>

namespace btc::actors {

struct reconcile_args {
  const environment* env{nullptr};
  k8s::object_key key{};
  messages::api_actor api{};
  messages::recorder_actor recorder{};
  messages::peer_actor peer{};
  messages::dispatch_actor dispatch{};
  std::shared_ptr<const messages::cache_handles> caches{};
};

/// Owns: one BitcoinNetwork: what is known of it (network_view), the plan under way, its back-off.
/// Accepts: network_changed, objects_replayed, turn_granted, resync (dispatch); retry_due,
///   secrets_due; api_answer (api); chain_observed, credentials_refused (peer).
/// Sends: turn_wanted, turn_over; api_call, one at a time; object_written to the caches;
///   record_event; network_targets and network_gone to the peer actor.
/// Timers: retry_due, secrets_due, each with a generation.
/// On failure: dispatch starts it again after a delay; it decides from the caches anew.
///
/// One network is one actor, so its reconciliations are serial by construction. Triggers that
/// arrive while a plan is under way leave one mark, never a list. What is not in
/// reconcile_actor.cpp is defined by responsibility: reconcile_calls, _answers, _failures,
/// _effects, _nodes and _report.cpp.
class reconcile_state {
 public:
  using pointer = messages::reconcile_actor::stateful_pointer<reconcile_state>;
  static constexpr const char* name = "btc.reconcile";

  explicit reconcile_state(pointer self) : self_(self) {}
  reconcile_state(const reconcile_state&) = delete;
  reconcile_state& operator=(const reconcile_state&) = delete;
  ~reconcile_state();
  void start(reconcile_args args);

  void on_changed(const messages::network_changed& m);
  void on_replayed(const messages::objects_replayed& m);
  void on_turn(const messages::turn_granted& m);
  void on_resync(const messages::resync& m);
  void on_retry(const messages::retry_due& m);
  void on_secrets_due(const messages::secrets_due& m);
  void on_answer(const messages::api_answer& m);
  void on_chain_observed(const messages::chain_observed& m);
  void on_credentials_refused(const messages::credentials_refused& m);

  [[nodiscard]] std::string title() const;
  void fill(messages::actor_reports& out) const;

  vitals vitals_{};

 private:
  enum class phase : std::uint8_t {
    loading,  ///< until every cache has sent what it has
    idle,     ///< nothing under way
    queued,   ///< a turn was asked for
    acting,   ///< an answer is awaited
  };
  using answer = k8s::result<k8s::payload>;
  /// Looks at a child right after a failed write, before the usual back-off applies.
  static constexpr std::uint32_t looks_max = 2;

  void wake();
  void mark_dirty();
  void not_due();
  void want_turn();
  void complete(telemetry::reconcile_result result);
  void begin_work();
  void decide_now();
  /// Does the plan's next action, or ends the reconciliation after the last one.
  void act();
  void rest();
  void finish(telemetry::reconcile_result result);
  void perform(const reconcile::announce& a);
  void perform(const reconcile::read_secret& a);
  void perform(const reconcile::read_conf& a);
  void perform(const reconcile::create_secret& a);
  void perform(const reconcile::create_child& a);
  void perform(const reconcile::take_ownership& a);
  void perform(const reconcile::apply_child& a);
  void perform(const reconcile::read_claim& a);
  void perform(const reconcile::read_storage_class& a);
  void perform(const reconcile::grow_claim& a);
  void perform(const reconcile::patch_status& a);
  void call(k8s::request r);
  void look_up(k8s::kind kind);

  [[nodiscard]] std::optional<k8s::api_error> doubt(const answer& body) const;
  void on_success(const k8s::payload& body);
  void on_looked_up(const answer& body);
  [[nodiscard]] static std::optional<k8s::kind> worth_a_look(const reconcile::action* failed,
                                                             k8s::error_class why);
  [[nodiscard]] bool is_wanted(const std::string& secret) const;
  bool secret_tells(const reconcile::action* failed, const k8s::api_error& error);
  bool credentials_tell(const reconcile::action& failed, const k8s::api_error& error);
  bool conf_tells(const reconcile::action& failed, const k8s::api_error& error);
  bool class_tells(const reconcile::action* failed, const k8s::api_error& error);
  bool claim_tells(const reconcile::action* failed, const k8s::api_error& error);
  void on_failure(const k8s::api_error& error);
  void refuse(const k8s::api_error& error);
  void give_up_children(const k8s::api_error& error);
  void hold(const k8s::api_error& error);
  /// True when the network was written to too often: then the plan has to wait, and does now.
  bool postponed();
  bool children_postponed();
  bool status_postponed();
  void postpone(std::chrono::milliseconds wait);
  void retry_after(std::chrono::milliseconds delay);
  /// In about `times` the time after which refused writes are tried again.
  void retry_slowly(int times = 1);

  void took_effect(const reconcile::action& done, const k8s::payload& body);
  static void took(const reconcile::announce&, const k8s::payload&) {}
  void took(const reconcile::read_secret& read, const k8s::payload& body);
  void took(const reconcile::read_conf& read, const k8s::payload& body);
  void took(const reconcile::create_secret& create, const k8s::payload& body);
  void took(const reconcile::create_child& create, const k8s::payload& body);
  void took(const reconcile::apply_child& apply, const k8s::payload& body);
  void took(const reconcile::take_ownership& own, const k8s::payload& body);
  void took(const reconcile::read_claim& read, const k8s::payload& body);
  void took(const reconcile::read_storage_class& read, const k8s::payload& body);
  void took(const reconcile::grow_claim& grow, const k8s::payload& body);
  void took(const reconcile::patch_status& patch, const k8s::payload& body);
  void settle(k8s::kind kind,
              std::uint64_t content,
              std::vector<std::string> immutable,
              const k8s::payload& body);
  k8s::object_ptr adopt(k8s::kind kind, const k8s::payload& body);
  void wrote(k8s::kind kind,
             telemetry::write_verb verb,
             const reconcile::announcement& event,
             bool drift);
  void tell(const reconcile::announcement& event);
  void tell_of_created();

  void tell_peer();
  void listen();
  void expect_secrets();

  void record_write(const k8s::request& r);

  pointer self_;
  reconcile_args args_{};
  telemetry::logger log_{};
  telemetry::log_limiter limiter_{};
  telemetry::log_limiter troubles_{};  ///< of requests; over when there is nothing left to do
  std::unique_ptr<random_numbers> random_{};
  network_view view_{};
  reconcile::backoff backoff_{};
  reconcile::creation_budget creations_{};
  reconcile::correction_budget corrections_{};
  reconcile::status_budget statuses_{};
  phase phase_{phase::loading};
  std::bitset<k8s::watched_kinds> loaded_{};
  bool dirty_{true};      ///< due: something changed since the last decision, and nothing holds it
  bool holding_{false};   ///< no write before retry_due: the API server had a bad moment
  bool outdated_{false};  ///< holding, since what was written was compared with an old network
  reconcile::plan plan_{};
  std::size_t next_{0};                             ///< index of the next action of plan_
  std::string version_made_{};                      ///< by take_ownership, for the apply after it
  std::vector<reconcile::announcement> created_{};  ///< children of which no Event tells yet
  std::optional<k8s::kind> looking_up_{};
  std::uint32_t looks_{0};  ///< since the last success or pause; more than looks_max is no progress
  std::uint64_t call_id_{0};
  std::shared_ptr<const bitcoin::network_target> target_{};  ///< what the peer actor was told
  std::uint64_t secrets_timer_{0};  ///< generation of the timer that counts
  std::uint64_t timer_{0};          ///< generation of the retry that counts
  bool timer_pending_{false};
  std::chrono::steady_clock::time_point retry_at_{};
  std::chrono::steady_clock::time_point dirty_since_{};
  std::chrono::steady_clock::time_point work_since_{};
  std::chrono::steady_clock::time_point asked_at_{};  ///< the request that is awaited
  std::uint64_t reconciliations_{0};
  std::string last_error_{};
  std::vector<std::string> last_writes_{};  ///< few, and mostly empty: a deque costs 600 bytes
};

[[nodiscard]] messages::reconcile_actor::behavior_type reconcile_network(
    reconcile_state::pointer self, reconcile_args args);

}  // namespace btc::actors
