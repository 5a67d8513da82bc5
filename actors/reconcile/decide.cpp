#include "actors/reconcile/decide.hpp"

#include "actors/reconcile/children.hpp"
#include "actors/reconcile/image_trouble.hpp"
#include "actors/reconcile/names.hpp"
#include "actors/reconcile/ownership.hpp"
#include "actors/reconcile/secret_steps.hpp"
#include "actors/reconcile/spec_rules.hpp"
#include "actors/reconcile/status.hpp"
#include "actors/reconcile/status_events.hpp"
#include "actors/reconcile/storage_steps.hpp"
#include "actors/reconcile/text.hpp"

#include <utility>
#include <vector>

namespace btc::reconcile {

namespace {

/// A plan of status only: one patch when it differs, and one Event when the network becomes
/// degraded for another reason than before (the condition remembers, so a restart announces
/// nothing anew).
void report(const observed& o, const degradation& degraded, plan& p) {
  const auto before_reason = [&]() -> std::string {
    const auto* c = k8s::find_condition(o.network->status, condition_degraded);
    return c != nullptr && c->status == "True" ? c->reason + c->message : "";
  }();
  const bool can_tell = degraded.reason != reason_ending;  // no Event can be made there
  if (can_tell && !degraded.reason.empty() && before_reason != degraded.reason + degraded.message) {
    p.actions.emplace_back(
        announce{{announcement::severity::warning, degraded.reason, degraded.message}});
  }
  const auto after = status_of(o, degraded);
  for (auto& news : news_of(o.network->status, after)) {
    p.actions.emplace_back(announce{std::move(news)});
  }
  auto patch = status_patch(o.network->status, after);
  if (!patch.is_null()) {
    p.actions.emplace_back(patch_status{std::move(patch)});
    p.because = p.because.empty() ? "status" : p.because;
  }
}

[[nodiscard]] plan only_status(const observed& o, const degradation& degraded, bool look_again) {
  plan p{.look_again = look_again};
  report(o, degraded, p);
  return p;
}

struct named_child {
  k8s::kind kind;
  const k8s::object* object;
  std::string name;
};

[[nodiscard]] plan blocked_by_owner(const observed& o, const named_child& child, ownership whose) {
  const auto title = std::string{k8s::info(child.kind).name} + ' ' + child.name;
  if (whose == ownership::predecessor) {
    return only_status(o, {}, true);
  }
  return only_status(o,
                     {"ChildNotOwned",
                      title + " exists and is not controlled by this network; "
                          + (child.kind == k8s::kind::stateful_set
                                 ? "delete it (with --cascade=orphan its pods and claims stay)"
                                 : "delete")
                          + " or rename it, it is left alone"},
                     true);
}

void append(std::vector<action>& all, std::vector<action> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

/// Writes to the children, in the order in which the pods need them.
[[nodiscard]] plan children_plan(std::vector<action> service,
                                 std::vector<action> secrets,
                                 std::vector<action> set,
                                 std::string because) {
  plan p{std::move(service), false, std::move(because)};
  append(p.actions, std::move(secrets));
  append(p.actions, std::move(set));
  return p;
}

[[nodiscard]] degradation immutable_fields(std::vector<std::string> of_service,
                                           const std::vector<std::string>& of_set) {
  of_service.insert(of_service.end(), of_set.begin(), of_set.end());
  if (of_service.empty()) {
    return {};
  }
  return {"ImmutableField",
          joined(of_service)
              + " cannot be changed in place; delete the child with "
                "--cascade=orphan and it is made anew",
          false};
}

[[nodiscard]] plan converge(const observed& o) {
  auto secrets = steps_for_secrets(o);
  if (secrets.blocks || (secrets.degraded && secrets.degraded->blocks)) {
    return only_status(o, secrets.degraded.value_or(degradation{}), secrets.look_again);
  }
  auto service = service_steps(o);
  if (!secrets.first.empty()) {
    return children_plan(std::move(service.actions), std::move(secrets.first), {}, "credentials");
  }
  auto storage = steps_for_storage(o);
  if (storage.degraded && storage.degraded->blocks) {
    return only_status(o, *storage.degraded, false);
  }
  auto set = stateful_set_steps(o);
  auto p = children_plan(
      std::move(service.actions), std::move(secrets.then), std::move(set.actions), "children");
  if (!p.actions.empty()) {
    return p;  // status follows once the answers are in, so it is written once
  }
  if (!storage.actions.empty()) {
    return {std::move(storage.actions), false, "storage"};
  }
  const bool in_place = service.immutable.empty() && set.immutable.empty();
  if (storage.explains_templates) {
    std::erase(set.immutable, "spec.volumeClaimTemplates");
  }
  if (!secrets.degraded) {
    secrets.degraded = storage.degraded ? storage.degraded : image_trouble(o);
  }
  p = only_status(
      o,
      secrets.degraded.value_or(immutable_fields(std::move(service.immutable), set.immutable)),
      secrets.look_again || storage.look_again);
  p.children_in_place = in_place && p.actions.empty();
  return p;
}

/// Nothing but the status is written, but the nodes are still asked how they are.
[[nodiscard]] plan paused(const observed& o) {
  if (o.secret.is == secret_view::state::unknown) {
    return {{read_secret{secret_name(*o.network), o.network->spec.secret.empty()}},
            false,
            "credentials"};
  }
  return only_status(o, {}, false);
}

}  // namespace

plan decide(const observed& o) {
  if (o.network == nullptr || o.network->meta.deleting) {
    return {};
  }
  if (const auto problems = spec_problems(*o.network); !problems.empty()) {
    return only_status(o, {"InvalidSpec", joined(problems)}, false);
  }
  if (o.network->spec.paused) {
    return paused(o);
  }
  const auto& name = o.network->meta.key.name;
  for (const auto& child :
       {named_child{k8s::kind::service, o.service.get(), service_name(name)},
        named_child{k8s::kind::stateful_set, o.stateful_set.get(), stateful_set_name(name)}}) {
    const auto whose = ownership_of(child.object, *o.network);
    if (whose == ownership::foreign || whose == ownership::predecessor) {
      return blocked_by_owner(o, child, whose);
    }
  }
  if (o.refused) {
    return only_status(o, {o.refused->reason, o.refused->object + ": " + o.refused->message}, true);
  }
  return converge(o);
}

}  // namespace btc::reconcile
