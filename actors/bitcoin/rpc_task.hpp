#pragma once

#include "actors/bitcoin/rpc.hpp"
#include "actors/bitcoin/rpc_transport.hpp"
#include "actors/bitcoin/rpc_values.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace btc::bitcoin {

/// What a node is asked or told in one request.
enum class rpc_task : std::uint8_t {
  poll,     ///< how are you, and whom do you add?
  connect,  ///< connect to these, forget those
  parent,   ///< which block came before this one?
  mine,     ///< make a block
};

/// How a request to a node ended.
enum class rpc_result : std::uint8_t {
  ok,
  warming_up,
  unauthorized,
  forbidden,
  refused,
  malformed,
  unreachable,  ///< there was no connection
  lost,         ///< the connection broke
  timeout,
};

/// Tells the answer of which request to which life of which node this is.
struct rpc_ticket {
  std::int32_t ordinal{0};
  std::uint64_t life{0};  ///< of the node: its pod, and that one's restarts
  rpc_task task{};
  std::size_t calls{0};  ///< in the batch
  std::string host{};    ///< where it went
};

/// A request that is to be sent now.
struct rpc_order {
  rpc_ticket ticket{};
  rpc_request request{};
  std::chrono::milliseconds deadline{};
  /// It may well take its whole deadline, so only a part of all requests may be such.
  bool slow{false};
};

/// `trouble` is one line for people without a credential; empty when `result` is ok.
struct poll_answer {
  rpc_result result{};
  std::string trouble{};
  blockchain_info chain{};
  network_info network{};
  std::vector<added_node> listed{};
  std::optional<std::vector<peer_info>> peers{};  ///< when they were asked for
};

struct connect_answer {
  rpc_result result{};
  std::string trouble{};
  network_info network{};
  std::vector<added_node> listed{};
};

struct call_answer {
  rpc_result result{};
  std::string trouble{};
  nlohmann::json value{};
};

/// The batch of rpc_task::poll; `crowded`: with the peers, whose answer is the longest of all.
[[nodiscard]] std::vector<rpc_call> poll_calls(bool crowded);
/// The batch of rpc_task::connect: what is to be told, as far as one batch may be long, and what
/// came of it.
[[nodiscard]] std::vector<rpc_call> connect_calls(std::vector<rpc_call> told);

[[nodiscard]] poll_answer read_poll(const k8s::result<rpc_response>& answer, std::size_t calls);
/// That a call did not do what it should shows in the list at the end, so only that is read.
[[nodiscard]] connect_answer read_connect(const k8s::result<rpc_response>& answer,
                                          std::size_t calls);
[[nodiscard]] call_answer read_call(const k8s::result<rpc_response>& answer);

}  // namespace btc::bitcoin
