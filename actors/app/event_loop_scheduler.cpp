#include "actors/app/event_loop_scheduler.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <caf/resumable.hpp>

namespace btc::app {

event_loop_scheduler::event_loop_scheduler(caf::actor_system& system, boost::asio::io_context& loop)
    : super(system), loop_(loop), clock_(loop), unit_(system, *this) {}

void event_loop_scheduler::install(caf::actor_system_config& config,
                                   boost::asio::io_context& loop) {
  config.module_factories.emplace_back([&loop](caf::actor_system& system) {
    // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): CAF owns its modules by plain pointers
    return new event_loop_scheduler(system, loop);
  });
}

void event_loop_scheduler::enqueue(caf::resumable* job) {
  if (loop_.get_executor().running_in_this_thread() || loop_.stopped()) {
    push(job);
  } else {
    boost::asio::post(loop_, [this, job] { push(job); });
  }
}

void event_loop_scheduler::push(caf::resumable* job) {
  jobs_.push_back(job);
  if (!posted_) {
    posted_ = true;
    post_turns();
  }
}

void event_loop_scheduler::post_turns() {
  boost::asio::post(loop_, [this] { take_turns(); });
}

void event_loop_scheduler::take_turns() {
  for (int turn = 0; turn < turns_per_look && !jobs_.empty(); ++turn) {
    auto* job = jobs_.front();
    jobs_.pop_front();
    run(job);
  }
  posted_ = !jobs_.empty();
  if (posted_) {
    post_turns();
  }
}

void event_loop_scheduler::run(caf::resumable* job) {
  switch (job->resume(&unit_, messages_per_turn)) {
    case caf::resumable::resume_later:
      push(job);
      break;
    case caf::resumable::done:
    case caf::resumable::awaiting_message:
      caf::intrusive_ptr_release(job);
      break;
    case caf::resumable::shutdown_execution_unit:
      break;
  }
}

void event_loop_scheduler::stop() {
  clock_.cancel_all();
  while (!jobs_.empty()) {
    auto* job = jobs_.front();
    jobs_.pop_front();
    cleanup_and_release(job);
  }
}

}  // namespace btc::app
