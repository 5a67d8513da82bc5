#include "test/sim/oracles/ownership.hpp"

#include "test/sim/oracles/reading.hpp"

namespace btc::sim {

void ownership_oracle::on_commit(const commit_notice& n, const world_view&) {
  if (n.type.id == type_id::bitcoin_networks && n.what.after != nullptr) {
    networks_[text(*n.what.after, "/metadata/uid")] = text(*n.what.after, "/metadata/name");
  }
  if (!by_controller(n)) {
    return;
  }
  if (n.what.what == change::deleted) {
    violated("deleted " + n.type.kind + ' ' + n.what.key);
    return;
  }
  switch (n.type.id) {
    case type_id::bitcoin_networks:
      if (n.subresource != "status") {
        violated("wrote BitcoinNetwork " + n.what.key + " beyond its status");
      }
      return;
    case type_id::services:
    case type_id::stateful_sets:
    case type_id::secrets:
      check_child(n);
      return;
    case type_id::events:
    case type_id::persistent_volume_claims:
      return;
    default:
      violated("wrote " + n.type.kind + ' ' + n.what.key);
  }
}

void ownership_oracle::check_child(const commit_notice& n) {
  const auto subject = n.type.kind + ' ' + n.what.key;
  const auto owner = controller_uid(*n.what.after);
  const auto network = networks_.find(owner);
  if (network == networks_.end()) {
    violated("wrote " + subject + ", which no network controls");
    return;
  }
  if (!text(*n.what.after, "/metadata/name").starts_with(network->second + '-')) {
    violated("wrote " + subject + " for network " + network->second);
  }
  if (n.what.before != nullptr && controller_uid(*n.what.before) != owner) {
    violated("took over " + subject + ", which belonged to somebody else");
  }
}

}  // namespace btc::sim
