#include "test/sim/oracles/pause.hpp"

#include "test/sim/oracles/reading.hpp"

namespace btc::sim {

namespace {

/// The uid of the network whose status the request writes; empty for other requests.
[[nodiscard]] std::string network_of(const k8s::request& r, const world_view& v) {
  constexpr std::string_view before = "/bitcoinnetworks/";
  const auto begin = r.target.find(before);
  const auto end = r.target.find("/status");
  if (begin == std::string::npos || end == std::string::npos) {
    return {};
  }
  const auto name = r.target.substr(begin + before.size(), end - begin - before.size());
  const auto network = v.cluster.objects().log(type_id::bitcoin_networks).find("default/" + name);
  return network == nullptr ? std::string{} : text(*network, "/metadata/uid");
}

}  // namespace

void pause_oracle::on_commit(const commit_notice& n, const world_view&) {
  if (n.type.id != type_id::bitcoin_networks) {
    return;
  }
  const auto& object = n.what.after != nullptr ? *n.what.after : *n.what.before;
  if (n.what.after == nullptr || look(object, "/spec/paused") != true) {
    const auto uid = text(object, "/metadata/uid");
    std::erase_if(told_, [&](const auto& entry) { return entry.second == uid; });
  }
}

void pause_oracle::on_request(const served_request& r, const world_view& v) {
  constexpr int refused = 300;
  if (r.request.body == nullptr || r.response.status >= refused) {
    return;
  }
  const auto& body = *r.request.body;
  if (const auto network = network_of(r.request, v); !network.empty()) {
    if (text(body, "/status/phase") == "Paused") {
      told_.emplace(r.process, network);
    }
    return;
  }
  if (told_.contains({r.process, controller_uid(body)})) {
    violated("a child of a paused network is written: " + call_site(r.request) + ' '
             + r.request.target);
  }
}

}  // namespace btc::sim
