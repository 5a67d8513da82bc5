#include "actors/reconcile_actor.hpp"

/// What a failed request tells of the object that it was about.
namespace btc::actors {

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

/// True for the Secret that the spec names now: it may have been edited while the request for
/// another was on its way, and then the answer tells nothing.
bool reconcile_state::is_wanted(const std::string& secret) const {
  const auto& network = view_.network();
  return network != nullptr && secret == reconcile::secret_name(*network);
}

/// Failures that tell how a Secret is, which no watch does; false for any other.
bool reconcile_state::secret_tells(const reconcile::action* failed, const k8s::api_error& error) {
  return failed != nullptr && (credentials_tell(*failed, error) || conf_tells(*failed, error));
}

bool reconcile_state::credentials_tell(const reconcile::action& failed,
                                       const k8s::api_error& error) {
  using enum k8s::error_class;
  auto& secret = view_.values().secret;
  const auto* read = std::get_if<reconcile::read_secret>(&failed);
  const auto why = k8s::classify(error);
  if (read != nullptr && (why == not_found || why == terminal) && !is_wanted(read->name)) {
    return true;
  }
  if (read != nullptr && why == not_found) {
    secret.is = reconcile::secret_view::state::absent;
    return true;
  }
  if (read != nullptr && why == terminal) {
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
    if (why == conflict && looks_ < looks_max) {
      ++looks_;
      return true;
    }
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

}  // namespace btc::actors
