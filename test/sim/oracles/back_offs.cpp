#include "test/sim/oracles/back_offs.hpp"

#include "actors/environment.hpp"
#include "actors/recorder_actor.hpp"
#include "test/sim/oracles/reading.hpp"
#include "test/sim/world/fault.hpp"

#include <algorithm>
#include <array>

namespace btc::sim {

namespace {

using std::chrono::milliseconds;

/// A Secret is read again after six minutes at the latest, then all pods are replaced one by one;
/// a request that was never answered takes its deadline and a back-off before that.
constexpr std::chrono::seconds wished_again_max{600};

enum class role : std::uint8_t { watch, recorder, network };

/// Whose request it is, and how many share the name.
struct asker {
  role is{};
  std::string title{};
  std::uint64_t many{1};
};

/// "net" for net-svc, net-sts, net-rpc, net-conf and data-net-sts-0; other names as they are.
[[nodiscard]] std::string network_of(std::string name) {
  constexpr std::string_view claim = "data-";
  constexpr std::string_view pod = "-sts-";
  if (const auto end = name.rfind(pod); name.starts_with(claim) && end != std::string::npos) {
    return name.substr(claim.size(), end - claim.size());
  }
  for (const std::string_view suffix : {"-svc", "-sts", "-rpc", "-conf"}) {
    if (name.ends_with(suffix)) {
      name.resize(name.size() - suffix.size());
      break;
    }
  }
  return name;
}

/// In the body of what is created, else the last part of the path.
[[nodiscard]] std::string name_in(const k8s::request& r) {
  if (r.method == k8s::method::post) {
    return text(*r.body, "/metadata/name");
  }
  constexpr std::string_view status = "/status";
  auto path = r.target.substr(0, r.target.find('?'));
  if (path.ends_with(status)) {
    path.resize(path.size() - status.size());
  }
  return path.substr(path.rfind('/') + 1);
}

[[nodiscard]] bool is_of_watch(const k8s::request& r) {
  return r.verb == "watch" || r.verb == "list";
}

[[nodiscard]] std::string watch_title(k8s::kind kind) {
  return "watch of " + std::string{k8s::info(kind).plural};
}

[[nodiscard]] asker asker_of(const k8s::request& r, const world_view& v) {
  if (is_of_watch(r)) {
    return {role::watch, watch_title(r.resource)};
  }
  if (r.resource == k8s::kind::event) {
    return {role::recorder, "recorder"};
  }
  const auto name = name_in(r);
  asker out{role::network, "network " + network_of(name)};
  if (r.resource == k8s::kind::secret || r.resource == k8s::kind::storage_class) {
    // Several networks may read the same one.
    const auto& all = v.cluster.objects().log(type_id::bitcoin_networks).objects();
    out.many = std::max<std::uint64_t>(1, all.size());
  }
  return out;
}

/// How many attempts fit into `passed` when each takes `takes` and is followed by a pause, first
/// `first` and then twice as long each time up to `most`.
[[nodiscard]] std::uint64_t attempts(milliseconds first,
                                     milliseconds most,
                                     milliseconds takes,
                                     std::chrono::nanoseconds passed) {
  std::uint64_t n = 1;
  for (auto [at, pause] = std::pair{takes + first, first}; at <= passed; at += pause + takes) {
    ++n;
    pause = std::min(2 * pause, most);
  }
  return n;
}

/// How often one of this role may ask for a server that has been away for so long.
[[nodiscard]] std::uint64_t allowed(role who, absence how, std::chrono::nanoseconds passed) {
  const actors::actor_limits limits;
  const bool refusing = how == absence::refusing;
  const auto takes = refusing ? milliseconds{0} : limits.request_deadline;
  switch (who) {
    case role::watch: {
      // More: what was on its way when the server went, the end of the stream, which counts as an
      // answer, and the step from a stream of initial events to pages, which waits for nothing.
      constexpr std::uint64_t more = 3;
      const auto& steps = limits.watch.backoff.steps;
      const milliseconds shortest = limits.watch.initial_events_deadline;
      return more
             + attempts(steps.first,
                        refusing ? steps.most_unreachable : steps.most,
                        refusing ? milliseconds{0} : std::min(takes, shortest),
                        passed);
    }
    case role::recorder: {
      // A pause is jittered by a quarter; as many as may be in flight go after each.
      const auto pause = actors::recorder_state::pause * 3 / 4;
      return limits.inflight_events_max * (1 + attempts(pause, pause, takes, passed));
    }
    case role::network:
      break;
  }
  // Full jitter has no shortest pause but a mean of half a step: half as many more, and some.
  constexpr std::uint64_t more = 12;
  const auto& steps = limits.backoff;
  const auto most = refusing ? steps.most_unreachable : steps.first;
  return more + attempts(steps.first / 2, most / 2, takes, passed) * 3 / 2;
}

}  // namespace

void back_offs_oracle::on_away(absence how, const world_view& v) {
  absent_ = {how, v.now, v.faults, 1};
  returned_.reset();
  asked_.clear();
}

void back_offs_oracle::on_unmet(const waiting_call& call, const world_view& v) {
  if (!absent_) {
    return;
  }
  const auto who = asker_of(call.request, v);
  const auto passed = v.now - absent_->since;
  const auto most = allowed(who.is, absent_->how, passed) * who.many * absent_->lives;
  const auto times = ++asked_[{call.process, who.title}];
  if (times > most) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(passed).count();
    violated(who.title + " asked for an API server that is away " + std::to_string(times)
             + " times in " + std::to_string(seconds) + " s, at most " + std::to_string(most)
             + " are in its back-off");
  }
}

