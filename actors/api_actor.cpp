#include "actors/api_actor.hpp"

#include <utility>

namespace btc::actors {

using namespace messages;

void api_state::start(api_args args) {
  args_ = std::move(args);
  fail_visibly(self_, *args_.env, title());
}

void api_state::on_call(const api_call& m) {
  if (draining_ || join(m)) {
    return;  // while draining nobody is left to wait for an answer
  }
  const auto id = ++last_slot_;
  const bool background = m.priority == api_call::lane::background;
  slots_[id] = {m.request, background, {{m.sender, m.id}}};
  if (m.request->method == k8s::method::get) {
    reads_[m.request->target] = id;
  }
  (background ? background_ : control_).push_back(id);
  send_some();
}

bool api_state::join(const api_call& m) {
  if (m.request->method != k8s::method::get) {
    return false;
  }
  const auto found = reads_.find(m.request->target);
  if (found == reads_.end()) {
    return false;
  }
  slots_[found->second].waiters.push_back({m.sender, m.id});
  return true;
}

void api_state::send_some() {
  const auto& limits = args_.env->limits;
  while (!control_.empty() && inflight_ < limits.inflight_requests_max) {
    const auto id = control_.front();
    control_.pop_front();
    send(id);
  }
  // While networks wait for the API server, Events get one request at a time: enough not to starve,
  // and too little to take the server's time from the writes that matter.
  const auto events_max =
      inflight_ > inflight_background_ ? std::size_t{1} : limits.inflight_events_max;
  while (control_.empty() && !background_.empty() && inflight_ < limits.inflight_requests_max
         && inflight_background_ < events_max) {
    const auto id = background_.front();
    background_.pop_front();
    ++inflight_background_;
    send(id);
  }
}

bool api_state::is_away() const {
  return unreachable_ != nullptr && inflight_ == 0 && self_->clock().now() < try_again_at_;
}

void api_state::send(std::uint64_t id) {
  if (is_away()) {
    const auto node = slots_.extract(id);
    inflight_background_ -= node.mapped().background ? 1 : 0;
    finish(node.mapped(), unreachable_);
    return;
  }
  ++inflight_;
  args_.env->transport.send(*slots_[id].request,
                            args_.env->limits.request_deadline,
                            [me = caf::actor_cast<api_actor>(self_), id](auto answer) {
                              caf::anon_send(
                                  me,
                                  request_ended{id,
                                                std::make_shared<const k8s::result<k8s::payload>>(
                                                    k8s::expect_success(std::move(answer)))});
                            });
}

void api_state::on_ended(const request_ended& m) {
  const auto node = slots_.extract(m.slot);
  if (node.empty()) {
    return;
  }
  const auto& ended = node.mapped();
  --inflight_;
  inflight_background_ -= ended.background ? 1 : 0;
  learn_from(m.body);
  finish(ended, m.body);
  if (!draining_) {
    send_some();
  } else if (inflight_ == 0) {
    self_->send(args_.supervisor, drained{});
  }
}

void api_state::learn_from(const outcome& of) {
  if (*of || !of->error().is_unreachable()) {
    unreachable_.reset();
    pauses_.reset();
    return;
  }
  const auto now = self_->clock().now();
  if (unreachable_ == nullptr || now >= try_again_at_) {  // else it was sent before, with that one
    unreachable_ = of;
    try_again_at_ = now + pauses_.next(of->error());
  }
}

void api_state::finish(const slot& ended, const outcome& with) {
  if (ended.request->method == k8s::method::get) {
    reads_.erase(ended.request->target);
  }
  for (const auto& waiter : ended.waiters) {
    self_->send(waiter.sender, api_answer{waiter.id, with});
  }
}

void api_state::on_drain(const drain&) {
  draining_ = true;
  control_.clear();
  background_.clear();
  if (inflight_ == 0) {
    self_->send(args_.supervisor, drained{});
  }
}

void api_state::fill(actor_reports& out) const {
  out.actor.state = draining_ ? "draining" : inflight_ > 0 ? "sending" : "idle";
  out.queue = telemetry::queue_report{control_.size() + background_.size(), inflight_, 0};
}

api_actor::behavior_type api(api_state::pointer self, api_args args) {
  self->state.start(std::move(args));
  return {on(self, &api_state::on_call),
          on(self, &api_state::on_ended),
          on(self, &api_state::on_drain),
          on_report_request(self)};
}

}  // namespace btc::actors
