#include "test/sim/oracles/quiet.hpp"

#include "test/sim/oracles/reading.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace btc::sim {

namespace {

/// Four watches that may each be opened again at once, and some Secrets that are due.
constexpr std::uint64_t reads_at_once = 12;
/// A watch lives 170 s at least, and gives up listing once or twice.
constexpr std::uint64_t watch_life_s = 40;
/// Two Secrets of each network, four minutes apart at the least.
constexpr std::uint64_t secret_pause_s = 240;
/// A network that waits for somebody to put something right looks again after 15 s, the mean of its
/// back-off, at its Secret and at a child that no watch tells of.
constexpr std::uint64_t retry_pause_s = 8;
constexpr std::uint64_t reads_a_retry = 2;
/// A node is polled 8 s apart at the least; one poll may be late, one early.
constexpr std::uint64_t poll_pause_s = 8;
constexpr std::uint64_t polls_at_once = 2;

[[nodiscard]] bool is_waiting(const nlohmann::json& network) {
  return text(condition(network, "Degraded"), "/status") == "True";
}

/// "…/bitcoinnetworks/<name>/status" of a network whose nodes do not come to rest: with
/// spec.mining, or with pods that an older spec had begun to replace before this one was found
/// invalid.
[[nodiscard]] bool is_status_of_restless(const k8s::request& r, const world_view& v) {
  constexpr std::string_view before = "/bitcoinnetworks/";
  constexpr std::string_view after = "/status";
  auto end = r.target.find(after, 0);
  const auto begin = r.target.find(before);
  if (begin == std::string::npos || end == std::string::npos) {
    return false;
  }
  const auto name = r.target.substr(begin + before.size(), end - begin - before.size());
  const auto network = v.cluster.objects().log(type_id::bitcoin_networks).find("default/" + name);
  return network != nullptr
         && (look(*network, "/spec/mining").is_object() || is_told_invalid(*network));
}

}  // namespace

void quiet_oracle::on_request(const served_request& r, const world_view& v) {
  if (!resting_) {
    return;
  }
  if (r.request.method == k8s::method::get) {
    ++reads_;
  } else if (is_status_of_restless(r.request, v)) {
    ++statuses_[r.request.target];
  } else {
    violated("at rest: " + call_site(r.request) + ' ' + r.request.target + " → "
             + std::to_string(r.response.status));
  }
}

void quiet_oracle::on_rpc(const served_rpc& r, const world_view& v) {
  if (!resting_) {
    return;
  }
  ++polls_;
  blocks_ += r.request.body.find("\"generatetodescriptor\"") == std::string::npos ? 0 : 1;
  const auto* node = v.bitcoinds.at_address(r.request.host);
  const auto network = node == nullptr ? nullptr : network_of(*node, v);
  if (network != nullptr && is_told_invalid(*network)) {
    return;
  }
  for (const auto* word : {"\"addnode\"", "\"disconnectnode\""}) {
    if (r.request.body.find(word) != std::string::npos) {
      violated("at rest, node " + r.request.host + " is told: " + r.request.body);
    }
  }
}

void quiet_oracle::on_rest(const world_view& v) {
  resting_ = true;
  since_ = v.now;
  reads_ = 0;
  polls_ = 0;
  blocks_ = 0;
  statuses_.clear();
}

void quiet_oracle::on_disturbed(const world_view& v) {
  if (resting_) {
    check(v);
  }
  resting_ = false;
}

void quiet_oracle::on_end(const world_view& v) {
  on_disturbed(v);
}

void quiet_oracle::check(const world_view& v) {
  using std::chrono::seconds;
  const auto passed =
      static_cast<std::uint64_t>(std::chrono::duration_cast<seconds>(v.now - since_).count());
  const auto polls_a_node_max = passed / poll_pause_s + polls_at_once;
  for (const auto& [target, count] : statuses_) {
    if (count > polls_a_node_max) {
      violated("at rest: " + std::to_string(count) + " writes of " + target);
    }
  }
  const auto& networks = v.cluster.objects().log(type_id::bitcoin_networks).objects();
  const auto nodes = v.bitcoinds.nodes().size();
  std::uint64_t blocks_min = 0;
  std::uint64_t blocks_max = 0;
  for (const auto& [key, network] : networks) {
    if (is_told_invalid(*network)) {
      blocks_max += passed + 1;  // mined as it was wished last, which is not known here
      continue;
    }
    const auto interval = number(*network, "/spec/mining/intervalSeconds");
    const auto due = interval > 0 ? passed / static_cast<std::uint64_t>(interval) : 0;
    blocks_max += interval > 0 ? due + 1 : 0;
    const bool mines = due > 1 && text(*network, "/status/phase") == "Ready";
    blocks_min += mines ? due - 1 : 0;  // one may be on its way
  }
  if (blocks_ < blocks_min) {
    violated("at rest: " + std::to_string(blocks_) + " blocks were made in "
             + std::to_string(passed) + " s, at least " + std::to_string(blocks_min) + " were due");
  }
  // After a block, its parent may be asked for and lower nodes again, twice each.
  const auto polls_max = polls_a_node_max * nodes + 4 * blocks_max;
  if (polls_ > polls_max) {
    violated("at rest: " + std::to_string(polls_) + " calls to " + std::to_string(nodes)
             + " nodes, at most " + std::to_string(polls_max) + " are expected");
  }
  const auto waiting = static_cast<std::uint64_t>(
      std::ranges::count_if(networks, [](const auto& entry) { return is_waiting(*entry.second); }));
  const auto reads_max = reads_at_once + waiting * reads_a_retry * (passed / retry_pause_s + 1)
                         + passed / watch_life_s
                         + 2 * networks.size() * (passed / secret_pause_s + 1);
  if (reads_ > reads_max) {
    violated("at rest: " + std::to_string(reads_) + " reads, at most " + std::to_string(reads_max)
             + " are expected");
  }
}

}  // namespace btc::sim
