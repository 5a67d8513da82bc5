#pragma once

#include "actors/bitcoin/address_book.hpp"
#include "actors/bitcoin/network_target.hpp"
#include "actors/bitcoin/rpc_task.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace btc::bitcoin {

/// What the peer actor knows of one life of one node: of one pod, as long as its container runs.
/// Bounded: what is remembered of an answer are a few numbers, two hashes and the addresses that
/// the controller added.
struct node_state {
  using time_point = std::chrono::steady_clock::time_point;
  /// A ready node counts as silent after this many polls in a row without an answer.
  static constexpr std::uint32_t silent_after_polls = 3;

  enum class phase : std::uint8_t {
    idle,         ///< until `due`
    polling,      ///< rpc_task::poll is in flight
    connect_due,  ///< there is something to tell
    connecting,   ///< rpc_task::connect is in flight
  };

  node_target target{};
  std::uint64_t life{0};
  std::vector<std::int32_t> wanted{};  ///< added_by() of the topology

  phase at{phase::idle};
  std::optional<time_point> due{};   ///< of the next poll, while idle
  bool urgent{false};                ///< something changed while it was not idle
  std::chrono::milliseconds step{};  ///< until the next poll, while something is missing

  std::vector<rpc_call> told{};         ///< while connect_due and connecting
  std::vector<std::int32_t> ends{};     ///< the nodes that `told` is about
  std::optional<node_answer> polled{};  ///< while connect_due and connecting: the poll's answer
  std::uint64_t polled_under{0};        ///< see answer_under
  std::vector<std::string> ours{};      ///< see peer_input::ours

  /// It opened more connections than entries are connected, so the next poll asks for its peers.
  bool crowded{false};

  bool proven{false};  ///< it accepted this network's credentials
  std::shared_ptr<const node_answer> answer{};
  time_point asked_at{};          ///< when the last poll was sent
  time_point answer_of{};         ///< when the poll was sent that gave `answer`
  std::uint64_t answer_under{0};  ///< which wishes `answer` counts the neighbours of
  /// Its answer is older than what is known of it from another node: that one is higher, or was
  /// connected to it.
  bool recheck{false};
  time_point recheck_from{};  ///< an answer to an older poll tells nothing new
  std::uint32_t failures{0};  ///< polls without an answer, in a row
  rpc_result last{rpc_result::ok};
  std::string trouble{};  ///< why the last poll had no answer

  [[nodiscard]] bool silent() const noexcept { return failures >= silent_after_polls; }
  /// Whether there is something to say about it.
  [[nodiscard]] bool known() const noexcept { return answer != nullptr || silent(); }
  /// The next request may well take its whole deadline.
  [[nodiscard]] bool slow() const noexcept {
    return last == rpc_result::timeout || last == rpc_result::unreachable
           || last == rpc_result::lost;
  }
};

using node_states = std::map<std::int32_t, node_state>;  ///< by ordinal

/// What one node has to be told, made of what it just listed and of what is known of the others.
struct node_plan {
  std::vector<rpc_call> calls{};
  std::vector<std::string> ours{};
  std::size_t connected{0};  ///< neighbours
  bool lacking{false};       ///< a neighbour that is ready is not connected
  std::size_t misled{0};     ///< entries of ours that lead to another pod than they name
};

/// The nodes of this network that `calls` connect to or disconnect from, in no order.
[[nodiscard]] std::vector<std::int32_t> other_ends(const network_target& target,
                                                   const node_states& nodes,
                                                   const std::vector<rpc_call>& calls);

/// plan_peers() with its input:
///
/// - A neighbour's address is its DNS name, or `by_ip` that of its pod.
/// - Ours are entries that were told, all DNS names of the network's nodes and all addresses of its
///   pods, so that a restarted controller, or one with the other --peer-address, finds its own
///   again; `by_ip` also what is the address of another network's pod by now.
/// - An entry of ours may stand for a connection to some other pod, even of another network:
///   bitcoind resolved a name to an address that had moved on. It is cut, and tried again only
///   after the next poll.
[[nodiscard]] node_plan plan_node(const network_target& target,
                                  const node_states& nodes,
                                  const address_book& book,
                                  bool by_ip,
                                  const node_state& node,
                                  std::vector<added_node> listed);

}  // namespace btc::bitcoin
