#include "actors/reconcile/ownership.hpp"
#include "actors/reconcile_actor.hpp"
#include "k8s/decode.hpp"
#include "k8s/parsed_payload.hpp"

#include <algorithm>
#include <utility>

/// What an answer of the API server means when it is not what was hoped for.
namespace btc::actors {

using namespace messages;
using telemetry::reconcile_result;

void reconcile_state::on_answer(const api_answer& m) {
  if (m.id != call_id_ || phase_ != phase::acting) {
    return;
  }
  if (looking_up_) {
    on_looked_up(*m.body);
  } else if (const auto unproven = doubt(*m.body)) {
    on_failure(*unproven);
  } else if (*m.body) {
    on_success(m.body->value());
  } else {
    on_failure(m.body->error());
  }
}

namespace {

/// What an action writes that no watch tells of.
[[nodiscard]] std::optional<k8s::kind> written_unwatched(const reconcile::action& a) {
  if (std::holds_alternative<reconcile::grow_claim>(a)) {
    return k8s::kind::claim;
  }
  const auto* create = std::get_if<reconcile::create_child>(&a);
  const auto* apply = std::get_if<reconcile::apply_child>(&a);
  const bool secret = (create != nullptr && create->kind == k8s::kind::secret)
                      || (apply != nullptr && apply->kind == k8s::kind::secret);
  return secret ? std::optional{k8s::kind::secret} : std::nullopt;
}

}  // namespace

/// Why a success is none: what no watch tells of has to be seen in the answer. Else pods would be
/// restarted for a bitcoin.conf that was never written.
std::optional<k8s::api_error> reconcile_state::doubt(const answer& body) const {
  const auto kind = body ? written_unwatched(plan_.actions[next_]) : std::nullopt;
  if (!kind) {
    return std::nullopt;
  }
  return k8s::parsed_payload{*kind, body.value()}.error();
}

void reconcile_state::on_success(const k8s::payload& body) {
  took_effect(plan_.actions[next_], body);
  tell_peer();
  ++next_;
  looks_ = 0;
  if (view_.network() == nullptr || view_.network()->meta.deleting) {
    plan_.actions.clear();  // nothing more is written for a network that is gone
    next_ = 0;
  }
  act();
}

void reconcile_state::on_looked_up(const answer& body) {
  const auto kind = *std::exchange(looking_up_, std::nullopt);
  k8s::object_ptr object;
  if (body) {
    auto decoded = k8s::decode_object(kind, body.value());
    if (!decoded) {
      hold(decoded.error());
      return;
    }
    object = std::move(decoded).value();
  } else if (k8s::classify(body.error()) != k8s::error_class::not_found) {
    on_failure(body.error());
    return;
  }
  view_.take_looked_up(kind, object);
  finish(reconcile_result::requeue);
  if (object == nullptr) {
    // It was there a moment ago: give its deletion time instead of racing it.
    mark_dirty();
    retry_after(backoff_.next(random_->next()));
    return;
  }
  wake();
}

/// The child that a failed write has shown to be other than it was thought to be.
std::optional<k8s::kind> reconcile_state::worth_a_look(const reconcile::action* failed,
                                                       k8s::error_class why) {
  using enum k8s::error_class;
  if (failed == nullptr) {
    return std::nullopt;
  }
  if (const auto* create = std::get_if<reconcile::create_child>(failed)) {
    return why == already_exists && create->kind != k8s::kind::secret ? std::optional{create->kind}
                                                                      : std::nullopt;
  }
  if (const auto* own = std::get_if<reconcile::take_ownership>(failed)) {
    // Its managedFields moved: see where our entry is now.
    return why != retryable ? std::optional{own->kind} : std::nullopt;
  }
  if (const auto* apply = std::get_if<reconcile::apply_child>(failed)) {
    return why == conflict && apply->kind != k8s::kind::secret ? std::optional{apply->kind}
                                                               : std::nullopt;
  }
  return std::nullopt;
}

/// Failures that tell how a Secret is, which no watch does; false for any other.
bool reconcile_state::secret_tells(const reconcile::action* failed, const k8s::api_error& error) {
  return failed != nullptr && (credentials_tell(*failed, error) || conf_tells(*failed, error));
}

bool reconcile_state::credentials_tell(const reconcile::action& failed,
                                       const k8s::api_error& error) {
  using enum k8s::error_class;
  auto& secret = view_.values().secret;
  const bool read = std::holds_alternative<reconcile::read_secret>(failed);
  const auto why = k8s::classify(error);
  if (read && why == not_found) {
    secret.is = reconcile::secret_view::state::absent;
    return true;
  }
  if (read && why == terminal) {
    secret.is = reconcile::secret_view::state::unreadable;
    secret.problems = {error.reason().empty() ? "Refused" : error.reason(), error.message()};
    return true;
  }
  if (std::holds_alternative<reconcile::create_secret>(failed) && why == already_exists
      && looks_ < looks_max) {
    ++looks_;
    secret.is = reconcile::secret_view::state::unread;
    return true;
  }
  return false;
}

bool reconcile_state::conf_tells(const reconcile::action& failed, const k8s::api_error& error) {
  using enum k8s::error_class;
  auto& conf = view_.values().conf;
  const auto why = k8s::classify(error);
  if (std::holds_alternative<reconcile::read_conf>(failed) && why == not_found) {
    conf.is = reconcile::conf_view::state::absent;
    return true;
  }
  const auto* create = std::get_if<reconcile::create_child>(&failed);
  if (create != nullptr && create->kind == k8s::kind::secret && why == already_exists
      && looks_ < looks_max) {
    ++looks_;
    conf.is = reconcile::conf_view::state::unread;
    return true;
  }
  const auto* apply = std::get_if<reconcile::apply_child>(&failed);
  if (apply != nullptr && apply->kind == k8s::kind::secret) {
    conf.is = reconcile::conf_view::state::unread;  // it is no longer as it was seen
    return why == conflict && looks_++ < looks_max;
  }
  return false;
}

/// The same of a node's claim: one that will not grow stops nothing but itself.
bool reconcile_state::claim_tells(const reconcile::action* failed, const k8s::api_error& error) {
  using state = reconcile::claim_view::state;
  const auto* read = failed == nullptr ? nullptr : std::get_if<reconcile::read_claim>(failed);
  const auto* grow = failed == nullptr ? nullptr : std::get_if<reconcile::grow_claim>(failed);
  if (read == nullptr && grow == nullptr) {
    return false;
  }
  auto& claim = view_.values().claims[read != nullptr ? read->ordinal : grow->ordinal];
  switch (k8s::classify(error)) {
    case k8s::error_class::not_found:
      claim = {state::absent, {}, {}};
      return true;
    case k8s::error_class::terminal:
      claim = {state::refused, {}, error.message()};
      return true;
    default:
      return false;
  }
}

/// Whether a StorageClass exists only adds to what is told, so a refusal stops nothing.
bool reconcile_state::class_tells(const reconcile::action* failed, const k8s::api_error& error) {
  using state = reconcile::storage_class_view::state;
  const auto* read =
      failed == nullptr ? nullptr : std::get_if<reconcile::read_storage_class>(failed);
  const auto why = k8s::classify(error);
  if (read == nullptr
      || (why != k8s::error_class::not_found && why != k8s::error_class::terminal)) {
    return false;
  }
  view_.values().storage_class = {
      why == k8s::error_class::not_found ? state::absent : state::hidden, read->name};
  return true;
}

void reconcile_state::on_failure(const k8s::api_error& error) {
  const auto* action = next_ < plan_.actions.size() ? &plan_.actions[next_] : nullptr;
  const auto c = k8s::classify(error);
  if (secret_tells(action, error) || claim_tells(action, error) || class_tells(action, error)) {
    finish(reconcile_result::requeue);
    wake();
  } else if (const auto kind = worth_a_look(action, c); kind && looks_ < looks_max) {
    ++looks_;
    look_up(*kind);
  } else if (c == k8s::error_class::terminal) {
    refuse(error);
  } else {
    hold(error);
  }
}

/// The API server will not take it: tell the user, and try again slowly, because what forbids it
/// (a rule, a quota) can change without a word to us.
void reconcile_state::refuse(const k8s::api_error& error) {
  last_error_ = error.to_string();
  args_.env->metrics.terminal_error();
  if (const auto times = limiter_.admit("write-refused", error.reason())) {
    log_.warn("write-refused",
              "the API server refused a request",
              {{"error", last_error_}, {"times", times}});
  }
  const bool status_itself =
      next_ < plan_.actions.size()
      && std::holds_alternative<reconcile::patch_status>(plan_.actions[next_]);
  retry_slowly();
  const auto what = next_ < plan_.actions.size() ? to_string(plan_.actions[next_]) : "look up";
  finish(reconcile_result::error);
  if (status_itself) {
    holding_ = true;  // there is no way left to tell
    mark_dirty();
    return;
  }
  view_.values().refused = reconcile::refusal{
      what, error.reason().empty() ? "Refused" : error.reason(), error.message()};
  wake();
}

/// No answer or a bad moment: nothing is known to be wrong, so only time helps.
void reconcile_state::hold(const k8s::api_error& error) {
  last_error_ = error.to_string();
  if (k8s::classify(error) == k8s::error_class::conflict) {
    log_.debug("conflict", "somebody else was first, observing again", {{"error", last_error_}});
  } else if (const auto times = limiter_.admit("request-failed", error.reason())) {
    log_.warn("request-failed",
              "a request failed and is tried again",
              {{"error", last_error_}, {"times", times}});
  }
  looking_up_.reset();
  auto delay = backoff_.next(random_->next());
  if (const auto asked = error.retry_after()) {
    delay = std::max<std::chrono::milliseconds>(delay, *asked);
  }
  args_.env->metrics.retried();
  finish(reconcile_result::error);
  mark_dirty();
  holding_ = true;
  retry_after(delay);
}

}  // namespace btc::actors
