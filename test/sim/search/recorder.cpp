#include "test/sim/search/recorder.hpp"

#include "test/sim/oracles/oracle.hpp"

namespace btc::sim {

void coverage_recorder::on_request(const served_request& r, const world_view&) {
  ++requests_;
  if (into_ != nullptr) {
    into_->hit("answer", call_site(r.request) + ' ' + std::to_string(r.response.status));
  }
}

void coverage_recorder::on_fault(std::string_view what) {
  if (into_ == nullptr) {
    return;
  }
  const bool refusal = what.find(" by ") != std::string_view::npos;
  into_->hit(refusal ? "call site by outcome" : "fault", what);
}

void coverage_recorder::on_commit(const commit_notice& n, const world_view&) {
  if (into_ != nullptr) {
    into_->hit("commit",
               n.type.kind + ' ' + std::string{n.verb}
                   + (by_controller(n) ? " by controller" : " by others"));
  }
}

}  // namespace btc::sim
