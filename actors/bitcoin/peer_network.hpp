#pragma once

#include "actors/bitcoin/address_book.hpp"
#include "actors/bitcoin/mining_plan.hpp"
#include "actors/bitcoin/network_target.hpp"
#include "actors/bitcoin/node_state.hpp"
#include "actors/bitcoin/report_gate.hpp"
#include "actors/bitcoin/rpc_task.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace btc::bitcoin {

/// Pace and bounds of the polling; actor_limits has the meaning and the defaults.
struct peer_options {
  std::chrono::milliseconds interval{10'000};
  std::chrono::milliseconds retry_min{1'000};
  std::chrono::milliseconds deadline{10'000};
  std::chrono::milliseconds connect_deadline{45'000};
  std::size_t inflight_per_node_max{2};
  std::size_t inflight_per_network_max{16};
  bool by_ip{false};
};

/// Something that an operator or a metric wants to know.
struct peer_note {
  enum class kind : std::uint8_t {
    told,           ///< a node was told `calls`
    silent,         ///< a ready node has not answered several polls
    answers_again,  ///< after it was silent
    refused_us,     ///< HTTP 401
    misled,         ///< a connection to another network's pod was cut
    block_made,
    block_failed,
  };
  kind what{};
  std::int32_t ordinal{0};
  std::string trouble{};
  std::vector<rpc_call> calls{};
};

/// One network of the peer actor: when each node is asked, what it is told, who mines, and when the
/// network's reconcile actor hears of it. A value without a clock or a socket: time, answers and
/// random numbers are given to it. Never repeats what it has not seen to be missing: each plan is
/// made of a list that was just read.
class peer_network {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using random = std::function<double()>;  ///< in [0, 1)

  peer_network(const peer_options& options, random jitter);

  /// What the nodes should be. Nodes that are new, became ready or run anew are asked at once, and
  /// so are those that should add them.
  void retarget(time_point now, std::shared_ptr<const network_target> target);

  /// The next request, if one is due and the bounds allow it. `slow_too`: also one that may take
  /// its whole deadline. Each order is followed by ended(), some time.
  [[nodiscard]] std::optional<rpc_order> next(time_point now, bool slow_too);
  rpc_result ended(time_point now,
                   const rpc_ticket& ticket,
                   const k8s::result<rpc_response>& answer,
                   const address_book& book);
  /// Looks at what time alone changes: call it when wake_at() has come.
  void look(time_point now);

  /// When next(…, slow_too) or look() have something to do; nothing while all depends on answers or
  /// on news.
  [[nodiscard]] std::optional<time_point> wake_at(bool slow_too) const;

  /// What is to be sent to the reconcile actor now; nullptr for nothing.
  [[nodiscard]] std::shared_ptr<const chain_report> take_report(time_point now);
  /// Whether a pod refused the credentials; at most once an interval.
  [[nodiscard]] bool take_refusal(time_point now);
  [[nodiscard]] std::vector<peer_note> take_notes();
  /// The reconcile actor is another one, which knows nothing yet.
  void forget_told() noexcept { gate_.forget(); }

  [[nodiscard]] const network_target& target() const noexcept { return *target_; }
  [[nodiscard]] const node_states& nodes() const noexcept { return nodes_; }
  [[nodiscard]] const chain_view& view() const noexcept { return view_; }
  /// What is wrong now, "node 2: …"; empty while all ready nodes answer and blocks are made.
  [[nodiscard]] std::string trouble() const;
  [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }
  [[nodiscard]] std::optional<std::int32_t> miner() const noexcept { return mining_.current(); }

 private:
  void adopt(const node_target& t, const node_states& before);
  void welcome(time_point now, node_state& node, const node_state* before, bool rules_same);
  void trigger(time_point now, node_state& node) const;
  void trigger_adders_of(time_point now, std::int32_t ordinal);
  void trigger_adders_of_lost_addresses(time_point now, const node_states& before);
  void schedule(time_point now, node_state& node, bool soon);
  [[nodiscard]] std::chrono::milliseconds jittered(std::chrono::milliseconds t) const;

  [[nodiscard]] node_state* most_urgent(time_point now, bool slow_too);
  [[nodiscard]] bool has_room(const node_state& node) const noexcept;
  [[nodiscard]] std::optional<time_point> wake_of(std::int32_t ordinal,
                                                  const node_state& node,
                                                  bool slow_too) const;
  [[nodiscard]] node_state* with_room(const std::optional<std::int32_t>& ordinal);
  [[nodiscard]] rpc_order order(node_state& node,
                                rpc_task task,
                                const std::vector<rpc_call>& calls,
                                std::chrono::milliseconds deadline);

  [[nodiscard]] rpc_result take_in(time_point now,
                                   const rpc_ticket& ticket,
                                   node_state* node,
                                   const k8s::result<rpc_response>& answer,
                                   const address_book& book);
  void poll_ended(time_point now, node_state& n, poll_answer a, const address_book& book);
  static void take_answer(node_state& n, node_answer said, std::uint64_t under);
  void recheck_lower(time_point now, const node_state& higher);
  void recheck_ends(time_point now, const std::vector<std::int32_t>& ends);
  void poll_failed(time_point now, node_state& n, poll_answer a);
  void connect_ended(time_point now, node_state& n, connect_answer a, const address_book& book);
  void parent_ended(const call_answer& a);
  void mine_ended(time_point now, const rpc_ticket& ticket, const call_answer& a);

  [[nodiscard]] chain_input input() const;
  /// A ready node was not heard of yet, or is asked once more: whatever is said would be taken back
  /// in a moment.
  [[nodiscard]] bool too_early_to_tell() const noexcept;

  peer_options options_;
  random jitter_;
  std::shared_ptr<const network_target> target_{};
  node_states nodes_{};
  std::uint64_t wishes_{0};  ///< counts the changes of who should be connected to whom
  std::uint64_t last_life_{0};
  std::size_t in_flight_{0};
  /// By address, since calls of an earlier life of a node may still be on their way to it.
  std::map<std::string, std::size_t, std::less<>> in_flight_to_{};
  time_point next_round_{};  ///< when all are asked that need no asking before

  chain_view view_{};
  block_parent known_parent_{};
  std::string parent_asked_of_{};               ///< hash of the block
  std::optional<std::int32_t> parent_order_{};  ///< whom to ask
  mining_plan mining_{};
  std::optional<time_point> mining_wake_{};
  std::optional<std::int32_t> mine_order_{};  ///< who is to make a block now
  bool mining_call_{false};                   ///< in flight
  std::string mining_trouble_{};              ///< why the last block was not made
  report_gate gate_;
  bool news_{false};  ///< something changed since the last offer
  bool refused_{false};
  std::optional<time_point> refusal_told_{};
  std::vector<peer_note> notes_{};
};

}  // namespace btc::bitcoin
