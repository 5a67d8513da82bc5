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

#include <array>
#include <optional>
#include <string>
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

/// A child of one of our names that is not ours; without a reason where garbage collection ends it.
[[nodiscard]] std::optional<degradation> obstacle_of(const observed& o) {
  const auto& name = o.network->meta.key.name;
  const std::array<std::pair<const k8s::object*, std::string>, 2> children{
      {{o.service.get(), service_name(name)}, {o.stateful_set.get(), stateful_set_name(name)}}};
  for (const auto& [child, child_name] : children) {
    const auto whose = ownership_of(child, *o.network);
    if (whose == ownership::foreign) {
      return degradation{"ChildNotOwned",
                         std::string{k8s::info(child->kind).name} + ' ' + child_name
                             + " exists and is not controlled by this network; "
                             + (child->kind == k8s::kind::stateful_set
                                    ? "delete it (with --cascade=orphan its pods and claims stay)"
                                    : "delete")
                             + " or rename it, it is left alone"};
    }
    if (whose == ownership::predecessor) {
      return degradation{};
    }
  }
  return std::nullopt;
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

/// Nothing but the status is written, but the nodes are still asked how they are, and what is wrong
/// is told as ever.
[[nodiscard]] plan paused(const observed& o, const std::optional<degradation>& in_the_way) {
  using state = secret_view::state;
  if (o.secret.is == state::unknown || o.secret.is == state::unread) {
    return {{read_secret{secret_name(*o.network), o.network->spec.secret.empty()}},
            false,
            "credentials"};
  }
  if (in_the_way) {
    return only_status(o, *in_the_way, true);
  }
  auto trouble = secret_trouble(o);
  const bool look_again = trouble.has_value();
  if (!trouble) {
    trouble = image_trouble(o);
  }
  return only_status(o, trouble.value_or(degradation{}), look_again);
}

}  // namespace

plan decide(const observed& o) {
  if (o.network == nullptr || o.network->meta.deleting) {
    return {};
  }
  if (const auto problems = spec_problems(*o.network); !problems.empty()) {
    return only_status(o, {"InvalidSpec", joined(problems)}, false);
  }
  const auto in_the_way = obstacle_of(o);
  if (o.network->spec.paused) {
    return paused(o, in_the_way);
  }
  if (in_the_way) {
    return only_status(o, *in_the_way, true);
  }
  if (o.refused) {
    return only_status(o, {o.refused->reason, o.refused->object + ": " + o.refused->message}, true);
  }
  return converge(o);
}

}  // namespace btc::reconcile