void back_offs_oracle::on_back(const world_view& v) {
  if (absent_ && v.prompt) {
    const bool nothing_else = v.faults == absent_->faults + 1;
    returned_ = {v.now, v.faults, nothing_else && absent_->how == absence::refusing};
  }
  absent_.reset();
  heard_.clear();
  last_change_ = v.now;
}

void back_offs_oracle::on_commit(const commit_notice& n, const world_view& v) {
  if (v.away) {
    violated(n.what.key + " was written while no API server was there");
  }
}

void back_offs_oracle::on_request(const served_request& r, const world_view& v) {
  if (is_of_watch(r.request) && r.process == newest_) {
    heard_.insert(watch_title(r.request.resource));
  }
  check_return(v);
}

void back_offs_oracle::on_rpc(const served_rpc&, const world_view& v) {
  check_return(v);
}

void back_offs_oracle::on_user_step(const world_view& v) {
  last_change_ = v.now;
}

void back_offs_oracle::on_process_started(process_id p) {
  newest_ = p;
}

void back_offs_oracle::on_fault(std::string_view what) {
  if (absent_ && what == info(fault::kill_actor).name) {
    ++absent_->lives;
  }
}

/// The longest that a watch may take to ask again. One that was refused a connection while the
/// server was away tries each five seconds; any other may be waiting for an answer, and for a
/// back-off after that.
milliseconds back_offs_oracle::time_to_return(const std::string& watch) const {
  const actors::actor_limits limits;
  const auto& steps = limits.watch.backoff.steps;
  const bool was_refused = returned_->after_refusals && asked_.contains({newest_, watch});
  return was_refused ? steps.most_unreachable : limits.list_deadline + steps.most;
}

void back_offs_oracle::check_return(const world_view& v) {
  if (!returned_) {
    return;
  }
  if (v.faults != returned_->faults || heard_.size() == k8s::watched_kinds) {
    returned_.reset();
    return;
  }
  constexpr std::array watched{
      k8s::kind::bitcoin_network, k8s::kind::stateful_set, k8s::kind::service, k8s::kind::pod};
  static_assert(watched.size() == k8s::watched_kinds);
  for (const auto kind : watched) {
    const auto watch = watch_title(kind);
    const auto most = time_to_return(watch);
    if (!heard_.contains(watch) && v.now - returned_->at > most) {
      violated("the API server is back, and the " + watch + " has not begun within "
               + std::to_string(most.count()) + " ms");
    }
  }
}

void back_offs_oracle::on_rest(const world_view& v) {
  if (v.outages > 0 && v.outages == v.faults && v.now - last_change_ > wished_again_max) {
    violated("the API server is back, and it took longer than "
             + std::to_string(wished_again_max.count()) + " s until all was as wished");
  }
}

void back_offs_oracle::on_end(const world_view& v) {
  check_return(v);
}

}  // namespace btc::sim
