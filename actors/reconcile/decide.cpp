#include "actors/reconcile/decide.hpp"

#include "actors/reconcile/children.hpp"
#include "actors/reconcile/names.hpp"
#include "actors/reconcile/ownership.hpp"
#include "actors/reconcile/spec_rules.hpp"
#include "actors/reconcile/status.hpp"

#include <utility>

namespace btc::reconcile {

namespace {

[[nodiscard]] std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) {
    text += (text.empty() ? "" : ", ") + part;
  }
  return text;
}

/// A plan of status only: one patch when it differs, and one Event when the network becomes
/// degraded for another reason than before (the condition remembers, so a restart announces
/// nothing anew).
void report(const observed& o, const degradation& degraded, plan& p) {
  const auto before_reason = [&]() -> std::string {
    const auto* c = k8s::find_condition(o.network->status, condition_degraded);
    return c != nullptr && c->status == "True" ? c->reason + c->message : "";
  }();
  if (!degraded.reason.empty() && before_reason != degraded.reason + degraded.message) {
    p.actions.emplace_back(
        announce{{announcement::severity::warning, degraded.reason, degraded.message}});
  }
  auto patch = status_patch(o.network->status, status_of(o, degraded));
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
                      title
                          + " exists and is not controlled by this network; delete or rename "
                            "it, it is left alone"},
                     true);
}

/// The Secret step: what to do before a StatefulSet that reads it may be written.
[[nodiscard]] std::optional<plan> blocked_by_secret(const observed& o) {
  const auto name = secret_name(*o.network);
  const bool generated = o.network->spec.secret.empty();
  switch (o.secret.is) {
    case secret_view::state::usable:
      return std::nullopt;
    case secret_view::state::unknown:
      if (generated) {
        return plan{{create_secret{{announcement::severity::normal,
                                    "SuccessfulCreate",
                                    "Created Secret " + name + " with generated credentials"}}},
                    false,
                    "credentials"};
      }
      [[fallthrough]];
    case secret_view::state::unread:
      return plan{{read_secret{name, generated}}, false, "credentials"};
    case secret_view::state::foreign:
      return only_status(o,
                         {"ChildNotOwned",
                          "Secret " + name
                              + " exists and is not controlled by this network; "
                                "delete it or name it in spec.secret"},
                         true);
    case secret_view::state::predecessor:
      return only_status(o, {}, true);
    case secret_view::state::absent:
      return only_status(
          o,
          {"SecretInvalid",
           "Secret " + name + " does not exist; create it with the keys "
               + std::string{secret_user_key} + " and " + std::string{secret_password_key}},
          true);
    case secret_view::state::incomplete:
      break;
  }
  return only_status(o,
                     {"SecretInvalid",
                      "Secret " + name + " lacks " + joined(o.secret.missing_keys)
                          + "; give each key a value that is not empty"},
                     true);
}

void append(std::vector<action>& all, std::vector<action> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

/// The Service needs no Secret, so it does not wait for the first look at one.
[[nodiscard]] plan with_service(std::vector<action> service, plan blocked) {
  if (blocked.look_again) {
    return blocked;
  }
  append(service, std::move(blocked.actions));
  blocked.actions = std::move(service);
  return blocked;
}

[[nodiscard]] plan converge(const observed& o) {
  auto service = service_steps(o);
  auto set = stateful_set_steps(o);
  if (set.needs_secret) {
    if (auto blocked = blocked_by_secret(o)) {
      return with_service(std::move(service.actions), std::move(*blocked));
    }
  }
  plan p;
  append(p.actions, std::move(service.actions));
  append(p.actions, std::move(set.actions));
  if (!p.actions.empty()) {
    p.because = "children";
    return p;  // status follows once the answers are in, so it is written once
  }
  auto immutable = std::move(service.immutable);
  immutable.insert(immutable.end(), set.immutable.begin(), set.immutable.end());
  if (!immutable.empty()) {
    report(o,
           {"ImmutableField",
            joined(immutable)
                + " cannot be changed in place; delete the child with "
                  "--cascade=orphan and it is made anew",
            false},
           p);
    return p;
  }
  report(o, {}, p);
  return p;
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
    return only_status(o, {}, false);
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
