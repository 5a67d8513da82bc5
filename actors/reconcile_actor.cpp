#include "actors/reconcile_actor.hpp"

#include "actors/reconcile/names.hpp"
#include "actors/reconcile/ownership.hpp"
#include "actors/reconcile/status.hpp"
#include "actors/secret_check.hpp"

#include <utility>

namespace btc::actors {

using namespace messages;
using telemetry::reconcile_result;

void reconcile_state::start(reconcile_args args) {
  args_ = std::move(args);
  log_ = args_.env->log.with("network", to_string(args_.key));
  random_ = std::make_unique<random_numbers>(args_.env->seed());
  view_ = network_view{args_.key};
  backoff_ = reconcile::backoff{args_.env->limits.backoff};
  dirty_since_ = self_->clock().now();
  args_.env->metrics.queue_added();
  fail_visibly(self_, *args_.env, title());
}

reconcile_state::~reconcile_state() {
  if (args_.env == nullptr) {
    return;
  }
  if (phase_ == phase::acting) {
    args_.env->metrics.work_ended(work_since_, self_->clock().now());
  }
  if (dirty_) {
    args_.env->metrics.queue_abandoned();
  }
}

std::string reconcile_state::title() const {
  return "network " + to_string(args_.key);
}

// -- triggers -------------------------------------------------------------------------

void reconcile_state::on_changed(const network_changed& m) {
  if (view_.take(m.change)) {
    wake();
  }
}

void reconcile_state::on_replayed(const objects_replayed& m) {
  for (const auto& object : *m.objects) {
    static_cast<void>(view_.take({object}));
  }
  loaded_.set(static_cast<std::size_t>(m.kind));
  if (phase_ == phase::loading && loaded_.all()) {
    phase_ = phase::idle;
    want_turn();
  }
}

void reconcile_state::on_turn(const turn_granted&) {
  if (phase_ != phase::queued) {
    return;
  }
  if (looking_up_) {
    look_up(*looking_up_);
  } else {
    decide_now();
  }
}

void reconcile_state::on_resync(const resync&) {
  // decide() is pure: where nothing changed since it found nothing to do, it finds nothing again.
  if (dirty_ && phase_ == phase::idle && !holding_) {
    want_turn();
  }
}

void reconcile_state::on_retry(const retry_due& m) {
  if (m.generation != timer_) {
    return;
  }
  timer_pending_ = false;
  holding_ = false;
  looks_ = 0;
  auto& values = view_.values();
  values.refused.reset();
  if (values.secret.is != reconcile::secret_view::state::usable) {
    values.secret = {};
  }
  if (phase_ == phase::idle && !view_.looked_up().empty()) {
    looking_up_ = *view_.looked_up().begin();
    want_turn();
    return;
  }
  wake();
}

/// Something is to be looked at; whatever is under way ends first.
void reconcile_state::wake() {
  mark_dirty();
  if (phase_ == phase::idle && !holding_) {
    want_turn();
  }
}

void reconcile_state::want_turn() {
  phase_ = phase::queued;
  self_->send(args_.dispatch, turn_wanted{args_.key});
}

void reconcile_state::mark_dirty() {
  if (!dirty_) {
    dirty_ = true;
    dirty_since_ = self_->clock().now();
    args_.env->metrics.queue_added();
  }
}

// -- deciding and acting --------------------------------------------------------------

void reconcile_state::decide_now() {
  const auto now = self_->clock().now();
  work_since_ = now;
  args_.env->metrics.work_started(now - dirty_since_, now);
  dirty_ = false;
  ++reconciliations_;
  plan_ = reconcile::decide(view_.prepare(rfc3339(args_.env->wall_clock())));
  next_ = 0;
  if (!plan_.empty() && log_.enabled(telemetry::log_level::debug)) {
    log_.debug("plan", "decided", {{"actions", to_string(plan_)}, {"because", plan_.because}});
  }
  act();
}

void reconcile_state::act() {
  // Announcements need no answer; everything else waits for one.
  while (next_ < plan_.actions.size()) {
    const auto& action = plan_.actions[next_];
    phase_ = phase::acting;
    std::visit([this](const auto& a) { perform(a); }, action);
    if (!std::holds_alternative<reconcile::announce>(action)) {
      return;
    }
    ++next_;
  }
  const bool changed_something = !plan_.actions.empty();
  if (!changed_something) {
    rest();
  }
  const auto result =
      plan_.look_again ? reconcile_result::requeue_after : reconcile_result::success;
  if (changed_something || dirty_) {
    complete(result);
    mark_dirty();
    decide_now();  // observe again after acting; the turn lasts until nothing is left to do
  } else {
    finish(result);
  }
}

/// Nothing to do now. What no watch will tell of is looked at again later.
void reconcile_state::rest() {
  if (plan_.look_again) {
    if (!timer_pending_) {
      retry_after(backoff_.next(random_->next()));
    }
  } else {
    backoff_.reset();
    last_error_.clear();
    timer_pending_ = false;
    ++timer_;
  }
  view_.rest();
}

void reconcile_state::complete(reconcile_result result) {
  const auto now = self_->clock().now();
  plan_.actions.clear();
  next_ = 0;
  args_.env->metrics.work_ended(work_since_, now);
  args_.env->metrics.reconciled(result, now - work_since_);
}

/// The turn is over, whatever came of it.
void reconcile_state::finish(reconcile_result result) {
  complete(result);
  phase_ = phase::idle;
  self_->send(args_.dispatch, turn_over{args_.key});
}

void reconcile_state::perform(const reconcile::announce& a) {
  tell(a.event);
}

void reconcile_state::perform(const reconcile::read_secret& a) {
  call(k8s::get_request(k8s::kind::secret, {args_.key.ns, a.name}));
}

void reconcile_state::perform(const reconcile::create_secret&) {
  call(k8s::create_request(k8s::kind::secret,
                           std::make_shared<const nlohmann::json>(reconcile::rpc_secret_manifest(
                               *view_.network(), args_.env->password()))));
}

void reconcile_state::perform(const reconcile::create_child& a) {
  call(k8s::create_request(a.kind, a.manifest));
}

void reconcile_state::perform(const reconcile::take_ownership& a) {
  call(k8s::json_patch_request(a.kind, a.key, a.operations));
}

void reconcile_state::perform(const reconcile::apply_child& a) {
  call(k8s::apply_request(a.kind, a.manifest));
}

void reconcile_state::perform(const reconcile::patch_status& a) {
  auto patch = a.patch;
  // Neither over a newer spec nor onto a namesake that was created since: /status checks the
  // version, and ignores a uid.
  patch["metadata"]["resourceVersion"] = view_.network()->meta.resource_version;
  call(k8s::status_patch_request(k8s::kind::bitcoin_network, args_.key, std::move(patch)));
}

void reconcile_state::call(k8s::request r) {
  record_write(r);
  self_->send(args_.api,
              api_call{++call_id_,
                       std::make_shared<const k8s::request>(std::move(r)),
                       api_call::lane::control,
                       caf::actor_cast<api_client>(self_)});
}

void reconcile_state::look_up(k8s::kind kind) {
  looking_up_ = kind;
  if (phase_ == phase::queued) {
    work_since_ = self_->clock().now();
  }
  phase_ = phase::acting;
  call(k8s::get_request(
      kind,
      {args_.key.ns,
       kind == k8s::kind::service ? reconcile::service_name(args_.key.name)
                                  : reconcile::stateful_set_name(args_.key.name)}));
}

// -- the nodes ------------------------------------------------------------------------

void reconcile_state::on_chain_observed(const chain_observed&) {}

void reconcile_state::on_credentials_refused(const credentials_refused&) {}

// -- answers --------------------------------------------------------------------------

void reconcile_state::on_answer(const api_answer& m) {
  if (m.id != call_id_ || phase_ != phase::acting) {
    return;
  }
  if (looking_up_) {
    on_looked_up(*m.body);
  } else if (*m.body) {
    on_success(m.body->value());
  } else {
    on_failure(m.body->error());
  }
}

void reconcile_state::on_success(const k8s::payload& body) {
  took_effect(plan_.actions[next_], body);
  ++next_;
  looks_ = 0;
  if (view_.network() == nullptr || view_.network()->meta.deleting) {
    plan_.actions.clear();  // nothing more is written for a network that is gone
    next_ = 0;
  }
  act();
}

void reconcile_state::on_looked_up(const answer& body) {
  const auto kind = *std::exchange(looking_up_, std::nullopt);
  k8s::object_ptr object;
  if (body) {
    auto decoded = k8s::decode_object(kind, body.value());
    if (!decoded) {
      hold(decoded.error());
      return;
    }
    object = std::move(decoded).value();
  } else if (k8s::classify(body.error()) != k8s::error_class::not_found) {
    on_failure(body.error());
    return;
  }
  view_.take_looked_up(kind, object);
  finish(reconcile_result::requeue);
  if (object == nullptr) {
    // It was there a moment ago: give its deletion time instead of racing it.
    mark_dirty();
    retry_after(backoff_.next(random_->next()));
    return;
  }
  wake();
}

/// The child that a failed write has shown to be other than it was thought to be.
std::optional<k8s::kind> reconcile_state::worth_a_look(const reconcile::action* failed,
                                                       k8s::error_class why) {
  using enum k8s::error_class;
  if (failed == nullptr) {
    return std::nullopt;
  }
  if (const auto* create = std::get_if<reconcile::create_child>(failed)) {
    return why == already_exists ? std::optional{create->kind} : std::nullopt;
  }
  if (const auto* own = std::get_if<reconcile::take_ownership>(failed)) {
    // Its managedFields moved: see where our entry is now.
    return why != retryable ? std::optional{own->kind} : std::nullopt;
  }
  if (const auto* apply = std::get_if<reconcile::apply_child>(failed)) {
    return why == conflict ? std::optional{apply->kind} : std::nullopt;
  }
  return std::nullopt;
}

void reconcile_state::on_failure(const k8s::api_error& error) {
  const auto* action = next_ < plan_.actions.size() ? &plan_.actions[next_] : nullptr;
  const bool secret_read =
      action != nullptr && std::holds_alternative<reconcile::read_secret>(*action);
  const bool secret_create =
      action != nullptr && std::holds_alternative<reconcile::create_secret>(*action);
  const auto c = k8s::classify(error);
  auto& secret = view_.values().secret;
  if (secret_read && c == k8s::error_class::not_found) {
    secret.is = reconcile::secret_view::state::absent;
  } else if (secret_create && c == k8s::error_class::already_exists) {
    secret.is = reconcile::secret_view::state::unread;
  } else if (const auto kind = worth_a_look(action, c); kind && looks_ < looks_max) {
    ++looks_;
    look_up(*kind);
    return;
  } else if (c == k8s::error_class::terminal) {
    refuse(error);
    return;
  } else {
    hold(error);
    return;
  }
  finish(reconcile_result::requeue);
  wake();
}

/// The API server will not take it: tell the user, and try again slowly, because what forbids it
/// (a rule, a quota) can change without a word to us.
void reconcile_state::refuse(const k8s::api_error& error) {
  last_error_ = error.to_string();
  args_.env->metrics.terminal_error();
  if (const auto times = limiter_.admit("write-refused", error.reason())) {
    log_.warn("write-refused",
              "the API server refused a request",
              {{"error", last_error_}, {"times", times}});
  }
  const bool status_itself =
      next_ < plan_.actions.size()
      && std::holds_alternative<reconcile::patch_status>(plan_.actions[next_]);
  const auto& limits = args_.env->limits;
  retry_after(std::chrono::milliseconds{static_cast<std::int64_t>(
      static_cast<double>(limits.refused_retry.count()) * (0.75 + random_->next() / 2))});
  const auto what = next_ < plan_.actions.size() ? to_string(plan_.actions[next_]) : "look up";
  finish(reconcile_result::error);
  if (status_itself) {
    holding_ = true;  // there is no way left to tell
    mark_dirty();
    return;
  }
  view_.values().refused = reconcile::refusal{
      what, error.reason().empty() ? "Refused" : error.reason(), error.message()};
  wake();
}

/// No answer or a bad moment: nothing is known to be wrong, so only time helps.
void reconcile_state::hold(const k8s::api_error& error) {
  last_error_ = error.to_string();
  if (k8s::classify(error) == k8s::error_class::conflict) {
    log_.debug("conflict", "somebody else was first, observing again", {{"error", last_error_}});
  } else if (const auto times = limiter_.admit("request-failed", error.reason())) {
    log_.warn("request-failed",
              "a request failed and is tried again",
              {{"error", last_error_}, {"times", times}});
  }
  looking_up_.reset();
  auto delay = backoff_.next(random_->next());
  if (const auto asked = error.retry_after()) {
    delay = std::max<std::chrono::milliseconds>(delay, *asked);
  }
  args_.env->metrics.retried();
  finish(reconcile_result::error);
  mark_dirty();
  holding_ = true;
  retry_after(delay);
}

void reconcile_state::retry_after(std::chrono::milliseconds delay) {
  ++timer_;
  timer_pending_ = true;
  retry_at_ = self_->clock().now() + delay;
  self_->delayed_send(self_, delay, retry_due{timer_});
}

// -- effects ----------------------------------------------------------------------------

void reconcile_state::took_effect(const reconcile::action& done, const k8s::payload& body) {
  using namespace reconcile;
  auto& metrics = args_.env->metrics;
  auto& values = view_.values();
  if (const auto* read = std::get_if<read_secret>(&done)) {
    values.secret = check_secret(body, *view_.network(), read->must_be_ours);
    return;
  }
  if (const auto* secret = std::get_if<create_secret>(&done)) {
    metrics.wrote(k8s::kind::secret, telemetry::write_verb::create);
    values.secret.is = secret_view::state::usable;
    tell(secret->done);
    log_done(secret->done, false);
    return;
  }
  const auto settle = [&](k8s::kind kind, std::uint64_t content, auto immutable) {
    auto object = k8s::decode_object(kind, body);
    if (!object) {
      return;  // the watch will tell
    }
    const auto& meta = object.value()->meta;
    settled_write settled{meta.uid, spec_version(meta), content, std::move(immutable)};
    (kind == k8s::kind::service ? values.settled_service : values.settled_stateful_set) =
        std::move(settled);
    adopt(object.value());
  };
  if (const auto* create = std::get_if<create_child>(&done)) {
    metrics.wrote(create->kind, telemetry::write_verb::create);
    settle(create->kind, create->content, std::vector<std::string>{});
    tell(create->done);
    log_done(create->done, false);
  } else if (const auto* apply = std::get_if<apply_child>(&done)) {
    metrics.wrote(apply->kind, telemetry::write_verb::apply);
    if (apply->drift) {
      metrics.drift_corrected(apply->kind);
    }
    settle(apply->kind, apply->content, apply->immutable);
    tell(apply->done);
    log_done(apply->done, apply->drift);
  } else if (const auto* own = std::get_if<take_ownership>(&done)) {
    metrics.wrote(own->kind, telemetry::write_verb::patch);
    if (auto object = k8s::decode_object(own->kind, body)) {
      adopt(object.value());
    }
  } else if (std::holds_alternative<patch_status>(done)) {
    metrics.wrote(k8s::kind::bitcoin_network, telemetry::write_verb::patch);
    if (auto object = k8s::decode_object(k8s::kind::bitcoin_network, body)) {
      adopt(object.value());
    }
  }
}

/// The answer to a write of ours is news like any other, only earlier.
void reconcile_state::adopt(const k8s::object_ptr& object) {
  static_cast<void>(view_.take({object}));
  self_->send(args_.caches->of[static_cast<std::size_t>(object->kind)], object_written{object});
}

void reconcile_state::tell(const reconcile::announcement& event) {
  const auto& network = view_.network();
  if (network == nullptr) {
    return;
  }
  self_->send(
      args_.recorder,
      record_event{{network->meta.key, network->meta.uid, network->meta.resource_version}, event});
}

void reconcile_state::log_done(const reconcile::announcement& event, bool drift) {
  log_.info(drift ? "drift-corrected" : "child-written",
            event.reason == "SuccessfulCreate" ? "created a child" : "updated a child",
            {{"what", event.message}});
}

void reconcile_state::record_write(const k8s::request& r) {
  if (r.method == k8s::method::get) {
    return;
  }
  last_writes_.push_back(r.verb + ' ' + std::string{k8s::info(r.resource).name}
                         + (r.resource == k8s::kind::bitcoin_network ? " status" : "") + " at "
                         + rfc3339(args_.env->wall_clock()));
  if (last_writes_.size() > args_.env->limits.last_writes_max) {
    last_writes_.erase(last_writes_.begin());
  }
}

void reconcile_state::fill(actor_reports& out) const {
  const auto now = self_->clock().now();
  const auto seconds = [](auto d) { return std::chrono::duration<double>(d).count(); };
  telemetry::network_report report;
  report.key = to_string(args_.key);
  report.reconciliations = reconciliations_;
  report.consecutive_failures = backoff_.failures();
  report.last_error = last_error_;
  report.last_writes = {last_writes_.begin(), last_writes_.end()};
  if (timer_pending_) {
    report.next_retry_seconds = seconds(retry_at_ - now);
  }
  if (phase_ == phase::acting) {
    report.acting_seconds = seconds(now - work_since_);
  }
  if (const auto& network = view_.network()) {
    const auto& status = network->status;
    report.phase = status.phase;
    report.nodes = network->spec.nodes;
    report.ready_nodes = status.ready_nodes;
    report.generation = network->meta.generation;
    report.observed_generation = status.observed_generation;
    report.waiting_for = reconcile::why_not_ready(status);
  }
  out.actor.state = phase_ == phase::acting    ? "acting"
                    : phase_ == phase::loading ? "loading"
                    : phase_ == phase::queued  ? "queued"
                    : timer_pending_           ? "waiting"
                                               : "idle";
  out.network = std::move(report);
}

reconcile_actor::behavior_type reconcile_network(reconcile_state::pointer self,
                                                 reconcile_args args) {
  self->state.start(std::move(args));
  return {on(self, &reconcile_state::on_changed),
          on(self, &reconcile_state::on_replayed),
          on(self, &reconcile_state::on_turn),
          on(self, &reconcile_state::on_resync),
          on(self, &reconcile_state::on_retry),
          on(self, &reconcile_state::on_answer),
          on(self, &reconcile_state::on_chain_observed),
          on(self, &reconcile_state::on_credentials_refused),
          on_report_request(self)};
}

}  // namespace btc::actors
