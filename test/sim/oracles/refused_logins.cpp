#include "test/sim/oracles/refused_logins.hpp"

#include "test/sim/oracles/reading.hpp"

#include <algorithm>

namespace btc::sim {

namespace {

/// A refusal is told at most once a round of polls, which is 12 s at the most.
constexpr std::uint32_t polls_max = 4;
constexpr std::chrono::seconds soon{30};

/// Broken in a way that leaves the Secrets alone.
[[nodiscard]] bool is_broken(const nlohmann::json& network) {
  const auto& degraded = condition(network, "Degraded");
  return text(degraded, "/status") == "True" && text(degraded, "/reason") != "ImageNotPulled";
}

}  // namespace

void refused_logins_oracle::on_rpc(const served_rpc& r, const world_view& v) {
  const auto& nodes = v.bitcoinds.nodes();
  const auto node = std::find_if(
      nodes.begin(), nodes.end(), [&](const auto& n) { return n.address == r.request.host; });
  if (node == nodes.end()) {
    return;
  }
  constexpr int unauthorized = 401;
  const std::pair key{r.process, node->uid};
  const auto network = network_of(*node, v);
  if (r.status != unauthorized || !v.prompt || network == nullptr || is_broken(*network)) {
    refused_.erase(key);
    return;
  }
  auto& so_far = refused_.try_emplace(key, refusals{v.now, 0}).first->second;
  if (++so_far.polls > polls_max && v.now - so_far.since > soon) {
    violated("node " + node->hostname + " goes on refusing the credentials, and no Secret is read");
  }
}

void refused_logins_oracle::on_request(const served_request& r, const world_view&) {
  if (r.request.resource == k8s::kind::secret && r.request.method == k8s::method::get) {
    std::erase_if(refused_, [&](const auto& entry) { return entry.first.first == r.process; });
  }
}

void refused_logins_oracle::on_commit(const commit_notice& n, const world_view&) {
  if (n.type.id == type_id::bitcoin_networks
      && (!by_controller(n) || (n.what.after != nullptr && is_broken(*n.what.after)))) {
    refused_.clear();  // another spec, or none
  }
}

void refused_logins_oracle::on_fault(std::string_view) {
  refused_.clear();
}

}  // namespace btc::sim
