#include "test/sim/cluster/statuses.hpp"
#include "test/sim/world/names.hpp"
#include "test/sim/world/world.hpp"

#include <caf/scheduled_actor.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace btc::sim {

namespace {

using nlohmann::json;

[[nodiscard]] api_response text_answer(int code, std::string text) {
  api_response r;
  r.status = code;
  r.text = std::move(text);
  return r;
}

[[nodiscard]] api_response refused_with(refusal_kind kind) {
  using enum refusal_kind;
  switch (kind) {
    case conflict:
      return failure(409, "Conflict", "the object has been modified");
    case already_exists:
      return failure(409, "AlreadyExists", "it already exists");
    case not_found:
      return failure(404, "NotFound", "it is not found");
    case expired:
      return sim::expired("too old resource version");
    case invalid:
      return failure(
          422,
          "Invalid",
          "it is invalid",
          {{"causes",
            {{{"reason", "FieldValueInvalid"}, {"message", "Invalid value"}, {"field", "spec"}}}}});
    case forbidden:
      return failure(403, "Forbidden", "it is forbidden");
    case unauthorized:
      return answer_in(trouble::unauthorized);
    case too_many:
      return answer_in(trouble::overloaded_silently);
    case too_many_wait:
      return answer_in(trouble::overloaded);
    case internal:
    case internal_done:
      return answer_in(trouble::internal_error);
    case unavailable:
      return answer_in(trouble::unavailable);
    case starting:
      return answer_in(trouble::starting);
    case timeout:
      return answer_in(trouble::gateway_timeout);
    case version_too_large:
      return sim::version_too_large(9, 8);
    case page_missing:
      return page_not_found();
    case not_json:
      return text_answer(200, "<html><body>Welcome to the proxy</body></html>");
    case truncated:
    case count_:
      break;
  }
  return text_answer(200, R"({"kind":"Status","apiVersion":"v1","metad)");
}

[[nodiscard]] api_request of_controller(const k8s::request& r) {
  api_request out;
  out.method = r.method;
  out.target = r.target;
  out.content_type = r.content_type;
  out.body = r.body;
  out.who = controller_account();
  out.agent = k8s::field_manager;
  return out;
}

template <class T>
T take_at(std::vector<T>& from, std::size_t i) {
  T out = std::move(from[i]);
  from.erase(from.begin() + static_cast<std::ptrdiff_t>(i));
  return out;
}

}  // namespace

std::array<std::uint32_t, fault_count> world::possible_faults() {
  auto w = plan_.weights;
  const auto only_if = [&](fault f, bool possible) {
    if (!possible) {
      w[static_cast<std::size_t>(f)] = 0;
    }
  };
  const bool calls = !wire_.calls.empty();
  for (const auto f : {fault::lose_request, fault::lose_answer, fault::stall, fault::refuse}) {
    only_if(f, calls);
  }
  for (const auto f :
       {fault::cut_watch, fault::silence_watch, fault::expire_watch, fault::garble_watch}) {
    only_if(f, !wire_.streams.empty());
  }
  only_if(fault::overlap, processes_.size() == 1);
  only_if(fault::lose_rpc, !rpc_.calls.empty());
  only_if(fault::break_pod, !cluster_.objects().log(type_id::pods).objects().empty());
  return w;
}

/// A target of an enumeration, or one by choice.
std::size_t world::pick(std::size_t n, std::optional<std::uint32_t> target) {
  return target ? std::min<std::size_t>(*target, n - 1) : choices_.choose(n);
}

