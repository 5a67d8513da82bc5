#include "test/sim/oracles/write_budget.hpp"

namespace btc::sim {

namespace {

// Per cause: a create of each child, its correction and a status, tried again once or twice.
constexpr std::uint64_t writes_a_cause = 10;
constexpr std::uint64_t events_a_cause = 6;
constexpr std::uint64_t writes_at_least = 20;

}  // namespace

void write_budget_oracle::on_commit(const commit_notice& n, const world_view&) {
  others_ += by_controller(n) ? 0 : 1;
}

void write_budget_oracle::on_request(const served_request& r, const world_view&) {
  if (r.request.method == k8s::method::get) {
    return;
  }
  ++(r.request.resource == k8s::kind::event ? events_ : writes_);
}

void write_budget_oracle::on_rpc(const served_rpc& r, const world_view&) {
  // A block is seen by all nodes, some of them a poll later.
  constexpr std::uint64_t writes_a_block = 2;
  others_ += r.request.body.find("generatetodescriptor") == std::string::npos ? 0 : writes_a_block;
}

void write_budget_oracle::on_end(const world_view& v) {
  const auto causes = v.user_steps + v.faults;
  const auto writes_max = writes_at_least + writes_a_cause * causes + 2 * others_;
  const auto events_max = writes_at_least + events_a_cause * causes + others_;
  if (writes_ > writes_max) {
    violated(std::to_string(writes_) + " writes, at most " + std::to_string(writes_max)
             + " have a cause");
  }
  if (events_ > events_max) {
    violated(std::to_string(events_) + " requests for Events, at most " + std::to_string(events_max)
             + " have a cause");
  }
}

}  // namespace btc::sim
