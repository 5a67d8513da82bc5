#include "test/sim/cluster/statuses.hpp"
#include "test/sim/world/controller_request.hpp"
#include "test/sim/world/names.hpp"
#include "test/sim/world/world.hpp"

#include <caf/scheduled_actor.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace btc::sim {

namespace {

constexpr std::chrono::seconds bookmark_interval{60};
constexpr std::size_t batch_max = 64;

/// The resource that a request of this kind reads and writes.
[[nodiscard]] type_id type_of(k8s::kind k) {
  switch (k) {
    case k8s::kind::bitcoin_network:
      return type_id::bitcoin_networks;
    case k8s::kind::stateful_set:
      return type_id::stateful_sets;
    case k8s::kind::service:
      return type_id::services;
    case k8s::kind::pod:
      return type_id::pods;
    case k8s::kind::secret:
      return type_id::secrets;
    case k8s::kind::event:
      return type_id::events;
    case k8s::kind::claim:
    case k8s::kind::storage_class:
      break;
  }
  return type_id::persistent_volume_claims;
}

[[nodiscard]] k8s::response to_client(api_response&& r) {
  return {r.status, r.retry_after, {std::move(r.text), std::move(r.body)}};
}

/// As a server says that has the feature gate WatchList switched off (apimachinery,
/// pkg/apis/meta/internalversion/validation).
[[nodiscard]] api_response without_watch_list() {
  constexpr auto why =
      "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled";
  return failure(
      422,
      "Invalid",
      std::string{"ListOptions.meta.k8s.io \"\" is invalid: sendInitialEvents: Forbidden: "} + why,
      {{"causes",
        {{{"reason", "FieldValueForbidden"},
          {"message", std::string{"Forbidden: "} + why},
          {"field", "sendInitialEvents"}}}}});
}

[[nodiscard]] bool asks_for_block(const bitcoin::rpc_request& r) {
  return r.body.find("generatetodescriptor") != std::string::npos;
}

/// timeoutSeconds of a watch; the server's own idea of it otherwise.
[[nodiscard]] std::chrono::seconds timeout_of(const std::string& target) {
  constexpr std::string_view name = "timeoutSeconds=";
  const auto at = target.find(name);
  constexpr std::chrono::seconds usual{1800};
  return at == std::string::npos
             ? usual
             : std::chrono::seconds{std::strtol(target.c_str() + at + name.size(), nullptr, 10)};
}

}  // namespace

std::size_t world::runnable() const {
  std::size_t n = 0;
  for (const auto& p : processes_) {
    n += p->scheduler().runnable();
  }
  return n;
}

void world::act() {
  auto i = choices_.choose(runnable());
  for (const auto& p : processes_) {
    auto& s = p->scheduler();
    if (i >= s.runnable()) {
      i -= s.runnable();
      continue;
    }
    auto* actor = s.actor_at(i);
    if (actor != nullptr) {
      trace_.mix(actor->id());
      if (!close_.empty()) {
        tell_step(*actor);
      }
      if (trace_.readable()) {
        note(title_of(*actor),
             next_message(*actor)
                 + (processes_.size() > 1 ? " (process " + std::to_string(p->id()) + ')' : ""));
      }
    }
    if (actor != nullptr) {
      causes_.begin_act(p->id(), *actor);
    }
    s.run_at(i);
    return;
  }
}

void world::deliver() {
  std::vector<std::size_t> nodes;
  for (std::size_t i = 0; i < rpc_.calls.size(); ++i) {
    if (rpc_.calls[i].answer) {
      nodes.push_back(i);
    }
  }
  const auto i = choices_.choose(wire_.answers.size() + nodes.size());
  if (i < wire_.answers.size()) {
    auto answer = std::move(wire_.answers[i]);
    wire_.answers.erase(wire_.answers.begin() + static_cast<std::ptrdiff_t>(i));
    if (trace_.readable()) {
      note("wire", "delivers the answer to " + call_site(answer.request));
    }
    causes_.begin(answer.cause);
    for (auto* o : observers_) {
      o->on_answered(answer);
    }
    wire::deliver(answer);
    return;
  }
  const auto at = nodes[i - wire_.answers.size()];
  auto call = std::move(rpc_.calls[at]);
  rpc_.calls.erase(rpc_.calls.begin() + static_cast<std::ptrdiff_t>(at));
  if (trace_.readable()) {
    note("wire", "delivers a node's answer of " + call.request.host);
  }
  call.done(std::move(*call.answer));
}

