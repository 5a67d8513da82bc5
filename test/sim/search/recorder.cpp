#include "test/sim/search/recorder.hpp"

#include "test/sim/oracles/oracle.hpp"
#include "test/sim/oracles/reading.hpp"

#include <nlohmann/json.hpp>

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

void coverage_recorder::on_commit(const commit_notice& n, const world_view&) {
  if (!counts()) {
    return;
  }
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

void coverage_recorder::note_conditions(const commit_notice& n) {
  for (const auto& c : look(*n.what.after, "/status/conditions")) {
    hit("condition", text(c, "/type") + ' ' + text(c, "/status") + ' ' + text(c, "/reason"));
    if (n.what.before != nullptr && text(c, "/type") == "Degraded" && text(c, "/status") == "False"
        && text(condition(*n.what.before, "Degraded"), "/status") == "True") {
      hit(sometimes, "a network recovers");
    }
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
