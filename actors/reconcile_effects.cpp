#include "actors/reconcile/names.hpp"
#include "actors/reconcile/secret_check.hpp"
#include "actors/reconcile/storage_steps.hpp"
#include "actors/reconcile_actor.hpp"

#include <utility>

/// What is known after a request of ours has succeeded.
namespace btc::actors {

using namespace messages;
using telemetry::write_verb;

void reconcile_state::took_effect(const reconcile::action& done, const k8s::payload& body) {
  if (view_.network() == nullptr) {
    return;  // it went meanwhile; what was made for it is garbage
  }
  std::visit([&](const auto& a) { took(a, body); }, done);
}

void reconcile_state::took(const reconcile::read_secret& read, const k8s::payload& body) {
  if (is_wanted(read.name)) {
    view_.take_secret(reconcile::check_secret(body, *view_.network(), read.must_be_ours));
  }
}

void reconcile_state::took(const reconcile::read_conf&, const k8s::payload& body) {
  view_.values().conf = reconcile::check_conf(body, *view_.network());
}

void reconcile_state::took(const reconcile::create_secret& create, const k8s::payload& body) {
  auto made = reconcile::check_secret(body, *view_.network(), true);
  if (made.is != reconcile::secret_view::state::usable) {
    made.is = reconcile::secret_view::state::unread;  // an answer that does not show it
  }
  if (is_wanted(reconcile::rpc_secret_name(args_.key.name))) {
    view_.take_secret(std::move(made));
  }
  wrote(k8s::kind::secret, write_verb::create, create.done, false);
}

void reconcile_state::took(const reconcile::create_child& create, const k8s::payload& body) {
  settle(create.kind, create.content, {}, body);
  wrote(create.kind, write_verb::create, create.done, false);
}

void reconcile_state::took(const reconcile::apply_child& apply, const k8s::payload& body) {
  if (apply.drift) {
    args_.env->metrics.drift_corrected(apply.kind);
  }
  settle(apply.kind, apply.content, apply.immutable, body);
  wrote(apply.kind, write_verb::apply, apply.done, apply.drift);
}

void reconcile_state::took(const reconcile::take_ownership& own, const k8s::payload& body) {
  args_.env->metrics.wrote(own.kind, write_verb::patch);
  version_made_ = adopt(own.kind, body)->meta.resource_version;  // doubt() has seen the child in it
}

void reconcile_state::took(const reconcile::read_claim& read, const k8s::payload& body) {
  view_.values().claims[read.ordinal] = reconcile::check_claim(body);
}

void reconcile_state::took(const reconcile::read_storage_class& read, const k8s::payload&) {
  view_.values().storage_class = {reconcile::storage_class_view::state::present, read.name};
}

void reconcile_state::took(const reconcile::grow_claim& grow, const k8s::payload& body) {
  auto& claim = view_.values().claims[grow.ordinal];
  claim = reconcile::check_growth(body, grow.size);
  if (claim.is == reconcile::claim_view::state::present) {
    wrote(k8s::kind::claim, write_verb::patch, grow.done, false);
  }
}

void reconcile_state::took(const reconcile::patch_status&, const k8s::payload& body) {
  args_.env->metrics.wrote(k8s::kind::bitcoin_network, write_verb::patch);
  adopt(k8s::kind::bitcoin_network, body);
}

/// The child is as it was written, by the API server's own answer.
void reconcile_state::settle(k8s::kind kind,
                             std::uint64_t content,
                             std::vector<std::string> immutable,
                             const k8s::payload& body) {
  auto& values = view_.values();
  if (kind == k8s::kind::secret) {
    values.conf = reconcile::check_conf(body, *view_.network(), values.desired.get());
    return;
  }
  const auto object = adopt(kind, body);
  if (object == nullptr) {
    return;  // the watch will tell
  }
  const auto& meta = object->meta;
  (kind == k8s::kind::service ? values.settled_service : values.settled_stateful_set) =
      reconcile::settled_write{
          meta.uid, reconcile::spec_version(meta), content, std::move(immutable)};
}

/// The answer to a write of ours is news like any other, only earlier.
k8s::object_ptr reconcile_state::adopt(k8s::kind kind, const k8s::payload& body) {
  auto decoded = k8s::decode_object(kind, body);
  if (!decoded) {
    return nullptr;
  }
  auto object = std::move(decoded).value();
  static_cast<void>(view_.take({object}));
  self_->send(args_.caches->of[static_cast<std::size_t>(kind)], object_written{object});
  return object;
}

void reconcile_state::wrote(k8s::kind kind,
                            write_verb verb,
                            const reconcile::announcement& event,
                            bool drift) {
  args_.env->metrics.wrote(kind, verb);
  if (verb == write_verb::create) {
    created_.push_back(event);
  } else {
    tell(event);
  }
  log_.info(drift ? "drift-corrected" : "child-written",
            verb == write_verb::create ? "created a child" : "updated a child",
            {{"what", event.message}});
}

}  // namespace btc::actors
