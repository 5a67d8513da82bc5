#include "test/sim/oracles/peering.hpp"

#include "test/sim/oracles/reading.hpp"
#include "test/sim/world/fault.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace btc::sim {

namespace {

using nlohmann::json;

constexpr std::size_t calls_per_node_max = 2;

[[nodiscard]] std::string param(const json& call, std::size_t i) {
  const auto& params = look(call, "/params");
  return params.is_array() && i < params.size() && params[i].is_string()
             ? params[i].get<std::string>()
             : std::string{};
}

[[nodiscard]] std::string host_of(const std::string& entry) {
  return entry.substr(0, entry.rfind(':'));
}

/// "net-sts-3.net-svc.default.svc" of the network whose Service is net-svc.
[[nodiscard]] bool is_own_name(const std::string& host, const bitcoin_node& node) {
  const auto network = node.subdomain.substr(0, node.subdomain.rfind("-svc"));
  const auto prefix = network + "-sts-";
  const auto suffix = '.' + node.subdomain + '.' + node.ns + ".svc";
  if (!host.starts_with(prefix) || !host.ends_with(suffix)) {
    return false;
  }
  const auto digits = host.substr(prefix.size(), host.size() - prefix.size() - suffix.size());
  return !digits.empty()
         && std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

void peering_oracle::on_process_started(process_id) {
  ++processes_;
}

void peering_oracle::on_fault(std::string_view what) {
  over_ |= what == info(fault::kill_actor).name;
  overlaps_ += what == info(fault::overlap).name ? 1 : 0;
}

void peering_oracle::on_commit(const commit_notice& n, const world_view& v) {
  if (n.type.id != type_id::bitcoin_networks || n.what.after == nullptr) {
    return;
  }
  const auto interval = number(*n.what.after, "/spec/mining/intervalSeconds");
  if (interval > 0) {
    auto& m = mining_[text(*n.what.after, "/metadata/name") + "-svc"];
    if (m.interval_s == 0) {
      m = {interval, v.now, 0};
    }
    m.interval_s = std::min(m.interval_s, interval);
  }
}

void peering_oracle::on_rpc(const served_rpc& r, const world_view& v) {
  if (r.in_flight > calls_per_node_max) {
    violated(std::to_string(r.in_flight) + " calls to " + r.request.host + " are under way");
  }
  constexpr int forbidden = 403;
  if (r.status == forbidden) {
    violated("asked for what the node does not let it: " + r.request.body);
  }
  const auto* node = v.bitcoinds.at_address(r.request.host);
  constexpr int ok = 200;
  if (node == nullptr || r.status != ok) {
    return;
  }
  proofs_[r.process].emplace(node->subdomain, node->address);
  const bool tells = r.request.body.find("node\"") != std::string::npos
                     || r.request.body.find("generate") != std::string::npos;
  if (!tells) {
    return;  // a poll
  }
  const auto body = json::parse(r.request.body, nullptr, false);
  if (body.is_array()) {
    for (const auto& call : body) {
      check_call(call, *node, r, v);
    }
  } else {
    check_call(body, *node, r, v);
  }
}

void peering_oracle::check_call(const json& call,
                                const bitcoin_node& node,
                                const served_rpc& r,
                                const world_view& v) {
  const auto method = text(call, "/method");
  if (method == "addnode") {
    check_entry(param(call, 1), param(call, 0), node, r.process);
  } else if (method == "disconnectnode") {
    check_entry("disconnect", param(call, 0), node, r.process);
  } else if (method == "generatetodescriptor") {
    if (r.blocks_under_way > 1 && !over_) {
      violated("a block is asked of " + node.hostname + " while another call for one is under way");
    }
    check_block(node, v);
  }
}

void peering_oracle::check_entry(const std::string& command,
                                 const std::string& entry,
                                 const bitcoin_node& node,
                                 process_id process) {
  const auto host = host_of(entry);
  if (is_own_name(host, node)) {
    return;
  }
  const bool adds = command == "add" || command == "onetry";
  const bool proven = proofs_[process].contains({node.subdomain, host});
  if (!is_address(host) || (adds && !proven)) {
    violated("node " + node.hostname + " was told to " + command + ' ' + entry);
  }
}

void peering_oracle::check_block(const bitcoin_node& node, const world_view& v) {
  const auto found = mining_.find(node.subdomain);
  if (found == mining_.end()) {
    violated("node " + node.hostname + " was told to make a block, and nobody wants one");
    return;
  }
  auto& m = found->second;
  const auto passed = std::chrono::duration_cast<std::chrono::seconds>(v.now - m.since).count();
  const auto due = static_cast<std::uint64_t>(passed / m.interval_s) + 1;
  const auto blocks_max = due * (1 + overlaps_) + processes_ + v.faults;
  if (++m.blocks > blocks_max) {
    violated(std::to_string(m.blocks) + " blocks on " + node.hostname + " in "
             + std::to_string(passed) + " s, at most " + std::to_string(blocks_max)
             + " are due each " + std::to_string(m.interval_s) + " s");
  }
}

}  // namespace btc::sim
