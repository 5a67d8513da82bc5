#include "test/sim/oracles/events.hpp"

#include "test/sim/oracles/reading.hpp"
#include "test/sim/world/fault.hpp"

namespace btc::sim {

namespace {

/// The recorder gives an Event up after so many.
constexpr std::uint32_t tries_max = 12;

/// What its tries may take at the least: while no API server is there, this class sees none.
constexpr std::chrono::seconds given_up_after{60};

/// As client-go's recorder has it: so many about one object, and one more each so often.
constexpr std::uint64_t burst = 25;
constexpr std::chrono::seconds refill{300};
/// What came through, and whose answer came too late, is sent again.
constexpr std::uint64_t slack = 3;

constexpr int status_created = 201;

[[nodiscard]] bool is_success(int status) {
  return status == 200 || status == status_created;
}

/// In the body of a new one, else the last part of the path.
[[nodiscard]] std::string event_name(const k8s::request& r) {
  const auto name = text(*r.body, "/metadata/name");
  const auto path = r.target.substr(0, r.target.find('?'));
  return name.empty() ? path.substr(path.rfind('/') + 1) : name;
}

[[nodiscard]] bool is_moment(int status) {
  constexpr int too_many = 429;
  constexpr int server_errors = 500;
  return status == too_many || status >= server_errors;
}

}  // namespace

void events_oracle::on_request(const served_request& r, const world_view& v) {
  if (over_ || r.request.resource != k8s::kind::event || r.process != process_
      || r.request.body == nullptr) {
    return;
  }
  note_sent(r);
  if (!r.awaited) {
    return;
  }
  const auto& body = *r.request.body;
  const auto which = r.request.target + ' ' + text(body, "/metadata/name");
  if (is_moment(r.response.status)) {
    ++failed_[which];
    return;
  }
  failed_.erase(which);
  spend(r, v);
  const auto what = text(body, "/involvedObject/uid") + ' ' + text(body, "/reason") + ": "
                    + text(body, "/message");
  if (r.response.status == status_created && !told_.insert(what).second) {
    violated("an Event was recorded twice instead of counted: " + what);
  }
}

/// Whatever became of it: a child that it tells of was not forgotten.
void events_oracle::note_sent(const served_request& r) {
  ++sent_;
  const auto& body = *r.request.body;
  auto& known = known_[event_name(r.request)];
  if (body.contains("involvedObject")) {
    known = {text(body, "/involvedObject/uid"), text(body, "/message")};
  }
  const auto now = text(body, "/message");
  const auto& message = now.empty() ? known.message : now;
  std::erase_if(untold_,
                [&](const std::string& made) { return message.find(made) != std::string::npos; });
}

void events_oracle::spend(const served_request& r, const world_view& v) {
  const auto& subject = known_[event_name(r.request)].subject;
  auto& own = budgets_.try_emplace(subject, budget{0, v.now}).first->second;
  const auto earned = static_cast<std::uint64_t>((v.now - own.since) / refill);
  const auto most = burst + earned + slack + v.faults;
  if (is_success(r.response.status) && ++own.sent > most) {
    violated(std::to_string(own.sent) + " Events of one network, at most " + std::to_string(most)
             + " are in its budget");
  }
}

void events_oracle::on_answered(const waiting_answer& a) {
  const auto kind = a.request.resource;
  const bool child =
      kind == k8s::kind::service || kind == k8s::kind::stateful_set || kind == k8s::kind::secret;
  if (child && a.process == process_ && a.request.method == k8s::method::post && a.what
      && a.what.value().status == status_created && a.request.body != nullptr
      && living_.contains(controller_uid(*a.request.body))) {
    untold_.insert("Created " + std::string{k8s::info(kind).name} + ' '
                   + text(*a.request.body, "/metadata/name"));
  }
}

void events_oracle::on_commit(const commit_notice& n, const world_view&) {
  if (n.type.id != type_id::bitcoin_networks) {
    return;
  }
  if (n.what.what == change::deleted) {
    living_.erase(text(*n.what.before, "/metadata/uid"));
    untold_.clear();
  } else {
    living_.insert(text(*n.what.after, "/metadata/uid"));
  }
}

void events_oracle::on_process_started(process_id p) {
  process_ = p;
  told_.clear();
  failed_.clear();
  known_.clear();
  untold_.clear();
  budgets_.clear();
  sent_ = 0;
}

void events_oracle::on_fault(std::string_view what) {
  over_ |= what == info(fault::kill_actor).name;
  for (const auto f : {fault::go_back, fault::lag, fault::fail_over}) {
    blind_ |= what == info(f).name;
  }
}

void events_oracle::on_away(absence, const world_view& v) {
  away_since_ = v.now;
}

void events_oracle::on_back(const world_view& v) {
  away_ += v.now - away_since_;
}

void events_oracle::on_end(const world_view&) {
  if (away_ > given_up_after) {
    return;
  }
  for (const auto& [which, tries] : failed_) {
    if (!over_ && tries < tries_max) {
      violated("an Event that could not be sent was forgotten: " + which);
    }
  }
  if (!over_ && !blind_ && sent_ < burst && !untold_.empty()) {
    violated("no Event tells: " + *untold_.begin());
  }
}

}  // namespace btc::sim
