#pragma once

#include "actors/bitcoin/rpc_transport.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace btc::sim {

/// A call between a controller process and a node; `answer` is set once the node has served it.
struct rpc_call {
  std::uint64_t id{0};
  std::uint32_t process{0};
  bitcoin::rpc_request request{};
  std::chrono::steady_clock::time_point deadline{};
  bitcoin::rpc_transport::response_handler done{};
  std::optional<k8s::result<bitcoin::rpc_response>> answer{};
  bool silent{false};  ///< nothing is heard of it before its deadline

  [[nodiscard]] bool waits() const noexcept { return !answer.has_value() && !silent; }
};

/// Everything on its way between controller processes and nodes; like `wire`, it moves only when
/// the world says so.
class rpc_wire {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit rpc_wire(std::function<time_point()> now) : now_(std::move(now)) {}

  [[nodiscard]] std::unique_ptr<bitcoin::rpc_transport> connect(std::uint32_t process);

  std::vector<rpc_call> calls{};

  [[nodiscard]] std::optional<time_point> next_due() const;
  /// Gives up what is due; true when somebody was told.
  bool expire();
  void forget(std::uint32_t process);
  [[nodiscard]] std::uint64_t next_id() noexcept { return ++last_id_; }
  [[nodiscard]] time_point now() const { return now_(); }

 private:
  std::function<time_point()> now_;
  std::uint64_t last_id_{0};
};

}  // namespace btc::sim
