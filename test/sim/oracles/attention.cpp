#include "test/sim/oracles/attention.hpp"

#include "test/sim/oracles/reading.hpp"

#include <algorithm>

namespace btc::sim {

namespace {

/// A back-off is half a minute at the most, and so is the pause between creations that pile up.
constexpr std::chrono::seconds patience{120};

}  // namespace

void attention_oracle::on_commit(const commit_notice& n, const world_view& v) {
  if (n.type.id != type_id::bitcoin_networks) {
    return;
  }
  const auto& network = *(n.what.after == nullptr ? n.what.before : n.what.after);
  const auto uid = text(network, "/metadata/uid");
  const bool goes =
      n.what.after == nullptr || !text(network, "/metadata/deletionTimestamp").empty();
  if (goes
      || number(network, "/status/observedGeneration") == number(network, "/metadata/generation")) {
    unanswered_.erase(uid);
  } else {
    unanswered_.try_emplace(uid, v.now);
  }
}

void attention_oracle::on_request(const served_request&, const world_view& v) {
  check(v);
}

void attention_oracle::on_rpc(const served_rpc&, const world_view& v) {
  check(v);
}

void attention_oracle::on_end(const world_view& v) {
  check(v);
}

void attention_oracle::check(const world_view& v) {
  if (!v.prompt || v.faults > 0) {
    counts_from_.reset();
    return;
  }
  if (!counts_from_) {
    counts_from_ = v.now;  // what went by before was nobody's fault
  }
  for (const auto& [uid, since] : unanswered_) {
    if (v.now - std::max(since, *counts_from_) > patience) {
      violated("the spec of network " + uid + " was not answered within "
               + std::to_string(patience.count()) + " s");
    }
  }
}

}  // namespace btc::sim
