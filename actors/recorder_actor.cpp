#include "actors/recorder_actor.hpp"

#include <algorithm>
#include <utility>

namespace btc::actors {

using namespace messages;
using telemetry::event_result;
using telemetry::write_verb;

void recorder_state::start(recorder_args args) {
  args_ = std::move(args);
  random_ = std::make_unique<random_numbers>(args_.env->seed());
  fail_visibly(self_, *args_.env, title());
}

void recorder_state::on_record(const record_event& m) {
  const auto now = args_.env->wall_clock();
  const auto verdict = correlator_.correlate(
      m.subject.key, m.subject.uid, m.event, ids_.next(now), self_->clock().now());
  if (verdict.what == reconcile::event_verdict::action::drop) {
    drop(event_result::dropped, m.subject.key, "too many about this object", "many");
    return;
  }
  if (queue_.size() >= args_.env->limits.queued_events_max) {
    drop(event_result::dropped, m.subject.key, "too many are waiting", "queue");
    return;
  }
  queue_.emplace_back(m, verdict, now);
  send_some();
}

void recorder_state::send_some() {
  // Of one Event only one request at a time, so that its count never goes back.
  const auto may_go = [this](const outgoing_event& event) {
    return std::none_of(inflight_.begin(), inflight_.end(), [&](const auto& sent) {
      return sent.second.id() == event.id();
    });
  };
  while (!paused_ && inflight_.size() < args_.env->limits.inflight_events_max) {
    const auto next = std::find_if(queue_.begin(), queue_.end(), may_go);
    if (next == queue_.end()) {
      return;
    }
    auto event = std::move(*next);
    queue_.erase(next);
    send(std::move(event));
  }
}

void recorder_state::send(outgoing_event event) {
  const auto id = ++call_id_;
  self_->send(args_.api,
              api_call{id,
                       std::make_shared<const k8s::request>(event.request()),
                       api_call::lane::background,
                       caf::actor_cast<api_client>(self_)});
  inflight_.emplace(id, std::move(event));
}

void recorder_state::on_answer(const api_answer& m) {
  auto node = inflight_.extract(m.id);
  if (node.empty()) {
    return;
  }
  auto& event = node.mapped();
  if (*m.body) {
    const bool made = event.creates();
    args_.env->metrics.event_recorded(made ? event_result::sent : event_result::aggregated);
    args_.env->metrics.wrote(k8s::kind::event, made ? write_verb::create : write_verb::patch);
  } else {
    on_failure(std::move(event), m.body->error());
  }
  send_some();
}

void recorder_state::on_failure(outgoing_event event, const k8s::api_error& error) {
  switch (k8s::classify(error)) {
    case k8s::error_class::already_exists:
      // An earlier try of unknown outcome had come through.
      args_.env->metrics.event_recorded(event_result::sent);
      return;
    case k8s::error_class::not_found:
      if (!event.creates()) {
        event.create_instead();
        queue_.push_front(std::move(event));
        return;
      }
      break;  // its namespace is gone
    case k8s::error_class::retryable:
    case k8s::error_class::conflict:
      if (event.count_try() < tries_max) {
        queue_.push_front(std::move(event));
        pause_sending(error);
        return;
      }
      break;
    case k8s::error_class::gone:
    case k8s::error_class::terminal:
      if (k8s::is_namespace_terminating(error)) {
        args_.env->metrics.event_recorded(event_result::failed);
        return;  // where nothing can be told, nothing is lost
      }
      break;
  }
  drop(event_result::failed, event.subject(), error.to_string(), error.reason());
}

void recorder_state::pause_sending(const k8s::api_error& error) {
  if (std::exchange(paused_, true)) {
    return;
  }
  const auto own = random_->around(pause, pause_spread);
  self_->delayed_send(self_, error.wait_at_least(own), recorder_timer{++timer_});
}

void recorder_state::on_timer(const recorder_timer& m) {
  if (m.generation == timer_) {
    paused_ = false;
    send_some();
  }
}

void recorder_state::drop(event_result as,
                          const k8s::object_key& subject,
                          std::string_view why,
                          std::string_view kind) {
  ++dropped_;
  args_.env->metrics.event_recorded(as);
  if (const auto times = limiter_.admit("event-lost", kind)) {
    args_.env->log.warn("event-lost",
                        "a Kubernetes Event was not recorded",
                        {{"network", to_string(subject)}, {"error", why}, {"times", times}});
  }
}

void recorder_state::fill(actor_reports& out) const {
  out.actor.state = paused_ ? "waiting to try again" : inflight_.empty() ? "idle" : "sending";
  out.queue = telemetry::queue_report{queue_.size(), inflight_.size(), dropped_};
}

recorder_actor::behavior_type recorder(recorder_state::pointer self, recorder_args args) {
  self->state.start(std::move(args));
  return {on(self, &recorder_state::on_record),
          on(self, &recorder_state::on_answer),
          on(self, &recorder_state::on_timer),
          on_report_request(self)};
}

}  // namespace btc::actors
