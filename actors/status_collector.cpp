#include "actors/status_collector.hpp"

#include <caf/sec.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

namespace btc::actors {

using namespace messages;

void collect_status(caf::actor_system& system,
                    std::vector<named_actor> actors,
                    const environment& env,
                    double uptime_seconds,
                    report_handler done) {
  system.spawn(collector, collector_args{&env, std::move(actors), uptime_seconds, std::move(done)});
}

void collector_state::start(collector_args args) {
  args_ = std::move(args);
  const auto& env = *args_.env;
  fail_visibly(self_, env, "status collector");
  status_.version = env.version;
  status_.api_server = env.api_server;
  status_.uptime_seconds = args_.uptime_seconds;
  for (std::size_t i = 0; i < args_.actors.size(); ++i) {
    telemetry::actor_report unanswered;
    unanswered.name = args_.actors[i].title;
    unanswered.restarts = args_.actors[i].restarts;
    unanswered.responding = false;
    status_.actors.push_back(std::move(unanswered));
    ask(i);
  }
  self_->delayed_send(self_, env.limits.report_deadline, collect_timeout{});
}

void collector_state::ask(std::size_t index) {
  ++pending_;
  self_->request(args_.actors[index].actor, args_.env->limits.report_deadline, report_request{})
      .then([this, index](const report& answer) { take(index, *answer); },
            [this](const caf::error&) { one_less(); });
}

void collector_state::ask_child(std::size_t index, const named_actor& child) {
  ++pending_;
  self_->request(child.actor, args_.env->limits.report_deadline, report_request{})
      .then(
          [this, index](const report& answer) {
            silent_children_[index].clear();
            take_child(*answer);
          },
          [this, index](const caf::error& why) {
            if (why != caf::sec::request_timeout) {
              silent_children_[index].clear();  // it has ended since: its network was deleted
            }
            one_less();
          });
}

void collector_state::take(std::size_t index, const actor_reports& answer) {
  auto& line = status_.actors[index];
  const auto restarts = line.restarts;
  line = answer.actor;
  line.name = args_.actors[index].title;
  line.restarts = restarts;
  add_parts(answer);
  for (const auto& child : answer.children) {
    silent_children_.push_back(child.title);
    ask_child(silent_children_.size() - 1, child);
  }
  one_less();
}

void collector_state::take_child(const actor_reports& answer) {
  children_.mailbox_depth += answer.actor.mailbox_depth;
  children_.messages_handled += answer.actor.messages_handled;
  children_.handling_seconds_total += answer.actor.handling_seconds_total;
  children_.handling_seconds_max =
      std::max(children_.handling_seconds_max, answer.actor.handling_seconds_max);
  ++child_states_[answer.actor.state];
  add_parts(answer);
  one_less();
}

void collector_state::add_parts(const actor_reports& answer) {
  if (answer.watch) {
    status_.watches.push_back(*answer.watch);
  }
  if (answer.cache) {
    status_.caches.push_back(*answer.cache);
  }
  if (answer.network) {
    status_.networks.push_back(*answer.network);
  }
  if (answer.peers) {
    status_.peers = *answer.peers;
  }
  if (answer.queue) {
    (answer.actor.name == "recorder" ? status_.events : status_.api) = *answer.queue;
  }
}

void collector_state::one_less() {
  if (--pending_ == 0) {
    finish();
  }
}

void collector_state::on_timeout(const collect_timeout&) {
  finish();
}

void collector_state::finish() {
  list_children();
  // Answers come in any order; a page that is read again and again keeps its own.
  std::ranges::sort(status_.watches, {}, [](const auto& w) { return std::tie(w.kind, w.scope); });
  std::ranges::sort(status_.caches, {}, &telemetry::cache_report::kind);
  std::ranges::sort(status_.networks, {}, &telemetry::network_report::key);
  auto sum = std::make_shared<actor_reports>();
  sum->status = std::move(status_);
  (*args_.done)(std::move(sum));
  self_->quit();
}

/// One line for all children that answered, "reconcile (1000)", and one for each that did not.
void collector_state::list_children() {
  std::size_t answered = 0;
  for (const auto& [state, count] : child_states_) {
    answered += count;
    children_.state += (children_.state.empty() ? "" : ", ") + std::to_string(count) + ' ' + state;
  }
  if (answered > 0) {
    children_.name = "reconcile (" + std::to_string(answered) + ')';
    status_.actors.push_back(std::move(children_));
  }
  for (auto& title : silent_children_) {
    if (!title.empty()) {
      status_.actors.push_back({.name = std::move(title), .responding = false});
    }
  }
}

status_collector::behavior_type collector(collector_state::pointer self, collector_args args) {
  self->state.start(std::move(args));
  return {on(self, &collector_state::on_timeout)};
}

}  // namespace btc::actors
