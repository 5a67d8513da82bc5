#include "actors/reconcile_actor.hpp"

#include <algorithm>
#include <utility>

namespace btc::actors {

using namespace messages;
using std::chrono_literals::operator""ms;
using telemetry::reconcile_result;

namespace {

template <class Action>
[[nodiscard]] bool has(const reconcile::plan& p) {
  return std::ranges::any_of(
      p.actions, [](const auto& action) { return std::holds_alternative<Action>(action); });
}

}  // namespace

void reconcile_state::start(reconcile_args args) {
  args_ = std::move(args);
  log_ = args_.env->log.with("network", to_string(args_.key));
  random_ = std::make_unique<random_numbers>(args_.env->seed());
  view_ = network_view{args_.key};
  backoff_ = reconcile::backoff{args_.env->limits.backoff};
  dirty_since_ = self_->clock().now();
  args_.env->metrics.queue_added();
  expect_secrets();
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
    if (m.change.object->kind == k8s::kind::bitcoin_network && outdated_) {
      holding_ = outdated_ = false;  // what it was behind of has come
    }
    tell_peer();
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
    listen();
    tell_peer();
    want_turn();
  }
}

void reconcile_state::on_turn(const turn_granted&) {
  if (phase_ != phase::queued) {
    if (phase_ != phase::acting) {
      // Asked for by a predecessor of this actor: kept, it would be lost to every other network.
      self_->send(args_.dispatch, turn_over{args_.key});
    }
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
  // What waits for something that no watch tells of looks now.
  if (phase_ == phase::loading) {
    return;
  }
  listen();
  if (phase_ != phase::idle || holding_) {
    return;
  }
  if (timer_pending_ && !view_.is_ending()) {
    on_retry({timer_});
  } else if (view_.doubt_configuration()) {
    wake();
  }
}

void reconcile_state::on_retry(const retry_due& m) {
  if (m.generation != timer_) {
    return;
  }
  timer_pending_ = false;
  holding_ = outdated_ = false;
  looks_ = 0;
  view_.values().refused.reset();
  view_.forget_troubles();
  if (phase_ == phase::idle && !view_.looked_up().empty()) {
    looking_up_ = *view_.looked_up().begin();
    mark_dirty();
    want_turn();
    return;
  }
  wake();
}

/// Something is to be looked at; whatever is under way ends first. While nothing may be done, it is
/// not due either: on_retry() looks at all.
void reconcile_state::wake() {
  if (holding_) {
    return;
  }
  mark_dirty();
  if (phase_ == phase::idle) {
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

/// Only a timer makes it due again, and that one looks at all that came meanwhile.
void reconcile_state::not_due() {
  if (std::exchange(dirty_, false)) {
    args_.env->metrics.queue_abandoned();
  }
}

// -- deciding and acting --------------------------------------------------------------

/// From here to complete(), also where something throws: what ends an actor that is acting ends
/// this work too.
void reconcile_state::begin_work() {
  const auto now = self_->clock().now();
  phase_ = phase::acting;
  work_since_ = asked_at_ = now;
  args_.env->metrics.work_started(now - dirty_since_, now);
  dirty_ = false;
}

void reconcile_state::decide_now() {
  begin_work();
  ++reconciliations_;
  plan_ = reconcile::decide(view_.prepare(rfc3339(args_.env->wall_clock())));
  next_ = 0;
  if (postponed()) {
    return;
  }
  if (!plan_.empty() && log_.enabled(telemetry::log_level::debug)) {
    log_.debug("plan", "decided", {{"actions", to_string(plan_)}, {"because", plan_.because}});
  }
  act();
}

/// True when the plan has to wait, because this network was written to too often.
bool reconcile_state::postponed() {
  return children_postponed() || status_postponed();
}

bool reconcile_state::children_postponed() {
  const auto now = self_->clock().now();
  const auto creation = has<reconcile::create_child>(plan_) ? creations_.wait(now) : 0ms;
  const auto correction = has<reconcile::apply_child>(plan_) ? corrections_.wait(now) : 0ms;
  const bool created = creation > 0ms;
  if (!created && correction == 0ms) {
    return false;
  }
  if (const auto times = limiter_.admit(created ? "creations" : "corrections", "")) {
    log_.warn(created ? "children-vanish" : "corrections-undone",
              created ? "children that were created keep vanishing, the next waits"
                      : "what was put back is undone again and again, the next waits",
              {{"times", times}});
  }
  if (!created) {
    view_.forget_secrets();  // another controller may know credentials that are newer
  }
  holding_ = true;
  postpone(std::max(creation, correction));
  return true;
}

bool reconcile_state::status_postponed() {
  const auto wait = statuses_.wait(self_->clock().now());
  if (wait == 0ms || !has<reconcile::patch_status>(plan_)) {
    return false;
  }
  if (const auto times = limiter_.admit("status-changes", "")) {
    // So it does when many pods become ready one by one.
    log_.info("status-changes",
              "the status changes again and again, its next patch waits",
              {{"times", times}});
  }
  postpone(wait);  // and whatever else there is to do does not
  return true;
}

void reconcile_state::postpone(std::chrono::milliseconds wait) {
  finish(reconcile_result::requeue_after);
  retry_after(wait);
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
    troubles_ = {};
    last_error_.clear();
    timer_pending_ = false;
    ++timer_;
    if (!view_.looked_up().empty()) {
      retry_slowly();  // no watch would tell if that child went
    }
  }
  view_.rest(plan_.children_in_place);
}

void reconcile_state::complete(reconcile_result result) {
  const auto now = self_->clock().now();
  plan_.actions.clear();
  next_ = 0;
  version_made_.clear();
  args_.env->metrics.work_ended(work_since_, now);
  args_.env->metrics.reconciled(result, now - work_since_);
}

/// The turn is over, whatever came of it.
void reconcile_state::finish(reconcile_result result) {
  complete(result);
  tell_of_created();
  phase_ = phase::idle;
  self_->send(args_.dispatch, turn_over{args_.key});
}

/// For what can change without a word to us.
void reconcile_state::retry_slowly(int times) {
  constexpr double spread = 0.25;
  retry_after(random_->around(times * args_.env->limits.refused_retry, spread));
}

void reconcile_state::retry_after(std::chrono::milliseconds delay) {
  args_.env->metrics.retried();
  ++timer_;
  timer_pending_ = true;
  retry_at_ = self_->clock().now() + delay;
  self_->delayed_send(self_, delay, retry_due{timer_});
}

reconcile_actor::behavior_type reconcile_network(reconcile_state::pointer self,
                                                 reconcile_args args) {
  self->state.start(std::move(args));
  return {on(self, &reconcile_state::on_changed),
          on(self, &reconcile_state::on_replayed),
          on(self, &reconcile_state::on_turn),
          on(self, &reconcile_state::on_resync),
          on(self, &reconcile_state::on_retry),
          on(self, &reconcile_state::on_secrets_due),
          on(self, &reconcile_state::on_answer),
          on(self, &reconcile_state::on_chain_observed),
          on(self, &reconcile_state::on_credentials_refused),
          on_report_request(self)};
}

}  // namespace btc::actors