void world::inject(fault f, std::optional<std::uint32_t> target) {
  std::string what;
  const auto in = phases();  // before: a crash ends them
  switch (f) {
    case fault::none:
    case fault::count_:
      return;
    case fault::crash:
      what = crash();
      break;
    case fault::overlap:
      what = overlap();
      break;
    case fault::kill_actor:
      what = kill_actor(target);
      break;
    case fault::lose_request:
      what = lose_request(target);
      break;
    case fault::lose_answer:
      what = lose_answer(target);
      break;
    case fault::stall:
      what = stall(target);
      break;
    case fault::refuse:
      what = refuse(target);
      break;
    case fault::fail_over:
      what = fail_over();
      break;
    case fault::lag:
      what = lag();
      break;
    case fault::go_back:
      what = go_back(target);
      break;
    case fault::cut_watch:
    case fault::silence_watch:
    case fault::expire_watch:
    case fault::garble_watch:
      what = harm_watch(f, target);
      break;
    case fault::compact:
      what = compact();
      break;
    case fault::break_pod:
      what = built_ins_.break_pod(choices_);
      break;
    case fault::pause_builtins:
      what = pause_builtins();
      break;
    case fault::jump:
      what = jump();
      break;
    case fault::meddle:
      what = users_.meddle(choices_);
      break;
    case fault::lose_rpc:
      what = lose_rpc(target);
      break;
  }
  if (what.empty()) {
    return;  // there was nothing to break
  }
  ++faults_;
  last_event_ = decisions_;
  note("FAULT", std::string{info(f).name} + ": " + what);
  tell_fault(f, in);
  for (auto* o : observers_) {
    o->on_fault(info(f).name);
  }
}

// -- processes and actors -----------------------------------------------------------------

std::string world::crash() {
  processes_.erase(processes_.begin());
  if (processes_.empty()) {
    start_process();
  }
  return "process " + std::to_string(last_process_) + " goes on";
}

std::string world::overlap() {
  if (processes_.size() > 1) {
    return {};
  }
  start_process();
  return "process " + std::to_string(last_process_) + " starts beside the old one";
}

std::string world::kill_actor(std::optional<std::uint32_t> target) {
  auto& scheduler = processes_.back()->scheduler();
  const auto& living = scheduler.living();
  if (living.size() < 2) {
    return {};
  }
  // The first is the supervisor: its end is the end of the process.
  const auto actor = living[1 + pick(living.size() - 1, target)];
  auto* scheduled = dynamic_cast<caf::scheduled_actor*>(actor->get());
  auto what = scheduled == nullptr ? std::string{"an actor"} : title_of(*scheduled);
  scheduler.kill(actor);
  return what;
}

// -- requests -----------------------------------------------------------------------------

std::string world::lose_request(std::optional<std::uint32_t> target) {
  if (wire_.calls.empty()) {
    return {};
  }
  const auto call = take_at(wire_.calls, pick(wire_.calls.size(), target));
  wire::break_off(call, unreachable());
  return call_site(call.request);
}

std::string world::lose_answer(std::optional<std::uint32_t> target) {
  if (wire_.calls.empty()) {
    return {};
  }
  auto call = take_at(wire_.calls, pick(wire_.calls.size(), target));
  wire::break_off(call, connection_lost());
  call.done = nullptr;
  call.opened = nullptr;
  auto site = call_site(call.request);
  if (!call.watch) {
    auto response = cluster_.handle(of_controller(call.request), server_);
    answer(std::move(call), std::move(response));
  }
  return site;
}

/// The client waits until its own deadline; the server may get the request after that.
std::string world::stall(std::optional<std::uint32_t> target) {
  if (wire_.calls.empty()) {
    return {};
  }
  auto& call = wire_.calls[pick(wire_.calls.size(), target)];
  auto site = call_site(call.request);
  wire::break_off(call, timed_out());
  call.done = nullptr;
  call.opened = nullptr;
  return site;
}

std::string world::refuse(std::optional<std::uint32_t> target) {
  if (wire_.calls.empty()) {
    return {};
  }
  std::uint32_t wanted = target.value_or(0);
  auto call =
      take_at(wire_.calls,
              pick(wire_.calls.size(),
                   target ? std::optional{wanted / static_cast<std::uint32_t>(refusal_count)}
                          : std::nullopt));
  const auto kind =
      static_cast<refusal_kind>(target ? wanted % refusal_count : choices_.choose(refusal_count));
  if (kind == refusal_kind::internal_done && !call.watch) {
    static_cast<void>(cluster_.handle(of_controller(call.request), server_));
  }
  auto what = call_site(call.request) + " by " + std::string{to_string(kind)};
  for (auto* o : observers_) {
    o->on_fault(what);
  }
  answer(std::move(call), refused_with(kind), true);
  return what;
}

// -- servers ------------------------------------------------------------------------------

void world::break_connections() {
  for (const auto& s : wire_.streams) {
    if (!s->closed && !s->ended) {
      s->ended = true;
      s->silent = false;
      s->extra.clear();
      s->error = connection_lost();
    }
  }
}

