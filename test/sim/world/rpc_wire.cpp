#include "test/sim/world/rpc_wire.hpp"

#include <algorithm>
#include <utility>

namespace btc::sim {

namespace {

class wire_rpc_transport final : public bitcoin::rpc_transport {
 public:
  wire_rpc_transport(rpc_wire& w, std::uint32_t process) : wire_(w), process_(process) {}

  void post(bitcoin::rpc_request r,
            std::chrono::milliseconds deadline,
            response_handler done) override {
    wire_.calls.push_back({wire_.next_id(),
                           process_,
                           std::move(r),
                           wire_.now() + deadline,
                           std::move(done),
                           {},
                           false});
  }

 private:
  rpc_wire& wire_;
  std::uint32_t process_;
};

}  // namespace

std::unique_ptr<bitcoin::rpc_transport> rpc_wire::connect(std::uint32_t process) {
  return std::make_unique<wire_rpc_transport>(*this, process);
}

std::optional<rpc_wire::time_point> rpc_wire::next_due() const {
  const auto first = std::min_element(calls.begin(), calls.end(), [](const auto& a, const auto& b) {
    return a.deadline < b.deadline;
  });
  return first == calls.end() ? std::nullopt : std::optional{first->deadline};
}

bool rpc_wire::expire() {
  const auto now = now_();
  std::vector<rpc_call> due;
  for (auto& c : calls) {
    if (c.deadline <= now) {
      due.push_back(std::move(c));
    }
  }
  std::erase_if(calls, [&](const auto& c) { return c.deadline <= now; });
  for (auto& c : due) {
    c.done(k8s::api_error{0, std::string{k8s::reason_timeout}, "no answer in time"});
  }
  return !due.empty();
}

void rpc_wire::forget(std::uint32_t process) {
  std::erase_if(calls, [&](const auto& c) { return c.process == process; });
}

}  // namespace btc::sim
