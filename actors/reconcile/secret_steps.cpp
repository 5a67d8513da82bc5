#include "actors/reconcile/secret_steps.hpp"

#include "actors/bitcoin/bitcoin_conf.hpp"
#include "actors/reconcile/names.hpp"
#include "actors/reconcile/ownership.hpp"
#include "actors/reconcile/text.hpp"

#include <string>
#include <utility>

namespace btc::reconcile {

namespace {

/// Nodes that run have their configuration already, so nothing is guessed for them.
[[nodiscard]] bool has_nodes(const observed& o) noexcept {
  return own_stateful_set(o) != nullptr;
}

[[nodiscard]] action make_credentials(const std::string& name) {
  return create_secret{{announcement::severity::normal,
                        "SuccessfulCreate",
                        "Created Secret " + name + " with generated credentials"}};
}

/// Both are read together where the answer to the second would be wanted next anyway.
[[nodiscard]] secret_steps look(const observed& o, const std::string& name, bool generated) {
  secret_steps steps;
  steps.first.emplace_back(read_secret{name, generated});
  if (has_nodes(o) && o.conf.is == conf_view::state::due) {
    steps.first.emplace_back(read_conf{conf_secret_name(o.network->meta.key.name)});
  }
  return steps;
}

[[nodiscard]] degradation not_ours(const std::string& name, const std::string& help) {
  return {"ChildNotOwned",
          "Secret " + name + " exists and is not controlled by this network; " + help};
}

[[nodiscard]] secret_steps wait_for_collection() {
  return {{}, {}, std::nullopt, true, true};
}

[[nodiscard]] action make_conf(const observed& o, const std::string& name) {
  return create_child{
      k8s::kind::secret,
      document_of(o.desired->conf()),
      o.desired->conf_digest().content,
      {announcement::severity::normal, "SuccessfulCreate", "Created Secret " + name}};
}

/// What was seen may be minutes old, and somebody may have taken the Secret over since: it is
/// written as it was seen, or not at all.
[[nodiscard]] std::shared_ptr<const nlohmann::json> conf_as_seen(const observed& o) {
  if (o.conf.version.empty()) {
    return document_of(o.desired->conf());
  }
  auto document = o.desired->conf()->json;
  document["metadata"]["resourceVersion"] = o.conf.version;
  return std::make_shared<const nlohmann::json>(std::move(document));
}

[[nodiscard]] action put_conf(const observed& o, const std::string& name) {
  // Its own mark tells which file we put there last.
  const bool drift = parse_mark(o.conf.mark).digest == o.desired->configuration()
                     || parse_digest(o.conf.applied).content == o.desired->conf_digest().content;
  const auto what = "Secret " + name + ": "
                    + (o.conf.file == o.desired->configuration() ? std::string{"labels"}
                                                                 : std::string{bitcoin::conf_key});
  return apply_child{
      k8s::kind::secret,
      conf_as_seen(o),
      o.desired->conf_digest().content,
      drift ? announcement{announcement::severity::warning, "DriftCorrected", "Put back " + what}
            : announcement{announcement::severity::normal, "Updated", "Updated " + what},
      drift,
      {}};
}

[[nodiscard]] bool is_in_place(const observed& o) {
  return o.conf.file == o.desired->configuration() && o.conf.mark == o.desired->mark()
         && o.conf.labelled && o.conf.applied == to_string(o.desired->conf_digest());
}

[[nodiscard]] secret_steps steps_for_conf(const observed& o) {
  using state = conf_view::state;
  const auto name = conf_secret_name(o.network->meta.key.name);
  secret_steps steps;
  switch (o.conf.is) {
    case state::unknown:
      if (has_nodes(o) && configuration_seen(o).pods == o.desired->mark()) {
        return steps;  // written before the pods were: a thousand reads less after each restart
      }
      [[fallthrough]];
    case state::due:
      if (!has_nodes(o)) {
        steps.then.emplace_back(make_conf(o, name));
        return steps;
      }
      [[fallthrough]];
    case state::unread:
      steps.first.emplace_back(read_conf{name});
      return steps;
    case state::absent:
      steps.then.emplace_back(make_conf(o, name));
      return steps;
    case state::foreign:
      return {{}, {}, not_ours(name, "delete or rename it, it is left alone"), true, true};
    case state::predecessor:
      return wait_for_collection();
    case state::present:
      break;
  }
  if (!is_in_place(o)) {
    steps.then.emplace_back(put_conf(o, name));
  }
  return steps;
}

/// The Secret with the credentials, when it cannot be used; an empty reason: it can, or is made.
[[nodiscard]] degradation unusable(const observed& o) {
  using state = secret_view::state;
  const auto name = secret_name(*o.network);
  const auto title = "Secret " + name;
  switch (o.secret.is) {
    case state::absent:
      return o.network->spec.secret.empty()
                 ? degradation{}
                 : degradation{"SecretInvalid",
                               title + " does not exist; create it with the keys "
                                   + std::string{secret_user_key} + " and "
                                   + std::string{secret_password_key}};
    case state::unreadable:
      return {o.secret.problems.front(), title + ": " + o.secret.problems.back()};
    case state::foreign:
      return not_ours(name, "delete it or name it in spec.secret");
    case state::of_another:
      return {"SecretInvalid",
              title + " was made for BitcoinNetwork " + o.secret.problems.front()
                  + " and goes with it; name a Secret of your own, or none"};
    case state::incomplete:
      return {"SecretInvalid",
              title + " lacks " + joined(o.secret.problems)
                  + "; give each key a value that is not empty"};
    case state::refused:
      return {"SecretInvalid", title + ": " + joined(o.secret.problems)};
    case state::unknown:
    case state::unread:
    case state::predecessor:
    case state::usable:
      break;
  }
  return {};
}

}  // namespace

std::optional<degradation> secret_trouble(const observed& o) {
  auto trouble = unusable(o);
  if (trouble.reason.empty()) {
    return std::nullopt;
  }
  // Nodes that run are looked after all the same.
  trouble.blocks = o.secret.is == secret_view::state::foreign || !has_nodes(o);
  return trouble;
}

secret_steps steps_for_secrets(const observed& o) {
  using state = secret_view::state;
  if (auto trouble = secret_trouble(o)) {
    return {{}, {}, std::move(trouble), o.secret.is == state::foreign, true};
  }
  const auto name = secret_name(*o.network);
  const bool generated = o.network->spec.secret.empty();
  switch (o.secret.is) {
    case state::unknown:
      if (generated && !has_nodes(o)) {
        return {{make_credentials(name)}, {}, std::nullopt, false, false};
      }
      [[fallthrough]];
    case state::unread:
      return look(o, name, generated);
    case state::absent:
      return {{make_credentials(name)}, {}, std::nullopt, false, false};
    case state::predecessor:
      return wait_for_collection();
    case state::unreadable:
    case state::foreign:
    case state::of_another:
    case state::incomplete:
    case state::refused:
    case state::usable:
      break;
  }
  return steps_for_conf(o);
}

}  // namespace btc::reconcile
