#include "test/sim/oracles/write_budget.hpp"

#include <string>

namespace btc::sim {

namespace {

constexpr std::uint64_t base = 8;

/// Both Secrets, the Service and the StatefulSet.
constexpr std::uint64_t children_of_a_network = 4;
/// bitcoin.conf and the pod template that has its mark.
constexpr std::uint64_t children_a_step = 2;
/// What was lost is sent again, and what is seen too late is corrected twice.
constexpr std::uint64_t children_a_fault = 3;
/// A connection or a block is seen by two nodes, one of them a poll later.
constexpr std::uint64_t statuses_a_call = 2;
constexpr std::uint64_t statuses_a_fault = 2;
constexpr std::uint64_t events_a_fault = 2;
/// An Event tells of a change of a status, and by far not of each.
constexpr std::uint64_t statuses_an_event = 2;

}  // namespace

void write_budget_oracle::on_commit(const commit_notice& n, const world_view&) {
  if (by_controller(n)) {
    return;
  }
  if (n.type.id == type_id::bitcoin_networks && n.what.before == nullptr) {
    ++networks_;
  }
  switch (n.type.id) {
    case type_id::pods:
    case type_id::bitcoin_networks:
      ++statuses_;
      break;
    case type_id::stateful_sets:
      ++(n.subresource == "status" ? statuses_ : meddled_);
      break;
    case type_id::services:
    case type_id::secrets:
    case type_id::persistent_volume_claims:
      ++meddled_;
      break;
    default:
      break;
  }
}

void write_budget_oracle::on_request(const served_request& r, const world_view&) {
  if (r.request.method == k8s::method::get) {
    return;
  }
  auto& of = r.process == newest_ ? writes_ : older_;
  const auto kind = r.request.resource;
  ++(kind == k8s::kind::event             ? of.events
     : kind == k8s::kind::bitcoin_network ? of.statuses
                                          : of.children);
}

void write_budget_oracle::on_rpc(const served_rpc& r, const world_view&) {
  for (const auto* word : {"\"addnode\"", "\"disconnectnode\"", "\"generatetodescriptor\""}) {
    calls_ += r.request.body.find(word) == std::string::npos ? 0 : 1;
  }
}

void write_budget_oracle::on_process_started(process_id p) {
  newest_ = p;
  older_.children += writes_.children;
  older_.statuses += writes_.statuses;
  older_.events += writes_.events;
  writes_ = {};
}

void write_budget_oracle::check(std::string_view what, std::uint64_t is, std::uint64_t most) {
  if (is > most) {
    violated(std::to_string(is) + ' ' + std::string{what} + ", at most " + std::to_string(most)
             + " have a cause");
  }
}

void write_budget_oracle::on_end(const world_view& v) {
  check("writes of children",
        writes_.children,
        base + children_of_a_network * networks_ + children_a_step * v.user_steps
            + children_a_fault * v.faults + meddled_ + older_.children);
  check("writes of statuses",
        writes_.statuses,
        base + writes_.children + statuses_ + statuses_a_call * calls_ + statuses_a_fault * v.faults
            + older_.statuses);
  check("requests for Events",
        writes_.events,
        base + writes_.children + v.user_steps + events_a_fault * v.faults
            + writes_.statuses / statuses_an_event + older_.events);
}

}  // namespace btc::sim
