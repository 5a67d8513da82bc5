#include "test/node/pod_machine.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

namespace btc::node {

namespace {

constexpr std::array<probe_kind, probe_kinds> all_probes{
    probe_kind::startup, probe_kind::readiness, probe_kind::liveness};

}  // namespace

pod_machine::pod_machine(pod_spec spec, int restarts, instant now)
    : spec_(std::move(spec)), at_(now.steady) {
  state_.accepted = now.wall;
  state_.restarts = restarts;
}

std::vector<pod_command> pod_machine::step(const pod_input& input, instant now) {
  commands out;
  if (stage_ != stage::finished) {
    std::visit([&](const auto& i) { handle(i, now, out); }, input);
  }
  if (stage_ == stage::running) {
    judge(now, out);
  }
  return out;
}

std::optional<time_point> pod_machine::deadline() const noexcept {
  if (stage_ == stage::waiting || (stage_ == stage::stopping && !killed_)) {
    return at_;
  }
  std::optional<time_point> earliest;
  for (const auto which : all_probes) {
    if (!active(which)) {
      continue;
    }
    const auto due = probes_[static_cast<std::size_t>(which)]->due();
    if (due && (!earliest || *due < *earliest)) {
      earliest = due;
    }
  }
  return earliest;
}

void pod_machine::wait(std::string reason, std::string message, time_point until) {
  stage_ = stage::waiting;
  at_ = until;
  state_.container = waiting_state{std::move(reason), std::move(message)};
}

// -- coming up --------------------------------------------------------------------------------

void pod_machine::handle(const prepared& i, instant now, commands& out) {
  if (stage_ != stage::preparing) {
    return;
  }
  state_.ip = i.ip;
  if (deleting_ || gone_) {
    finish(out);
  } else {
    pull_or_start(now, out);
  }
}

void pod_machine::pull_or_start(instant now, commands& out) {
  if (!image_exists(spec_.image)) {
    // As a kubelet alternates: first why, then that it waits.
    wait(std::exchange(pull_failed_, true) ? "ImagePullBackOff" : "ErrImagePull",
         "image \"" + spec_.image + "\" is not there: this node has bitcoin/bitcoin only",
         now.steady + retry_after);
    return;
  }
  stage_ = stage::running;
  started_ = now;
  if (++run_ > 1) {
    ++state_.restarts;
  }
  state_.phase = pod_phase::running;
  state_.container = running_state{now.wall};
  state_.started = !spec_.startup;
  const std::array<const std::optional<probe_spec>*, probe_kinds> specs{
      &spec_.startup, &spec_.readiness, &spec_.liveness};
  for (const auto which : all_probes) {
    const auto index = static_cast<std::size_t>(which);
    probes_[index].reset();
    if (specs[index]->has_value()) {
      probes_[index].emplace(**specs[index], now.steady);
    }
  }
  out.emplace_back(start_container{run_});
}

void pod_machine::handle(const preparation_failed& i, instant now, commands& out) {
  if (stage_ != stage::preparing) {
    return;
  }
  if (deleting_ || gone_) {
    finish(out);
  } else {
    wait(i.reason, i.message, now.steady + retry_after);
  }
}

void pod_machine::handle(const start_failed& i, instant now, commands& out) {
  if (stage_ != stage::running && stage_ != stage::stopping) {
    return;
  }
  state_.started = state_.ready = false;
  if (deleting_ || gone_) {
    finish(out);
  } else {
    wait("RunContainerError", i.message, now.steady + retry_after);
  }
}

void pod_machine::handle(const time_passed& /*i*/, instant now, commands& out) {
  if (stage_ == stage::waiting && now.steady >= at_) {
    stage_ = stage::preparing;
    out.emplace_back(prepare{});
  } else if (stage_ == stage::stopping && !killed_ && now.steady >= at_) {
    killed_ = true;
    out.emplace_back(send_signal{SIGKILL});
  }
}

// -- probes -------------------------------------------------------------------------------------

verdict pod_machine::result(probe_kind which) const noexcept {
  const auto& probe = probes_[static_cast<std::size_t>(which)];
  return probe ? probe->result() : verdict::success;
}

/// The startup probe runs until it succeeds, the others from then on.
bool pod_machine::active(probe_kind which) const noexcept {
  return stage_ == stage::running && probes_[static_cast<std::size_t>(which)].has_value()
         && (which == probe_kind::startup) != state_.started;
}

void pod_machine::handle(const probed& i, instant now, commands& /*out*/) {
  if (stage_ == stage::running && i.run == run_ && active(i.which)) {
    probes_[static_cast<std::size_t>(i.which)]->ended(i.success, now.steady);
  }
}

void pod_machine::judge(instant now, commands& out) {
  if (!state_.started) {
    state_.started = result(probe_kind::startup) == verdict::success;
  }
  state_.ready = state_.started && result(probe_kind::readiness) == verdict::success;
  if (result(probe_kind::startup) == verdict::failure
      || result(probe_kind::liveness) == verdict::failure) {
    stop(spec_.grace, now, out);
  } else {
    launch_due_probes(now.steady, out);
  }
}

void pod_machine::launch_due_probes(time_point now, commands& out) {
  for (const auto which : all_probes) {
    auto& probe = probes_[static_cast<std::size_t>(which)];
    if (active(which) && probe->due().value_or(time_point::max()) <= now) {
      probe->launched();
      out.emplace_back(run_probe{which, run_});
    }
  }
}

// -- going down ---------------------------------------------------------------------------------

void pod_machine::stop(std::chrono::seconds grace, instant now, commands& out) {
  stage_ = stage::stopping;
  killed_ = grace <= std::chrono::seconds::zero();
  at_ = now.steady + grace;
  out.emplace_back(send_signal{killed_ ? SIGKILL : SIGTERM});
}

void pod_machine::handle(const deletion& i, instant now, commands& out) {
  const auto kill_by = now.steady + i.grace;
  kill_by_ = std::exchange(deleting_, true) ? std::min(kill_by_, kill_by) : kill_by;
  if (stage_ == stage::running) {
    stop(i.grace, now, out);
  } else if (stage_ == stage::stopping) {
    at_ = std::min(at_, kill_by_);
    handle(time_passed{}, now, out);
  } else if (stage_ == stage::waiting || stage_ == stage::ended) {
    finish(out);
  }
}

void pod_machine::handle(const object_gone& /*i*/, instant now, commands& out) {
  gone_ = true;
  handle(deletion{}, now, out);
}

void pod_machine::handle(const exited& i, instant now, commands& out) {
  if (stage_ != stage::running && stage_ != stage::stopping) {
    return;
  }
  const terminated_state how{i.exit_code, i.signal, started_.wall, now.wall, state_.restarts};
  state_.container = how;
  state_.started = state_.ready = false;
  const int code = i.signal == 0 ? i.exit_code : 128 + i.signal;
  if (deleting_ || gone_) {
    state_.phase = code == 0 ? pod_phase::succeeded : pod_phase::failed;
    finish(out);
    return;
  }
  after_exit(code, now, out);
}

void pod_machine::after_exit(int exit_code, instant now, commands& /*out*/) {
  if (!restarts(spec_.restart, exit_code)) {
    stage_ = stage::ended;
    state_.phase = exit_code == 0 ? pod_phase::succeeded : pod_phase::failed;
    return;
  }
  const auto delay = backoff_.next(started_.steady, now.steady);
  state_.last = std::get<terminated_state>(state_.container);
  wait("CrashLoopBackOff",
       "back-off " + std::to_string(delay.count()) + " ms restarting failed container",
       now.steady + delay);
}

void pod_machine::finish(commands& out) {
  stage_ = stage::finished;
  out.emplace_back(remove_pod{});
}

}  // namespace btc::node
