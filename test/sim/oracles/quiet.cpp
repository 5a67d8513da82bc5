#include "test/sim/oracles/quiet.hpp"

namespace btc::sim {

namespace {

/// Reads in 65 s of rest: four watches that may each be opened again, and some Secrets.
constexpr std::uint64_t reads_max = 16;

}  // namespace

void quiet_oracle::on_request(const served_request& r, const world_view&) {
  if (!resting_) {
    return;
  }
  if (r.request.method == k8s::method::get) {
    ++reads_;
  } else {
    violated("at rest: " + call_site(r.request) + ' ' + r.request.target + " → "
             + std::to_string(r.response.status));
  }
}

void quiet_oracle::on_rest(const world_view&) {
  resting_ = true;
}

void quiet_oracle::on_end(const world_view&) {
  if (reads_ > reads_max) {
    violated("at rest: " + std::to_string(reads_) + " reads, at most " + std::to_string(reads_max)
             + " are expected");
  }
}

}  // namespace btc::sim
