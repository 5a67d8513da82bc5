#include "test/sim/oracles/hands_off.hpp"

#include "test/sim/oracles/reading.hpp"
#include "test/sim/world/users.hpp"

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

/// What a status tells of a network that is left alone.
[[nodiscard]] bool tells_of_it(const nlohmann::json& status_patch) {
  return text(status_patch, "/status/phase") == "Paused" || is_told_invalid(status_patch);
}

}  // namespace

void hands_off_oracle::on_commit(const commit_notice& n, const world_view&) {
  if (n.type.id != type_id::bitcoin_networks || told_.empty()) {
    return;
  }
  const auto& object = n.what.after != nullptr ? *n.what.after : *n.what.before;
  const bool goes_on = look(object, "/spec/paused") != true && is_valid(object);
  if (n.what.after == nullptr || goes_on) {
    const auto uid = text(object, "/metadata/uid");
    std::erase_if(told_, [&](const auto& entry) { return entry.second == uid; });
  }
}

void hands_off_oracle::on_request(const served_request& r, const world_view& v) {
  constexpr int refused = 300;
  if (!r.awaited || r.request.body == nullptr || r.response.status >= refused) {
    return;
  }
  const auto& body = *r.request.body;
  if (const auto network = network_of(r.request, v); !network.empty()) {
    if (tells_of_it(body)) {
      told_.emplace(r.process, network);
    }
    return;
  }
  if (told_.contains({r.process, controller_uid(body)})) {
    violated("a child of a network that is paused or invalid is written: " + call_site(r.request)
             + ' ' + r.request.target);
  }
}

}  // namespace btc::sim
