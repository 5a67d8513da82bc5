#include "test/sim/oracles/pacing.hpp"

#include "test/sim/oracles/reading.hpp"
#include "test/sim/world/fault.hpp"

#include <algorithm>

namespace btc::sim {

namespace {

/// Half of the first step of a network's back-off, the shortest pause of all.
constexpr std::chrono::milliseconds pause_min{25};

[[nodiscard]] bool asks_for_time(int status) {
  constexpr int too_many = 429;
  constexpr int server_errors = 500;
  return status == too_many || status >= server_errors;
}

[[nodiscard]] std::chrono::milliseconds asked_for(const api_response& r) {
  const auto in_body =
      r.body == nullptr ? std::int64_t{0} : number(*r.body, "/details/retryAfterSeconds");
  const auto wait =
      in_body > 0 ? std::chrono::seconds{in_body} : r.retry_after.value_or(std::chrono::seconds{0});
  return std::max<std::chrono::milliseconds>(pause_min, wait);
}

}  // namespace

void pacing_oracle::on_request(const served_request& r, const world_view& v) {
  if (over_ || !r.awaited || r.request.method == k8s::method::get) {
    return;
  }
  const auto named = r.request.body == nullptr ? "" : text(*r.request.body, "/metadata/name");
  const auto what = call_site(r.request) + ' ' + r.request.target + ' ' + named;
  const auto key = std::to_string(r.process) + ' ' + what;
  if (const auto found = not_before_.find(key); found != not_before_.end()) {
    if (v.now < found->second) {
      const auto early =
          std::chrono::duration_cast<std::chrono::milliseconds>(found->second - v.now);
      violated(what + " was sent again " + std::to_string(early.count()) + " ms too early");
    }
    not_before_.erase(found);
  }
  if (asks_for_time(r.response.status)) {
    not_before_[key] = v.now + asked_for(r.response);
  }
}

void pacing_oracle::on_commit(const commit_notice& n, const world_view&) {
  over_ |= n.type.id == type_id::bitcoin_networks && n.what.what == change::deleted;
}

void pacing_oracle::on_fault(std::string_view what) {
  over_ |= what == info(fault::kill_actor).name;
  if (what == info(fault::outage).name) {
    not_before_.clear();  // what asked for time may never have been heard
  }
}

}  // namespace btc::sim
