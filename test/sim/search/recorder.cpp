#include "test/sim/search/recorder.hpp"

#include "test/sim/oracles/oracle.hpp"
#include "test/sim/oracles/reading.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace btc::sim {

namespace {

constexpr std::string_view sometimes = "sometimes";
constexpr std::uint64_t many_faults = 5;

[[nodiscard]] bool has(const std::string& target, std::string_view parameter) {
  return target.find(parameter) != std::string::npos;
}

}  // namespace

void coverage_recorder::hit(std::string_view matrix, std::string_view cell) {
  if (into_ != nullptr) {
    into_->hit(matrix, cell);
  }
  if (!find_.empty() && !found_) {
    buffer_.assign(matrix).append(": ").append(cell);
    found_ = buffer_ == find_;
  }
}

void coverage_recorder::on_step(const actor_step& s) {
  std::string cell{s.actor};
  cell.append(", ").append(s.state.empty() ? "new" : s.state).append(": ").append(s.message);
  hit("actor state by message", cell);
}

void coverage_recorder::on_request(const served_request& r, const world_view&) {
  ++requests_;
  if (counts()) {
    hit("answer", call_site(r.request) + ' ' + std::to_string(r.response.status));
    note_answer(r);
  }
}

void coverage_recorder::note_answer(const served_request& r) {
  const auto& q = r.request;
  const auto status = r.response.status;
  if (q.method == k8s::method::get) {
    if (has(q.target, "continue=")) {
      hit(sometimes, "a list has more than one page");
    }
    if (has(q.target, "sendInitialEvents=true")) {
      hit(sometimes, "a watch begins with the initial events");
    } else if (has(q.target, "watch=")) {
      hit(sometimes, "a watch begins at a version");
    }
  }
  const bool written = q.method != k8s::method::get && status < 300;
  if (written && r.process == 0) {
    hit(sometimes, "a write of a dead process takes effect");
  }
  if (status == 409) {
    hit(sometimes,
        q.method == k8s::method::post ? "a create finds its name taken"
                                      : "a write meets a conflict");
  }
}

void coverage_recorder::on_fault(std::string_view what) {
  const bool refusal = what.find(" by ") != std::string_view::npos;
  hit(refusal ? "call site by outcome" : "fault", what);
  faults_ += refusal ? 0 : 1;
  if (faults_ == many_faults) {
    hit(sometimes, "five faults in one run");
  }
}

void coverage_recorder::on_fault_in_phase(std::string_view fault, std::string_view phase) {
  std::string cell{fault};
  cell.append(" while ").append(phase);
  hit("fault by phase", cell);
}

void coverage_recorder::on_commit(const commit_notice& n, const world_view& v) {
  if (!counts()) {
    return;
  }
  note_wishes(n);
  note_end_of_child(n, v);
  const bool ours = by_controller(n);
  hit("commit", n.type.kind + ' ' + std::string{n.verb} + (ours ? " by controller" : " by others"));
  if (!ours || n.what.after == nullptr) {
    return;
  }
  if (n.type.id == type_id::events) {
    hit("event", text(*n.what.after, "/reason"));
  } else if (n.type.id == type_id::bitcoin_networks) {
    note_conditions(n);
  }
}

void coverage_recorder::note_wishes(const commit_notice& n) {
  if (n.type.id == type_id::bitcoin_networks && n.what.after != nullptr) {
    secrets_[n.what.key] = text(*n.what.after, "/spec/secret");
  }
}

/// Users took away what tells whose it is, all but its name, and then it went.
void coverage_recorder::note_end_of_child(const commit_notice& n, const world_view& v) {
  if (n.type.id != type_id::services || n.what.after != nullptr) {
    return;
  }
  constexpr std::string_view suffix = "-svc";
  const auto& key = n.what.key;
  const bool nobodys = controller_uid(*n.what.before).empty()
                       && text(*n.what.before, "/metadata/labels/app").empty();
  if (nobodys && key.ends_with(suffix)
      && v.cluster.objects()
                 .log(type_id::bitcoin_networks)
                 .find(key.substr(0, key.size() - suffix.size()))
             != nullptr) {
    hit(sometimes, "a child without owner and label goes");
  }
}

void coverage_recorder::on_answered(const waiting_answer& a) {
  if (!counts() || a.request.resource != k8s::kind::secret
      || a.request.method != k8s::method::get) {
    return;
  }
  const auto name = a.request.target.substr(a.request.target.rfind('/') + 1);
  const bool credentials = !name.ends_with("-conf");
  const bool wanted = std::any_of(secrets_.begin(), secrets_.end(), [&](const auto& entry) {
    const auto own = entry.first.substr(entry.first.find('/') + 1) + "-rpc";
    return name == (entry.second.empty() ? own : entry.second);
  });
  if (credentials && !wanted) {
    hit(sometimes, "an answer is about a Secret that no spec names any more");
  }
}

void coverage_recorder::note_conditions(const commit_notice& n) {
  for (const auto& c : look(*n.what.after, "/status/conditions")) {
    hit("condition", text(c, "/type") + ' ' + text(c, "/status") + ' ' + text(c, "/reason"));
  }
  if (n.what.before == nullptr) {
    return;
  }
  const auto& before = condition(*n.what.before, "Degraded");
  const auto& after = condition(*n.what.after, "Degraded");
  const auto is_invalid = [](const auto& c) { return text(c, "/reason") == "InvalidSpec"; };
  if (text(before, "/status") == "True" && text(after, "/status") == "False") {
    hit(sometimes, "a network recovers");
    if (is_invalid(before)) {
      hit(sometimes, "an invalid spec is mended");
    }
  } else if (is_invalid(after) && !is_invalid(before)) {
    const bool runs = number(*n.what.after, "/status/replicas") > 0;
    hit(sometimes, runs ? "a spec that runs becomes invalid" : "a spec is invalid from the start");
  }
}

void coverage_recorder::on_process_started(process_id p) {
  if (p > 1) {
    hit(sometimes, "another process takes over");
  }
}

void coverage_recorder::on_rest(const world_view& v) {
  if (counts() && v.faults > 0) {
    hit(sometimes, "all is as wished after faults");
  }
}

}  // namespace btc::sim
