#include "test/sim/cluster/statuses.hpp"
#include "test/sim/world/controller_request.hpp"
#include "test/sim/world/names.hpp"
#include "test/sim/world/world.hpp"

#include <array>
#include <utility>

/// Faults of one call, to the API server or to a node: not sent, not answered, or not with the
/// truth.
namespace btc::sim {

namespace {

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

template <class T>
T take_at(std::vector<T>& from, std::size_t i) {
  T out = std::move(from[i]);
  from.erase(from.begin() + static_cast<std::ptrdiff_t>(i));
  return out;
}

}  // namespace

// -- requests to the API server ---------------------------------------------------------

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
    auto response = cluster_.handle(to_api(call.request), server_);
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
    static_cast<void>(cluster_.handle(to_api(call.request), server_));
  }
  auto what = call_site(call.request) + " by " + std::string{to_string(kind)};
  for (auto* o : observers_) {
    o->on_fault(what);
  }
  answer(std::move(call), refused_with(kind), true);
  return what;
}

// -- calls to nodes -----------------------------------------------------------------------

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