std::string world::fail_over() {
  server_ = (server_ + 1) % server_count;
  break_connections();
  return "to server " + std::to_string(server_);
}

std::string world::lag() {
  const auto s = choices_.choose(server_count);
  cluster_.server(s).hold();
  return "server " + std::to_string(s) + " stops following the store";
}

std::string world::go_back(std::optional<std::uint32_t> target) {
  const auto& store = cluster_.objects();
  const auto oldest = std::max(store.compacted(), cluster_.model().initial_version());
  const auto span = store.version() - oldest + 1;
  const auto back = pick(static_cast<std::size_t>(span), target);
  server_ = (server_ + 1) % server_count;
  cluster_.server(server_).place(store.version() - back);
  break_connections();
  return "to server " + std::to_string(server_) + ", which shows version "
         + std::to_string(store.version() - back) + " of " + std::to_string(store.version());
}

std::string world::compact() {
  cluster_.compact(cluster_.objects().version());
  return "up to version " + std::to_string(cluster_.objects().version());
}

// -- watches ------------------------------------------------------------------------------

std::string world::harm_watch(fault f, std::optional<std::uint32_t> target) {
  if (wire_.streams.empty()) {
    return {};
  }
  auto& s = *wire_.streams[pick(wire_.streams.size(), target)];
  auto what = "of " + std::string{k8s::info(s.kind).plural};
  if (f == fault::cut_watch) {
    const auto how = choices_.choose(3);
    s.ended = true;
    s.silent = false;
    if (how == 1) {
      s.error = connection_lost();
    }
    s.truncated = how == 2;
    what += how == 0 ? ", cleanly" : how == 1 ? ", by a reset" : ", inside a line";
  } else if (f == fault::silence_watch) {
    s.silent = true;
  } else if (f == fault::expire_watch) {
    const auto status = expired("too old resource version: 1 (2)");
    s.extra.push_back(
        {{}, std::make_shared<const json>(json{{"type", "ERROR"}, {"object", *status.body}})});
  } else if (choices_.choose(2) == 0) {
    s.extra.push_back({"{\"type\":\"MODIFIED\",\"object\":{", nullptr});
  } else {
    ++s.oversized;
  }
  return what;
}

// -- the rest -----------------------------------------------------------------------------

std::string world::pause_builtins() {
  const auto i = choices_.choose(built_ins_.count());
  built_ins_.pause(i);
  return std::string{built_ins_.name(i)};
}

std::string world::jump() {
  constexpr std::array<std::chrono::seconds, 4> distances{std::chrono::seconds{31},
                                                          std::chrono::seconds{61},
                                                          std::chrono::seconds{600},
                                                          std::chrono::seconds{7200}};
  const auto by = distances[choices_.choose(distances.size())];
  advance_to(now_ + by);
  return "by " + std::to_string(by.count()) + " s";
}

/// A call to a node, served or not, gets another answer than the node's, or none.
std::string world::lose_rpc(std::optional<std::uint32_t> target) {
  if (rpc_.calls.empty()) {
    return {};
  }
  auto& call = rpc_.calls[pick(rpc_.calls.size(), target)];
  using answer = bitcoin::rpc_response;
  enum way { refused, cut, busy, unknown, lost, late, garbled, way_count };
  const auto how = static_cast<way>(choices_.choose(way_count));
  if ((how == lost || how == late) && call.waits()) {
    ask_node(call);  // it takes effect
  }
  switch (how) {
    case refused:
      call.answer = unreachable();
      break;
    case cut:
    case lost:
      call.answer = connection_lost();
      break;
    case busy:
      call.answer = answer{503, "Work queue depth exceeded"};
      break;
    case unknown:
      call.answer = answer{401, {}};
      break;
    case late:
      call.answer.reset();
      call.silent = true;
      break;
    default:
      call.answer = answer{200, R"([{"result":{"blocks":)"};
  }
  constexpr std::array<std::string_view, way_count> words{
      "refused", "cut", "busy", "401", "done, its answer lost", "done, never answered", "garbled"};
  return call.request.host + ' ' + rpc_methods(call.request.body) + ": "
         + std::string{words.at(how)};
}

}  // namespace btc::sim
