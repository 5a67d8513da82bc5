#include "actors/reconcile/secret_check.hpp"

#include "actors/bitcoin/bitcoin_conf.hpp"
#include "actors/reconcile/child_metadata.hpp"
#include "actors/reconcile/conf_file.hpp"
#include "actors/reconcile/names.hpp"
#include "actors/reconcile/ownership.hpp"
#include "actors/reconcile/pod_template.hpp"
#include "k8s/base64.hpp"
#include "k8s/parsed_payload.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace btc::reconcile {

namespace {

using bitcoin::secret_text;

/// The bytes under a key of a Secret; nothing when there are none that can be read.
[[nodiscard]] std::optional<secret_text> value_of(k8s::json_view secret, std::string_view key) {
  const auto value = secret["data"][key];
  if (!value.is_string()) {
    return std::nullopt;
  }
  auto bytes = k8s::decode_base64(value.text());
  return bytes ? std::optional{secret_text{std::move(*bytes)}} : std::nullopt;
}

void add_problem(secret_view& view, std::string_view key, const std::string& problem) {
  if (!problem.empty()) {
    view.is = secret_view::state::refused;
    view.problems.push_back(std::string{key} + ' ' + problem);
  }
}

/// Digest of the bitcoin.conf in a Secret; empty when there is none.
[[nodiscard]] std::string digest_in(k8s::json_view secret, const desired_children* written) {
  if (written != nullptr && written->conf() != nullptr) {
    const k8s::json_view sent{written->conf()->json};
    if (secret["data"][bitcoin::conf_key].text() == sent["data"][bitcoin::conf_key].text()) {
      return written->configuration();
    }
  }
  const auto file = value_of(secret, bitcoin::conf_key);
  return file ? file_digest(file->reveal()) : std::string{};
}

[[nodiscard]] bool is_of_a_network(const k8s::object_meta& meta) {
  return meta.controller && meta.controller->kind == k8s::info(k8s::kind::bitcoin_network).name;
}

}  // namespace

secret_view check_secret(const k8s::payload& body,
                         const k8s::bitcoin_network& network,
                         bool must_be_ours) {
  using state = secret_view::state;
  const k8s::parsed_payload document{k8s::kind::secret, body};
  if (document.error()) {
    return {state::incomplete, {"readable content"}, nullptr};
  }
  const auto meta = k8s::meta_of(document.root());
  const auto whose = ownership_of(meta, network);
  if (whose == ownership::predecessor) {
    return {state::predecessor, {}, nullptr};
  }
  if (must_be_ours && whose != ownership::ours) {
    return {state::foreign, {}, nullptr};
  }
  if (whose != ownership::ours && is_of_a_network(meta)) {
    return {state::of_another, {meta.controller->name}, nullptr};
  }
  secret_view view{state::usable, {}, nullptr};
  auto user = value_of(document.root(), secret_user_key);
  auto password = value_of(document.root(), secret_password_key);
  for (const auto& [key, value] :
       {std::pair{secret_user_key, &user}, std::pair{secret_password_key, &password}}) {
    if (!*value || (*value)->empty()) {
      view.is = state::incomplete;
      view.problems.emplace_back(key);
    }
  }
  if (view.is == state::incomplete) {
    return view;
  }
  add_problem(view, secret_user_key, bitcoin::rpc_user_problem(user->reveal()));
  add_problem(view, secret_password_key, bitcoin::rpc_password_problem(password->reveal()));
  if (view.is == state::usable) {
    auto controller = bitcoin::controller_credentials(*password, network.meta.uid);
    view.credentials = std::make_shared<const node_credentials>(
        node_credentials{{std::move(*user), std::move(*password)}, std::move(controller)});
  }
  return view;
}

conf_view check_conf(const k8s::payload& body,
                     const k8s::bitcoin_network& network,
                     const desired_children* written) {
  using state = conf_view::state;
  const k8s::parsed_payload document{k8s::kind::secret, body};
  if (document.error()) {
    return {.is = state::present};  // differs from whatever is wanted
  }
  const auto meta = k8s::meta_of(document.root());
  const auto whose = ownership_of(meta, network);
  if (whose != ownership::ours) {
    return {.is = whose == ownership::predecessor ? state::predecessor : state::foreign};
  }
  const auto annotation = [&](std::string_view key) {
    const auto* value = k8s::find(meta.annotations, key);
    return value == nullptr ? std::string{} : *value;
  };
  return {state::present,
          digest_in(document.root(), written),
          annotation(configuration_annotation),
          annotation(applied_annotation),
          has_all(meta.labels, owned_labels(network)),
          meta.resource_version};
}

}  // namespace btc::reconcile
