#include "test/sim/world/process.hpp"

#include "actors/supervisor_actor.hpp"

#include <caf/send.hpp>

namespace btc::sim {

controller_process::controller_process(process_id id,
                                       const machine& on,
                                       const plan& p,
                                       time_point now)
    : id_(id),
      api_(on.api),
      rpc_(on.rpc),
      transport_(on.api.connect(id)),
      rpc_transport_(on.rpc.connect(id)),
      seeds_(p.seed * 1'000 + id),
      environment_{*transport_, *rpc_transport_, on.metrics, on.log},
      system_(on.config),
      scheduler_(&coordinator::of(system_)) {
  system_.await_actors_before_shutdown(false);
  scheduler_->clock().advance_to(now);
  environment_.limits.inflight_requests_max = p.inflight_requests_max;
  environment_.limits.turns_max = p.turns_max;
  environment_.limits.watch.page_size = p.page_size;
  environment_.peers_by_ip = p.by_ip;
  environment_.wall_clock = on.wall_clock;
  environment_.password = on.password;
  environment_.seed = [this] { return seeds_.next(); };
  environment_.version = "simulated";
  environment_.api_server = "simulated:6443";
  supervisor_ = system_.spawn(
      actors::supervisor,
      actors::supervisor_args{&environment_, [this](int code) { exit_code_ = code; }});
}

controller_process::~controller_process() {
  api_.forget(id_);
  rpc_.forget(id_);
  supervisor_ = messages::supervisor_actor{};
  scheduler_->kill_all();
}

void controller_process::terminate() {
  caf::anon_send(supervisor_, messages::drain{});
}

}  // namespace btc::sim
