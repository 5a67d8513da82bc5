#include "actors/reconcile/names.hpp"
#include "actors/reconcile_actor.hpp"

#include <utility>

/// What the actions of a plan ask of the API server.
namespace btc::actors {

using namespace messages;

void reconcile_state::perform(const reconcile::announce& a) {
  tell_of_created();
  tell(a.event);
}

void reconcile_state::perform(const reconcile::read_secret& a) {
  call(k8s::get_request(k8s::kind::secret, {args_.key.ns, a.name}));
}

void reconcile_state::perform(const reconcile::read_conf& a) {
  call(k8s::get_request(k8s::kind::secret, {args_.key.ns, a.name}));
}

void reconcile_state::perform(const reconcile::create_secret&) {
  call(k8s::create_request(k8s::kind::secret,
                           std::make_shared<const nlohmann::json>(reconcile::rpc_secret_manifest(
                               *view_.network(), args_.env->password()))));
}

void reconcile_state::perform(const reconcile::create_child& a) {
  creations_.spend(self_->clock().now());
  call(k8s::create_request(a.kind, a.manifest));
}

void reconcile_state::perform(const reconcile::take_ownership& a) {
  call(k8s::json_patch_request(a.kind, a.key, a.operations));
}

/// After a JSON patch that made way for it, it is for what that patch has made, or for nothing:
/// somebody may be taking the child over at this moment.
void reconcile_state::perform(const reconcile::apply_child& a) {
  corrections_.spend(self_->clock().now());
  const auto version = std::exchange(version_made_, {});
  if (version.empty()) {
    call(k8s::apply_request(a.kind, a.manifest));
    return;
  }
  auto manifest = *a.manifest;
  manifest["metadata"]["resourceVersion"] = version;
  call(k8s::apply_request(a.kind, std::make_shared<const nlohmann::json>(std::move(manifest))));
}

void reconcile_state::perform(const reconcile::read_claim& a) {
  call(k8s::get_request(k8s::kind::claim, a.key));
}

void reconcile_state::perform(const reconcile::read_storage_class& a) {
  call(k8s::get_request(k8s::kind::storage_class, {{}, a.name}));
}

void reconcile_state::perform(const reconcile::grow_claim& a) {
  call(k8s::merge_patch_request(
      k8s::kind::claim, a.key, {{"spec", {{"resources", {{"requests", {{"storage", a.size}}}}}}}}));
}

void reconcile_state::perform(const reconcile::patch_status& a) {
  statuses_.spend(self_->clock().now());
  auto patch = a.patch;
  // Neither over a newer spec nor onto a namesake that was created since: /status checks the
  // version, and ignores a uid.
  patch["metadata"]["resourceVersion"] = view_.network()->meta.resource_version;
  call(k8s::status_patch_request(k8s::kind::bitcoin_network, args_.key, std::move(patch)));
}

void reconcile_state::call(k8s::request r) {
  record_write(r);
  asked_at_ = self_->clock().now();
  self_->send(args_.api,
              api_call{++call_id_,
                       std::make_shared<const k8s::request>(std::move(r)),
                       api_call::lane::control,
                       caf::actor_cast<api_client>(self_)});
}

void reconcile_state::look_up(k8s::kind kind) {
  looking_up_ = kind;
  if (phase_ == phase::queued) {
    begin_work();
  }
  call(k8s::get_request(
      kind,
      {args_.key.ns,
       kind == k8s::kind::service ? reconcile::service_name(args_.key.name)
                                  : reconcile::stateful_set_name(args_.key.name)}));
}

/// One Event for all children that were created in a row: each would be as large a request to the
/// API server as the child itself.
void reconcile_state::tell_of_created() {
  if (created_.empty()) {
    return;
  }
  auto all = std::exchange(created_, {});
  auto& first = all.front();
  for (auto other = all.begin() + 1; other != all.end(); ++other) {
    first.message += "; " + other->message;
  }
  tell(first);
}

void reconcile_state::tell(const reconcile::announcement& event) {
  const auto& network = view_.network();
  if (network == nullptr) {
    return;
  }
  self_->send(
      args_.recorder,
      record_event{{network->meta.key, network->meta.uid, network->meta.resource_version}, event});
}

void reconcile_state::record_write(const k8s::request& r) {
  if (r.method == k8s::method::get) {
    return;
  }
  last_writes_.push_back(r.verb + ' ' + std::string{k8s::info(r.resource).name}
                         + (r.resource == k8s::kind::bitcoin_network ? " status" : "") + " at "
                         + rfc3339(args_.env->wall_clock()));
  if (last_writes_.size() > args_.env->limits.last_writes_max) {
    last_writes_.erase(last_writes_.begin());
  }
}

}  // namespace btc::actors