void world::serve() {
  const auto i = choices_.choose(wire_.calls.size());
  auto call = std::move(wire_.calls[i]);
  wire_.calls.erase(wire_.calls.begin() + static_cast<std::ptrdiff_t>(i));
  causes_.begin(mixed(call.cause, causes_.writes(type_of(call.request.resource))));
  if (absence_) {
    meet_nobody(std::move(call));
    return;
  }
  if (call.watch) {
    open(std::move(call));
    return;
  }
  auto response = cluster_.handle(to_api(call.request), server_);
  answer(std::move(call), std::move(response));
}

void world::answer(waiting_call call, api_response response, bool invented) {
  trace_.mix(static_cast<std::uint64_t>(response.status));
  if (trace_.readable()) {
    const auto reason = response.body != nullptr && response.body->is_object()
                            ? response.body->value("reason", "")
                            : std::string{};
    note("api server",
         call_site(call.request) + ' ' + call.request.target + " → "
             + std::to_string(response.status) + ' ' + reason);
  }
  const bool awaited = call.done != nullptr || call.opened != nullptr;
  const served_request served{call.request, response, call.process, awaited, invented};
  for (auto* o : observers_) {
    o->on_request(served, view());
  }
  if (!awaited) {
    return;  // nobody waits any more
  }
  waiting_answer out;
  out.id = call.id;
  out.process = call.process;
  out.request = std::move(call.request);
  out.deadline = call.deadline;
  out.done = std::move(call.done);
  out.opened = std::move(call.opened);
  out.what = to_client(std::move(response));
  out.cause = causes_.mark();
  wire_.answers.push_back(std::move(out));
}

void world::open(waiting_call call) {
  if (call.opened == nullptr) {
    return;
  }
  if (plan_.lists_only && call.request.target.find("sendInitialEvents=true") != std::string::npos) {
    answer(std::move(call), without_watch_list());
    return;
  }
  auto opened = cluster_.open_watch(to_api(call.request), server_);
  if (opened.stream == nullptr) {
    answer(std::move(call), std::move(opened.head));
    return;
  }
  auto stream = std::make_shared<wire_stream>();
  stream->id = call.id;
  stream->process = call.process;
  stream->kind = call.request.resource;
  stream->server = server_;
  stream->cursor = std::move(opened.stream);
  stream->server_end = now_ + timeout_of(call.request.target);
  stream->client_end = now_ + call.life;
  stream->bookmark_due = now_ + bookmark_interval;
  stream->cause = causes_.mark();
  wire_.streams.push_back(stream);
  answer(std::move(call), {200, nullptr, {}, {}, {}, false});
  wire_.answers.back().stream = std::move(stream);
}

std::size_t world::ready_streams() {
  return static_cast<std::size_t>(std::count_if(
      wire_.streams.begin(), wire_.streams.end(), [](const auto& s) { return s->ready(); }));
}

void world::give() {
  auto i = choices_.choose(ready_streams());
  for (const auto& s : std::vector{wire_.streams}) {
    if (s->ready() && i-- == 0) {
      if (trace_.readable()) {
        note("wire", "gives events of " + std::string{k8s::info(s->kind).plural});
      }
      causes_.begin(mixed(mixed(s->cause, s->events_given), causes_.writes(type_of(s->kind))));
      wire::pump(*s, plan_.single_events && !healed_ ? 1 : batch_max);
      break;
    }
  }
  wire_.sweep();
}

void world::serve_rpc() {
  std::vector<rpc_call*> waiting;
  for (auto& c : rpc_.calls) {
    if (c.waits()) {
      waiting.push_back(&c);
    }
  }
  ask_node(*waiting[choices_.choose(waiting.size())]);
}

