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

/// Why a success is none: what no watch tells of, and what the next action builds on, has to be
/// seen in the answer. Else pods would be restarted for a bitcoin.conf that was never written, and
/// an apply would leave what it should remove.
std::optional<k8s::api_error> reconcile_state::doubt(const answer& body) const {
  if (!body) {
    return std::nullopt;
  }
  const auto& action = plan_.actions[next_];
  if (const auto* own = std::get_if<reconcile::take_ownership>(&action)) {
    const auto made = k8s::decode_object(own->kind, body.value());
    return made ? std::nullopt : std::optional{made.error()};
  }
  const auto kind = written_unwatched(action);
  return kind ? k8s::parsed_payload{*kind, body.value()}.error() : std::nullopt;
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
    not_due();
    retry_after(backoff_.next(random_->next()));
    return;
  }
  wake();
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
  } else if (k8s::is_namespace_terminating(error)) {
    give_up_children(error);
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
  if (const auto times = troubles_.admit("write-refused", error.reason())) {
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
    not_due();
    return;
  }
  view_.values().refused = reconcile::refusal{
      what, error.reason().empty() ? "Refused" : error.reason(), error.message()};
  wake();
}

/// The namespace ends, and the network soon with it. Nothing can be made there any more, no Event
/// either, and only the end of the network is waited for.
void reconcile_state::give_up_children(const k8s::api_error& error) {
  last_error_ = error.to_string();
  if (troubles_.admit("namespace-ends", "") == 1) {
    log_.info("namespace-ends",
              "the namespace is being deleted; nothing is made in it any more",
              {{"error", last_error_}});
  }
  const auto what = next_ < plan_.actions.size() ? to_string(plan_.actions[next_]) : "look up";
  retry_slowly(10);
  finish(reconcile_result::requeue_after);
  view_.values().refused =
      reconcile::refusal{what, std::string{reconcile::reason_ending}, error.message()};
  wake();
}

/// No answer or a bad moment: nothing is known to be wrong, so only time helps.
void reconcile_state::hold(const k8s::api_error& error) {
  last_error_ = error.to_string();
  const bool conflict = k8s::classify(error) == k8s::error_class::conflict;
  if (conflict) {
    log_.debug("conflict", "somebody else was first, observing again", {{"error", last_error_}});
  } else if (const auto times = troubles_.admit("request-failed", error.reason())) {
    log_.warn("request-failed",
              "a request failed and is tried again",
              {{"error", last_error_}, {"times", times}});
  }
  looking_up_.reset();
  finish(conflict ? reconcile_result::requeue : reconcile_result::error);
  holding_ = true;
  not_due();
  outdated_ = conflict;
  retry_after(backoff_.next(random_->next(), error));
}

}  // namespace btc::actors
