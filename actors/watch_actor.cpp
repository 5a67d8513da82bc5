#include "actors/watch_actor.hpp"

#include <caf/send.hpp>

#include <utility>

namespace btc::actors {

using namespace messages;

void watch_state::start(watch_args args) {
  args_ = std::move(args);
  random_ = std::make_unique<random_numbers>(args_.env->seed());
  machine_ = std::make_unique<k8s::watch_machine>(args_.env->limits.watch,
                                                  [this] { return random_->next(); });
  last_contact_ = last_outcome_ = self_->clock().now();
  fail_visibly(self_, *args_.env, title());
}

std::string watch_state::title() const {
  std::string text{"watch "};
  text += k8s::info(args_.kind).plural;
  return args_.scope.ns.empty() ? text : text + " in " + args_.scope.ns;
}

// -- what happened ------------------------------------------------------------------

void watch_state::on_begin(const begin_watch&) {
  step(k8s::watch_started{});
}

void watch_state::on_list(const list_answered& m) {
  if (m.id != request_id_) {
    return;
  }
  note_outcome(m.page->has_value());
  if (!*m.page) {
    step(k8s::request_failed{m.page->error()});
    return;
  }
  auto list = k8s::decode_list(args_.kind, m.page->value());
  if (!list) {
    note_undecodable(list.error());
    step(k8s::request_failed{list.error()});
    return;
  }
  if (list->undecodable > 0) {
    note_undecodable({0, std::string{k8s::reason_malformed}, "items of a list"});
  }
  std::move(list->items.begin(), list->items.end(), std::back_inserter(collected_));
  step(k8s::page_arrived{std::move(list->resource_version), std::move(list->continue_token)});
}

void watch_state::on_head(const watch_answered& m) {
  if (m.id != request_id_) {
    return;
  }
  const bool opened = m.head->has_value() && m.stream != nullptr;
  note_outcome(opened);
  if (opened) {
    stream_ = m.stream;
    stream_id_ = m.id;
    step(k8s::watch_opened{});
    read_more();
    return;
  }
  const auto body = k8s::expect_success(*m.head);
  step(k8s::request_failed{body ? k8s::api_error{0,
                                                 std::string{k8s::reason_malformed},
                                                 "the answer to a watch is no stream"}
                                : body.error()});
}

void watch_state::on_read(const stream_read& m) {
  if (m.id != stream_id_ || stream_ == nullptr) {
    return;
  }
  note_outcome(!m.batch->lines.empty());
  for (const auto& line : m.batch->lines) {
    on_line(line);
    if (stream_ == nullptr) {
      break;  // the line ended this stream: an ERROR event
    }
  }
  if (m.batch->oversized_lines > 0) {
    note_undecodable({0, std::string{k8s::reason_too_large}, "a watch line over the line limit"});
  }
  if (m.batch->truncated) {
    note_undecodable({0, std::string{k8s::reason_malformed}, "the stream ended inside a line"});
  }
  flush();
  if (stream_ == nullptr) {
    return;
  }
  if (m.batch->ended) {
    stream_.reset();
    step(k8s::stream_ended{m.batch->error.value_or(k8s::api_error{})});
    return;
  }
  read_more();
}

void watch_state::on_timer(const watch_timer& m) {
  step(k8s::timer_fired{m.generation});
}

void watch_state::on_line(const k8s::payload& line) {
  using telemetry::watch_event;
  auto event = k8s::decode_watch_event(args_.kind, line);
  if (!event) {
    note_undecodable(event.error());
    return;
  }
  auto& metrics = args_.env->metrics;
  switch (event->type) {
    case k8s::event_type::bookmark:
      metrics.watch_event_received(args_.kind, watch_event::bookmark);
      step(k8s::bookmark_arrived{event->resource_version, event->initial_events_end});
      return;
    case k8s::event_type::error:
      metrics.watch_event_received(args_.kind, watch_event::error);
      step(k8s::error_event_arrived{event->error});
      return;
    case k8s::event_type::added:
      metrics.watch_event_received(args_.kind, watch_event::added);
      break;
    case k8s::event_type::modified:
      metrics.watch_event_received(args_.kind, watch_event::modified);
      break;
    case k8s::event_type::deleted:
      metrics.watch_event_received(args_.kind, watch_event::deleted);
      break;
  }
  current_ = {std::move(event->object), event->type == k8s::event_type::deleted};
  step(k8s::event_arrived{event->resource_version});
}

// -- what the protocol commands -----------------------------------------------------

void watch_state::step(const k8s::watch_input& input) {
  const auto restarts = machine_->restarts();
  for (const auto& command : machine_->step(input, self_->clock().now())) {
    std::visit([this](const auto& c) { perform(c); }, command);
  }
  if (machine_->restarts() != restarts) {
    count_restart(input);
  }
}

void watch_state::perform(const k8s::send_list& c) {
  auto request =
      k8s::list_request(args_.kind, args_.scope, {c.limit, c.resource_version, c.continue_token});
  args_.env->transport.send(
      std::move(request),
      args_.env->limits.list_deadline,
      [me = caf::actor_cast<watch_actor>(self_), id = ++request_id_](auto answer) {
        caf::anon_send(me,
                       list_answered{id,
                                     std::make_shared<const k8s::result<k8s::payload>>(
                                         k8s::expect_success(std::move(answer)))});
      });
}

void watch_state::perform(const k8s::open_watch& c) {
  stream_.reset();
  auto request = k8s::watch_request(
      args_.kind, args_.scope, {c.resource_version, c.timeout, c.send_initial_events});
  args_.env->transport.open_watch(
      std::move(request),
      args_.env->limits.request_deadline,
      c.timeout + args_.env->limits.watch.client_grace,
      [me = caf::actor_cast<watch_actor>(self_), id = ++request_id_](auto head, auto stream) {
        caf::anon_send(
            me,
            watch_answered{id,
                           std::make_shared<const k8s::result<k8s::response>>(std::move(head)),
                           std::shared_ptr<k8s::watch_stream>{std::move(stream)}});
      });
}

void watch_state::perform(const k8s::close_stream&) {
  flush();
  stream_.reset();
  ++request_id_;  // an opening that is under way is forgotten too
}

void watch_state::perform(const k8s::start_timer& c) {
  self_->delayed_send(self_, c.delay, watch_timer{c.generation});
}

void watch_state::perform(const k8s::discard_collected&) {
  collected_.clear();
}

void watch_state::perform(const k8s::deliver_replace& c) {
  flush();
  const auto& log = args_.env->log;
  log.debug("watch-synced",
            "complete state received",
            {{"watch", title()}, {"objects", collected_.size()}});
  self_->send(args_.cache,
              objects_replaced{std::make_shared<const std::vector<k8s::object_ptr>>(
                                   std::exchange(collected_, {})),
                               args_.scope.ns,
                               c.resource_version,
                               c.consistent});
}

void watch_state::perform(const k8s::deliver_event& c) {
  if (!c.initial) {
    pending_.push_back(std::move(current_));
  } else if (!current_.deleted) {
    collected_.push_back(std::move(current_.object));
  } else {
    // Real events may mix with the initial ones before their end bookmark.
    std::erase_if(collected_, [this](const k8s::object_ptr& o) {
      return o->meta.key == current_.object->meta.key;
    });
  }
  current_ = {};
}

// -- helpers --------------------------------------------------------------------------

void watch_state::flush() {
  if (pending_.empty()) {
    return;
  }
  self_->send(args_.cache,
              objects_changed{
                  std::make_shared<const std::vector<object_change>>(std::exchange(pending_, {})),
                  args_.scope.ns,
                  machine_->resource_version()});
}

void watch_state::read_more() {
  if (stream_ == nullptr) {
    return;
  }
  stream_->read([me = caf::actor_cast<watch_actor>(self_), id = stream_id_](auto batch) {
    caf::anon_send(me,
                   stream_read{id, std::make_shared<const k8s::stream_batch>(std::move(batch))});
  });
}

void watch_state::note_outcome(bool contact) {
  last_outcome_ = self_->clock().now();
  if (contact) {
    last_contact_ = last_outcome_;
  }
}

void watch_state::note_undecodable(const k8s::api_error& why) {
  args_.env->metrics.decode_failed(args_.kind);
  if (undecodable_++ == 0) {
    args_.env->log.warn("watch-undecodable",
                        "something that cannot be read was skipped; more are only counted",
                        {{"watch", title()}, {"error", why.to_string()}});
  }
}

void watch_state::count_restart(const k8s::watch_input& input) {
  using telemetry::watch_restart;
  const auto& error = machine_->last_error();
  auto cause = watch_restart::ended;
  if (error.code() != 0) {
    cause =
        k8s::classify(error) == k8s::error_class::gone ? watch_restart::gone : watch_restart::error;
  } else if (error.reason() == k8s::reason_timeout) {
    cause = watch_restart::silent;
  } else if (!error.reason().empty()) {
    cause = watch_restart::connection;
  }
  args_.env->metrics.watch_restarted(args_.kind, cause);
  const bool clean = std::holds_alternative<k8s::stream_ended>(input) && error.reason().empty();
  args_.env->log.log(
      clean ? telemetry::log_level::debug : telemetry::log_level::warn,
      "watch-restart",
      "the watch starts again",
      {{"watch", title()}, {"state", k8s::to_string(machine_->phase())}, {"error", error_text()}});
}

std::string watch_state::error_text() const {
  constexpr int not_found = 404;
  const auto& error = machine_->last_error();
  if (error.reason().empty() && error.code() == 0) {
    return {};
  }
  const bool no_crd = error.code() == not_found && args_.kind == k8s::kind::bitcoin_network;
  return error.to_string() + (no_crd ? " (is the CRD installed?)" : "");
}

void watch_state::fill(actor_reports& out) const {
  out.actor.state = std::string{k8s::to_string(machine_->phase())};
  telemetry::watch_report report;
  report.kind = std::string{k8s::info(args_.kind).name};
  report.scope = args_.scope.ns;
  report.state = out.actor.state;
  report.resource_version = machine_->resource_version();
  const auto age = [now = self_->clock().now()](std::chrono::steady_clock::time_point then) {
    return std::chrono::duration<double>(now - then).count();
  };
  report.last_contact_age_seconds = age(last_contact_);
  report.last_outcome_age_seconds = age(last_outcome_);
  report.restarts = machine_->restarts();
  report.last_error = error_text();
  out.watch = std::move(report);
}

watch_actor::behavior_type watch(watch_state::pointer self, watch_args args) {
  self->state.start(std::move(args));
  return {on(self, &watch_state::on_begin),
          on(self, &watch_state::on_list),
          on(self, &watch_state::on_head),
          on(self, &watch_state::on_read),
          on(self, &watch_state::on_timer),
          on_report_request(self)};
}

}  // namespace btc::actors
