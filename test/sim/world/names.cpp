#include "test/sim/world/names.hpp"

#include "actors/api_actor.hpp"
#include "actors/cache_actor.hpp"
#include "actors/dispatch_actor.hpp"
#include "actors/peer_actor.hpp"
#include "actors/reconcile_actor.hpp"
#include "actors/recorder_actor.hpp"
#include "actors/supervisor_actor.hpp"
#include "actors/watch_actor.hpp"

#include <caf/mailbox_element.hpp>
#include <caf/scheduled_actor.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <cxxabi.h>
#include <memory>
#include <string_view>
#include <typeinfo>

namespace btc::sim {

namespace {

/// Calls `use` with the state of the actor when it is of this kind.
template <class Handle, class State, class Use>
bool as(caf::scheduled_actor& actor, const Use& use) {
  using base = typename Handle::base;
  auto* found = dynamic_cast<caf::stateful_actor<State, base>*>(&actor);
  if (found == nullptr || !actor.getf(caf::abstract_actor::is_initialized_flag)) {
    return false;
  }
  use(found->state);
  return true;
}

template <class Use>
bool with_state(caf::scheduled_actor& actor, const Use& use) {
  using namespace messages;
  using namespace actors;
  return as<watch_actor, watch_state>(actor, use) || as<cache_actor, cache_state>(actor, use)
         || as<dispatch_actor, dispatch_state>(actor, use)
         || as<reconcile_actor, reconcile_state>(actor, use) || as<api_actor, api_state>(actor, use)
         || as<recorder_actor, recorder_state>(actor, use) || as<peer_actor, peer_state>(actor, use)
         || as<supervisor_actor, supervisor_state>(actor, use);
}

[[nodiscard]] std::string demangle(const char* name) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text{
      abi::__cxa_demangle(name, nullptr, nullptr, &status), &std::free};
  return status == 0 ? std::string{text.get()} : std::string{name};
}

[[nodiscard]] std::string last_part(std::string text) {
  const auto at = text.rfind("::");
  return at == std::string::npos ? text : text.substr(at + 2);
}

}  // namespace

std::string title_of(caf::scheduled_actor& actor) {
  std::string title;
  if (!with_state(actor, [&](const auto& state) { title = state.title(); })) {
    title = kind_of(actor);
  }
  return title;
}

std::string state_of(caf::scheduled_actor& actor) {
  messages::actor_reports report;
  with_state(actor, [&](const auto& state) { state.fill(report); });
  return report.actor.state;
}

std::string kind_of(caf::scheduled_actor& actor) {
  const std::string_view name = actor.name();
  return std::string{name.substr(name.rfind('.') + 1)};
}

std::string next_message(caf::scheduled_actor& actor) {
  if (!actor.getf(caf::abstract_actor::is_initialized_flag)) {
    return "start";
  }
  const auto* element = actor.mailbox().peek();
  if (element == nullptr) {
    return "nothing";
  }
  const auto& content = element->content();
  if (content.empty()) {
    return "empty";
  }
  const auto* type = content.type(0).second;
  return type == nullptr ? "builtin" : last_part(demangle(type->name()));
}

std::string rpc_methods(std::string_view body) {
  const auto parsed = nlohmann::json::parse(body, nullptr, false);
  const auto calls = parsed.is_array() ? parsed : nlohmann::json::array({parsed});
  std::string out;
  for (const auto& call : calls) {
    out += (out.empty() ? "" : ", ") + (call.is_object() ? call.value("method", "?") : "?");
    if (call.is_object() && call.contains("params") && call.at("params").is_array()) {
      for (const auto& param : call.at("params")) {
        out += ' ' + (param.is_string() ? param.get<std::string>() : param.dump());
      }
    }
  }
  return out;
}

}  // namespace btc::sim
