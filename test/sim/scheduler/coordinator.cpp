#include "test/sim/scheduler/coordinator.hpp"

#include <caf/scheduled_actor.hpp>

#include <algorithm>

namespace btc::sim {

class coordinator::unit final : public caf::execution_unit {
 public:
  unit(caf::actor_system& system, coordinator& parent)
      : caf::execution_unit(&system), parent_(parent) {}

  void exec_later(caf::resumable* job) override { parent_.push(job); }

 private:
  coordinator& parent_;
};

coordinator::coordinator(caf::actor_system& system)
    : super(system), unit_(std::make_unique<unit>(system, *this)) {}

coordinator::~coordinator() = default;

caf::actor_system::module* coordinator::make(caf::actor_system& system, caf::detail::type_list<>) {
  return new coordinator(system);  // NOLINT: CAF takes ownership of a plain pointer
}

coordinator& coordinator::of(caf::actor_system& system) {
  return static_cast<coordinator&>(system.scheduler());
}

caf::scheduled_actor* coordinator::actor_at(std::size_t i) const noexcept {
  return dynamic_cast<caf::scheduled_actor*>(jobs[i]);
}

void coordinator::run_at(std::size_t i) {
  auto* job = jobs[i];
  jobs.erase(jobs.begin() + static_cast<std::ptrdiff_t>(i));
  ++steps_;
  switch (job->resume(unit_.get(), 1)) {
    case caf::resumable::resume_later:
      jobs.push_back(job);
      break;
    case caf::resumable::done:
    case caf::resumable::awaiting_message:
      caf::intrusive_ptr_release(job);
      break;
    case caf::resumable::shutdown_execution_unit:
      break;
  }
}

const std::vector<caf::strong_actor_ptr>& coordinator::living() {
  std::erase_if(actors_, [](const auto& a) {
    return a->get()->getf(caf::abstract_actor::is_terminated_flag);
  });
  return actors_;
}

void coordinator::kill(const caf::strong_actor_ptr& actor) {
  if (!actor->get()->getf(caf::abstract_actor::is_terminated_flag)) {
    actor->get()->enqueue(
        nullptr,
        caf::make_message_id(caf::message_priority::high),
        caf::make_message(caf::exit_msg{caf::actor_addr{}, caf::exit_reason::kill}),
        nullptr);
  }
}

void coordinator::kill_all() {
  clock_.cancel_all();
  while (!living().empty() || !jobs.empty()) {
    // An actor's end may start others (a supervisor's reaction): they end in the next round.
    for (const auto& actor : std::vector{actors_}) {
      kill(actor);
    }
    while (!jobs.empty()) {
      run_at(0);
    }
    clock_.cancel_all();
  }
}

void coordinator::stop() {
  clock_.cancel_all();
  actors_.clear();
  while (!jobs.empty()) {
    auto* job = jobs.front();
    jobs.pop_front();
    caf::intrusive_ptr_release(job);
  }
}

void coordinator::enqueue(caf::resumable* job) {
  push(job);
}

void coordinator::push(caf::resumable* job) {
  jobs.push_back(job);
  note_birth(job);
}

void coordinator::note_birth(caf::resumable* job) {
  auto* actor = dynamic_cast<caf::scheduled_actor*>(job);
  if (actor != nullptr && actor->id() > newest_) {
    newest_ = actor->id();
    actors_.emplace_back(actor->ctrl(), true);
  }
}

simulation_config::simulation_config() {
  load<coordinator>();
  set("logger.verbosity", caf::atom("quiet"));
  set("logger.inline-output", true);
  set("scheduler.max-threads", std::size_t{1});
}

}  // namespace btc::sim
