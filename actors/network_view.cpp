#include "actors/network_view.hpp"

#include "actors/reconcile/names.hpp"
#include "actors/reconcile/nodes.hpp"
#include "actors/reconcile/ownership.hpp"
#include "actors/reconcile/spec_rules.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace btc::actors {

namespace {
// The kubelet's word for a container that waits for its mounts, and for its image too.
constexpr std::string_view container_creating = "ContainerCreating";
}  // namespace

network_view::network_view(const k8s::object_key& network)
    : service_name_(reconcile::service_name(network.name)),
      stateful_set_name_(reconcile::stateful_set_name(network.name)) {}

bool network_view::take(const messages::object_change& change) {
  const auto& name = change.object->meta.key.name;
  switch (change.object->kind) {
    case k8s::kind::bitcoin_network:
      return take_network(change);
    case k8s::kind::service:
      return name == service_name_ && take_child(change, observed_.service);
    case k8s::kind::stateful_set:
      return name == stateful_set_name_ && take_child(change, observed_.stateful_set);
    case k8s::kind::pod:
      return take_pod(change);
    case k8s::kind::secret:
    case k8s::kind::event:
    case k8s::kind::claim:
    case k8s::kind::storage_class:
      break;
  }
  return false;
}

bool network_view::take_network(const messages::object_change& change) {
  if (!advance(change)) {
    return false;
  }
  const auto before = std::move(observed_.network);
  observed_.network = change.deleted ? nullptr : k8s::as<k8s::bitcoin_network>(change.object);
  const auto& now = observed_.network;
  if (before == nullptr || now == nullptr || before->meta.uid != now->meta.uid) {
    observed_.secret = {};
    observed_.conf = {};
    observed_.claims.clear();
    observed_.storage_class = {};
    forget_chain();
  }
  const bool other_spec = before == nullptr || now == nullptr || before->meta.uid != now->meta.uid
                          || before->meta.generation != now->meta.generation;
  if (other_spec) {
    // The user has spoken: what was refused or missing under the old spec is tried anew.
    observed_.desired.reset();
    observed_.refused.reset();
    forget_troubles();
    if (before != nullptr && now != nullptr && before->spec.secret != now->spec.secret) {
      observed_.secret.is = reconcile::secret_view::state::unknown;
    }
  }
  return true;
}

template <class T>
bool network_view::take_child(const messages::object_change& change,
                              std::shared_ptr<const T>& slot) {
  if (!advance(change)) {
    // Old news of what we know better, but it tells whether the watch will tell of it: a child that
    // loses our labels is DELETED to the watch, and lives on.
    if (slot == nullptr || slot->meta.uid != change.object->meta.uid) {
      return false;
    }
    if (!change.deleted) {
      looked_up_.erase(change.object->kind);
      return false;
    }
    return looked_up_.insert(change.object->kind).second;  // somebody has to look again
  }
  slot = change.deleted ? nullptr : k8s::as<T>(change.object);
  looked_up_.erase(change.object->kind);
  return true;
}

bool network_view::take_pod(const messages::object_change& change) {
  // Only the cache tells of pods, and it tells in order.
  auto& pods = observed_.pods;
  const auto same = std::find_if(pods.begin(), pods.end(), [&](const auto& pod) {
    return pod->meta.key.name == change.object->meta.key.name;
  });
  if (same != pods.end()) {
    if (change.deleted || (*same)->meta.uid != change.object->meta.uid) {
      // Its claim may go with it, and be made anew of the template's size.
      const auto ordinal = reconcile::ordinal_of(change.object->meta.key.name, stateful_set_name_);
      observed_.claims.erase(ordinal.value_or(-1));
    }
    pods.erase(same);
  }
  if (!change.deleted) {
    pods.push_back(k8s::as<k8s::pod>(change.object));
  }
  return true;
}

bool network_view::advance(const messages::object_change& change) {
  auto& newest = newest_[static_cast<std::size_t>(change.object->kind)];
  const auto& version = change.object->meta.resource_version;
  const auto order = k8s::compare_resource_versions(version, newest);
  // A deletion that only a list told of carries the version of the last state that was known, which
  // is as a rule the very one that we wrote or saw: equal is news for it.
  if (!change.authoritative && (change.deleted ? order < 0 : order <= 0)) {
    return false;
  }
  newest = version;
  return true;
}

