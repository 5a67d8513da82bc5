#include "test/sim/oracles/events.hpp"

#include "test/sim/oracles/reading.hpp"
#include "test/sim/world/fault.hpp"

namespace btc::sim {

namespace {

/// The recorder gives an Event up after so many.
constexpr std::uint32_t tries_max = 12;

[[nodiscard]] bool is_moment(int status) {
  constexpr int too_many = 429;
  constexpr int server_errors = 500;
  return status == too_many || status >= server_errors;
}

}  // namespace

void events_oracle::on_request(const served_request& r, const world_view&) {
  if (over_ || r.request.resource != k8s::kind::event || r.process != process_ || !r.awaited
      || r.request.body == nullptr) {
    return;
  }
  const auto& body = *r.request.body;
  const auto which = r.request.target + ' ' + text(body, "/metadata/name");
  if (is_moment(r.response.status)) {
    ++failed_[which];
    return;
  }
  failed_.erase(which);
  constexpr int created = 201;
  const auto what = text(body, "/involvedObject/uid") + ' ' + text(body, "/reason") + ": "
                    + text(body, "/message");
  if (r.response.status == created && !told_.insert(what).second) {
    violated("an Event was recorded twice instead of counted: " + what);
  }
}

void events_oracle::on_process_started(process_id p) {
  process_ = p;
  told_.clear();
  failed_.clear();
}

void events_oracle::on_fault(std::string_view what) {
  over_ |= what == info(fault::kill_actor).name;
}

void events_oracle::on_end(const world_view&) {
  for (const auto& [which, tries] : failed_) {
    if (!over_ && tries < tries_max) {
      violated("an Event that could not be sent was forgotten: " + which);
    }
  }
}

}  // namespace btc::sim
