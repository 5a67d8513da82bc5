#include "test/sim/oracles/attention.hpp"

#include "test/sim/oracles/reading.hpp"

#include <algorithm>

namespace btc::sim {

namespace {

/// A back-off is half a minute at the most, and so is the pause between creations that pile up.
constexpr std::chrono::seconds patience{120};
/// After the API server was away, a watch and then a network may first wait for an answer that
/// never comes.
constexpr std::chrono::seconds patience_after_outage{300};

}  // namespace

void attention_oracle::on_commit(const commit_notice& n, const world_view& v) {
  if (n.type.id != type_id::bitcoin_networks) {
    return;
  }
  const auto& network = *(n.what.after == nullptr ? n.what.before : n.what.after);
  const auto uid = text(network, "/metadata/uid");
  const bool goes =
      n.what.after == nullptr || !text(network, "/metadata/deletionTimestamp").empty();
  if (goes) {
    logins_.erase(uid);
  } else {
    note_login(uid, network, v);
  }
  if (goes
      || number(network, "/status/observedGeneration") == number(network, "/metadata/generation")) {
    unanswered_.erase(uid);
  } else {
    unanswered_.try_emplace(uid, v.now);
  }
}

void attention_oracle::note_login(const std::string& uid,
                                  const nlohmann::json& network,
                                  const world_view& v) {
  auto& known = logins_[uid];
  auto named = text(network, "/spec/secret");
  if (named.empty()) {
    named = text(network, "/metadata/name") + "-rpc";
  }
  const bool waits = look(network, "/spec/paused") == true
                     || text(condition(network, "Degraded"), "/status") == "True";
  if (known.secret != named || known.waits != waits) {
    known = {std::move(named), v.now, waits};
  }
}

void attention_oracle::on_request(const served_request& r, const world_view& v) {
  if (r.request.resource == k8s::kind::secret) {
    const auto path = r.request.target.substr(0, r.request.target.find('?'));
    asked_for_.insert(r.request.method == k8s::method::post
                          ? text(*r.request.body, "/metadata/name")
                          : path.substr(path.rfind('/') + 1));
  }
  check(v);
}

void attention_oracle::on_rpc(const served_rpc&, const world_view& v) {
  check(v);
}

void attention_oracle::on_back(const world_view&) {
  counts_from_.reset();
}

void attention_oracle::on_end(const world_view& v) {
  check(v);
}

void attention_oracle::check(const world_view& v) {
  if (!v.prompt || v.away || v.faults > v.outages) {
    counts_from_.reset();
    return;
  }
  if (!counts_from_) {
    counts_from_ = v.now;  // what went by before was nobody's fault
  }
  const auto most = v.outages > 0 ? patience_after_outage : patience;
  for (const auto& [uid, wish] : logins_) {
    if (!wish.waits && !asked_for_.contains(wish.secret)
        && v.now - std::max(wish.since, *counts_from_) > most) {
      violated("Secret " + wish.secret + " was not looked for within "
               + std::to_string(most.count()) + " s");
    }
  }
  for (const auto& [uid, since] : unanswered_) {
    if (v.now - std::max(since, *counts_from_) > most) {
      violated("the spec of network " + uid + " was not answered within "
               + std::to_string(most.count()) + " s");
    }
  }
}

}  // namespace btc::sim