/// The node does what it is asked, and its answer is on its way.
void world::ask_node(rpc_call& call) {
  auto answer = built_ins_.post(call.request);
  const int status = answer ? answer->status : 0;
  trace_.mix(static_cast<std::uint64_t>(status));
  if (trace_.readable()) {
    note("node",
         call.request.host + ' ' + rpc_methods(call.request.body) + " → "
             + (answer ? std::to_string(status) : "connection refused"));
  }
  const auto count_alike = [&](const auto& counts) {
    return static_cast<std::size_t>(
        std::count_if(rpc_.calls.begin(), rpc_.calls.end(), [&](const auto& c) {
          return c.process == call.process && c.request.authorization == call.request.authorization
                 && counts(c.request);
        }));
  };
  const auto to_same_node = [&](const auto& r) { return r.host == call.request.host; };
  const auto body = answer ? answer->body : std::string{};
  const served_rpc served{call.request,
                          status,
                          body,
                          call.process,
                          count_alike(to_same_node),
                          count_alike(asks_for_block)};
  if (answer) {
    call.answer = *std::move(answer);
  } else {
    call.answer = k8s::api_error{0, std::string{k8s::reason_unreachable}, "connection refused"};
  }
  for (auto* o : observers_) {
    o->on_rpc(served, view());
  }
}

/// A server that lags sees one more commit of one resource, or learns that it has seen all.
void world::learn() {
  std::vector<std::pair<std::size_t, type_id>> next;
  for (std::size_t s = 0; s < server_count; ++s) {
    for (std::size_t t = 0; !cluster_.server(s).follows() && t < type_count; ++t) {
      if (cluster_.server(s).behind(static_cast<type_id>(t)) > 0) {
        next.emplace_back(s, static_cast<type_id>(t));
      }
    }
  }
  if (next.empty()) {
    for (std::size_t s = 0; s < server_count; ++s) {
      if (!cluster_.server(s).follows()) {
        cluster_.server(s).follow();  // it has caught up; another fault may hold it again
      }
    }
    note("api server", "has caught up");
    return;
  }
  const auto [s, t] = next[choices_.choose(next.size())];
  cluster_.server(s).advance(t);
  if (trace_.readable()) {
    note("api server " + std::to_string(s),
         "learns of a write to " + cluster_.model().type(t).plural);
  }
}

void world::build() {
  std::vector<std::size_t> ready;
  for (std::size_t i = 0; i < built_ins_.count(); ++i) {
    if (built_ins_.runnable(i)) {
      ready.push_back(i);
    }
  }
  const auto i = ready[choices_.choose(ready.size())];
  if (trace_.readable()) {
    note(built_ins_.name(i), "acts");
  }
  built_ins_.step(i, choices_);
}

void world::user() {
  const auto what = users_.act();
  note("user", what);
  ++user_steps_;
  user_due_ = now_ + users_.pause();
  last_event_ = decisions_;
  for (auto* o : observers_) {
    o->on_user_step(view());
  }
}

// -- time -------------------------------------------------------------------------------

std::optional<time_point> world::next_due() {
  std::optional<time_point> first = wire_.next_due();
  const auto consider = [&](std::optional<time_point> t) {
    if (t && (!first || *t < *first)) {
      first = t;
    }
  };
  consider(rpc_.next_due());
  if (absence_) {
    consider(absence_->end);
  }
  if (const auto built = built_ins_.wakes_at()) {
    consider(steady(*built));
  }
  for (const auto& p : processes_) {
    consider(p->scheduler().clock().next_due());
  }
  return first;
}

void world::advance_to(time_point t) {
  now_ = std::max(now_, t);
  for (const auto& p : processes_) {
    p->scheduler().clock().advance_to(now_);
  }
  cluster_.set_time(std::chrono::time_point_cast<std::chrono::seconds>(wall()));
  if (absence_ && now_ >= absence_->end) {
    end_outage();
  }
}

/// Time passes to the earliest thing that is due, and that happens; nothing else.
void world::pass_time() {
  const auto due = next_due();
  if (!due) {
    advance_to(now_ + std::chrono::seconds{1});
    return;
  }
  advance_to(*due);
  wire_.expire();
  wire_.sweep();
  rpc_.expire();
  for (const auto& p : processes_) {
    auto& clock = p->scheduler().clock();
    if (clock.next_due() && *clock.next_due() <= now_) {
      const auto receiver = clock.fire_one(choices_);
      if (trace_.readable() && receiver) {
        auto* actor = dynamic_cast<caf::scheduled_actor*>(receiver->get());
        note("timer", "of " + (actor == nullptr ? std::string{"?"} : title_of(*actor)));
      }
      return;
    }
  }
}

}  // namespace btc::sim