void network_view::take_looked_up(k8s::kind kind, const k8s::object_ptr& object) {
  if (object != nullptr) {
    // An object that left our selector is DELETED to the watch at the very version that it now has,
    // so an equal version is news here, and only an older one is not.
    const auto& newest = newest_[static_cast<std::size_t>(kind)];
    const bool current = k8s::compare_resource_versions(object->meta.resource_version, newest) >= 0;
    static_cast<void>(take({object, false, current}));
    looked_up_.insert(kind);
    return;
  }
  looked_up_.erase(kind);
  if (kind == k8s::kind::service) {
    observed_.service.reset();
  } else {
    observed_.stateful_set.reset();
  }
}

void network_view::take_secret(reconcile::secret_view secret) {
  if (secret.credentials == nullptr) {
    secret.credentials = std::move(observed_.secret.credentials);
  }
  observed_.secret = std::move(secret);
}

void network_view::forget_secrets() {
  observed_.secret.is = reconcile::secret_view::state::unknown;
  observed_.conf.is = reconcile::conf_view::state::due;
}

bool network_view::doubt_configuration() {
  const bool waits = std::ranges::any_of(
      observed_.pods, [](const auto& pod) { return pod->waiting_reason == container_creating; });
  if (waits) {
    observed_.conf.is = reconcile::conf_view::state::due;
  }
  return waits;
}

void network_view::forget_troubles() {
  if (observed_.secret.is != reconcile::secret_view::state::usable) {
    observed_.secret.is = reconcile::secret_view::state::unknown;
  }
  using conf = reconcile::conf_view::state;
  if (observed_.conf.is == conf::foreign) {
    observed_.conf.is = conf::unread;  // to be looked at: making it would be refused again
  } else if (observed_.conf.is != conf::present && observed_.conf.is != conf::unknown) {
    observed_.conf.is = conf::due;
  }
  std::erase_if(observed_.claims, [](const auto& claim) {
    return claim.second.is != reconcile::claim_view::state::present || !claim.second.bound;
  });
  if (observed_.storage_class.is != reconcile::storage_class_view::state::present) {
    observed_.storage_class = {};
  }
}

void network_view::take_chain(std::shared_ptr<const bitcoin::chain_report> report) {
  forget_chain();
  observed_.chain = std::move(report);
}

void network_view::forget_chain() {
  observed_.chain.reset();
  observed_.unheard = false;
  listening_since_.reset();
}

bool network_view::gives_up_hearing(std::chrono::steady_clock::time_point now,
                                    std::chrono::milliseconds patience) {
  if (observed_.network == nullptr || observed_.chain != nullptr || observed_.unheard) {
    return false;
  }
  listening_since_ = listening_since_.value_or(now);
  observed_.unheard = now - *listening_since_ >= patience;
  return observed_.unheard;
}

const reconcile::observed& network_view::prepare(std::string now) {
  observed_.now = std::move(now);
  const auto& network = observed_.network;
  if (network == nullptr || !reconcile::spec_problems(*network).empty()) {
    return observed_;
  }
  const auto& before = observed_.desired;
  const auto seen = reconcile::configuration_seen(observed_);
  if (observed_.secret.is == reconcile::secret_view::state::usable) {
    const auto& all = observed_.secret.credentials;
    if (before == nullptr || !before->is_for(all->user)
        || before->mark() != reconcile::wanted_mark(seen, before->configuration())) {
      want({all, &all->user}, seen);
    }
  } else if (before == nullptr || before->mark() != seen.pods) {
    want(nullptr, seen);
  }
  return observed_;
}

void network_view::want(reconcile::desired_children::user_ptr user,
                        const reconcile::seen_configuration& seen) {
  observed_.desired = std::make_shared<const reconcile::desired_children>(
      observed_.network, std::move(user), seen, observed_.desired.get());
}

void network_view::rest(bool in_place) {
  const auto& desired = observed_.desired;
  if (desired == nullptr) {
    return;
  }
  if (in_place) {
    const auto settle = [](const k8s::object_meta& meta, const reconcile::digest& as) {
      return reconcile::settled_write{meta.uid, reconcile::spec_version(meta), as.content, {}};
    };
    observed_.settled_service = settle(observed_.service->meta, desired->service_digest());
    observed_.settled_stateful_set =
        settle(observed_.stateful_set->meta, desired->stateful_set_digest());
  }
  desired->rest(observed_.network);
}

}  // namespace btc::actors
