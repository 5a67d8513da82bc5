#include "test/sim/oracles/runtime.hpp"

namespace btc::sim {

namespace {

/// Supervisor, api, recorder, dispatch, peer, four caches, four watches.
constexpr std::size_t fixed_actors = 13;
/// Stale timers cannot be cancelled in CAF 0.17; they fire and are dropped.
constexpr std::size_t timers_more_max = 16;

}  // namespace

void runtime_oracle::on_process_ended(process_id p, int code) {
  violated("process " + std::to_string(p) + " ended by itself with " + std::to_string(code));
}

void runtime_oracle::on_actor_failed(std::string_view what) {
  violated("an actor ended by an exception: " + std::string{what});
}

void runtime_oracle::on_rest(const world_view& v) {
  timers_at_rest_ = v.timers;
  check(v, "at rest");
}

void runtime_oracle::on_end(const world_view& v) {
  check(v, "at the end");
  if (v.timers > timers_at_rest_ + timers_more_max) {
    violated("timers grow at rest: " + std::to_string(timers_at_rest_) + " → "
             + std::to_string(v.timers));
  }
}

void runtime_oracle::check(const world_view& v, std::string_view when) {
  const auto networks = v.cluster.objects().log(type_id::bitcoin_networks).objects().size();
  if (v.actors > fixed_actors + networks) {
    violated(std::to_string(v.actors) + " actors " + std::string{when} + " for "
             + std::to_string(networks) + " networks");
  }
}

}  // namespace btc::sim
