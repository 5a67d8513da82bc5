#include "test/sim/world/world.hpp"

#include <array>
#include <utility>

/// The fault that takes the API server away altogether, from everybody: the controller's requests
/// meet nobody, its streams are cut, and users and built-in controllers can do nothing either. The
/// nodes go on, and what is asked of them.
namespace btc::sim {

namespace {

/// A restart, a reboot, a longer one, and one in which every back-off has come to its limit.
constexpr std::array<std::chrono::seconds, 4> lengths{std::chrono::seconds{5},
                                                      std::chrono::seconds{30},
                                                      std::chrono::seconds{90},
                                                      std::chrono::seconds{300}};

}  // namespace

/// By target: both ways of being away for each length.
std::string world::outage(std::optional<std::uint32_t> target) {
  if (absence_) {
    return {};
  }
  const auto which = pick(2 * lengths.size(), target);
  const auto how = which % 2 == 0 ? absence::refusing : absence::silent;
  const auto length = lengths.at(which / 2);
  absence_ = {how, now_ + length};
  built_ins_.cut_off(true);
  if (how == absence::refusing) {
    for (const auto& call : std::exchange(wire_.calls, {})) {
      wire::break_off(call, connection_lost());
    }
  }
  drop_answers();
  break_connections();
  for (auto* o : observers_) {
    o->on_away(how, view());
  }
  return std::string{how == absence::refusing ? "refusing" : "silent"} + " for "
         + std::to_string(length.count()) + " s";
}

/// What the server did was done; nobody is told.
void world::drop_answers() {
  for (auto& answer : std::exchange(wire_.answers, {})) {
    if (answer.stream != nullptr) {
      answer.stream->closed = true;
      answer.stream.reset();
    }
    answer.what = connection_lost();
    wire::deliver(answer);
  }
  wire_.sweep();
}

void world::meet_nobody(waiting_call call) {
  if (call.done == nullptr && call.opened == nullptr) {
    return;  // given up by its sender before it met nobody
  }
  if (trace_.readable()) {
    note("api server", "is away: " + call_site(call.request) + ' ' + call.request.target);
  }
  for (auto* o : observers_) {
    o->on_unmet(call, view());
  }
  if (absence_->how == absence::refusing) {
    wire::break_off(call, unreachable());
  } else {
    wire_.unanswered.push_back(std::move(call));
  }
}

void world::end_outage() {
  absence_.reset();
  built_ins_.cut_off(false);
  last_event_ = decisions_;
  note("api server", "is back");
  for (auto* o : observers_) {
    o->on_back(view());
  }
}

}  // namespace btc::sim
