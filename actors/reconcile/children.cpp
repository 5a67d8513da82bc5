#include "actors/reconcile/children.hpp"

#include "actors/bitcoin/bitcoin_conf.hpp"
#include "actors/reconcile/child_metadata.hpp"
#include "actors/reconcile/displaced.hpp"
#include "actors/reconcile/field_diff.hpp"
#include "actors/reconcile/immutable_fields.hpp"
#include "actors/reconcile/names.hpp"
#include "actors/reconcile/ownership.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace btc::reconcile {

namespace {

using json = nlohmann::json;

[[nodiscard]] std::string title(const k8s::kind kind, const std::string& name) {
  return std::string{k8s::info(kind).name} + ' ' + name;
}

[[nodiscard]] std::string name_of(const manifest& m) {
  return m.json.at("metadata").at("name").get<std::string>();
}

/// The write after which `meta` needs no comparison of its spec, or nullptr.
[[nodiscard]] const settled_write* settled_by(const std::optional<settled_write>& settled,
                                              const k8s::object_meta& meta,
                                              const digest& wanted) {
  const bool holds = settled && settled->uid == meta.uid && settled->content == wanted.content
                     && settled->spec_version == spec_version(meta);
  return holds ? &*settled : nullptr;
}

[[nodiscard]] action create(k8s::kind kind, const std::shared_ptr<const manifest>& m) {
  return create_child{
      kind,
      document_of(m),
      m->digest.content,
      {announcement::severity::normal, "SuccessfulCreate", "Created " + title(kind, name_of(*m))}};
}

struct comparison {
  std::vector<field_difference> differences{};
  std::vector<std::string> immutable{};
  json wanted_spec{};
  json make_way{};  ///< JSON patch operations before the apply
};

/// The pods' digest of bitcoin.conf, which says nothing to a reader.
[[nodiscard]] bool is_configuration(const field_difference& d) {
  return d.path.find(configuration_annotation) != std::string::npos;
}

/// The event of an apply: what changed, and whether it was drift.
[[nodiscard]] announcement explain(k8s::kind kind,
                                   const manifest& m,
                                   const comparison& c,
                                   bool drift) {
  const auto& differences = c.differences;
  // Nothing left to name: only our own annotation was touched, or a field is to go.
  const std::string unnamed =
      drift || !c.immutable.empty() ? "the controller's annotation" : "fields no longer wanted";
  const auto what =
      title(kind, name_of(m)) + ": " + (differences.empty() ? unnamed : describe(differences));
  if (drift) {
    return {announcement::severity::warning, "DriftCorrected", "Put back " + what};
  }
  if (differences.size() == 1 && is_configuration(differences.front())) {
    return {announcement::severity::normal,
            "RollingRestart",
            "Restarting the nodes one after the other, " + std::string{bitcoin::conf_key}
                + " changed: " + title(kind, name_of(m))};
  }
  const bool scaled = differences.size() == 1 && differences.front().path == "spec.replicas";
  return {announcement::severity::normal,
          scaled ? "Scaled" : "Updated",
          (scaled ? "Scaled " : "Updated ") + what};
}

/// Drops the digests, which no user wants to read about: that of the manifest, and that of
/// bitcoin.conf where something else tells why the pods are replaced.
void hide_digests(std::vector<field_difference>& differences) {
  std::erase_if(differences, [](const field_difference& d) {
    return d.path.find(applied_annotation) != std::string::npos;
  });
  if (std::any_of(differences.begin(), differences.end(), std::not_fn(is_configuration))) {
    std::erase_if(differences, is_configuration);
  }
}

[[nodiscard]] comparison compare(const k8s::object& have,
                                 const k8s::packed_json& have_spec,
                                 const manifest& wanted,
                                 const settled_write* settled) {
  comparison c;
  c.differences = metadata_differences(have.meta, wanted.json);
  if (settled != nullptr && c.differences.empty()) {
    c.immutable = settled->immutable;
    return c;
  }
  const auto& wanted_spec = wanted.json.at("spec");
  if (c.differences.empty() && !has_unwanted_immutable(have.kind, have_spec.view(), wanted_spec)
      && differing_fields(wanted_spec, have_spec.view(), "spec").empty()) {
    return c;  // the usual case after a restart: nothing is copied
  }
  c.wanted_spec = wanted_spec;
  const auto spec = have_spec.unpack();
  c.immutable = keep_immutable(have.kind, spec, c.wanted_spec);
  auto in_spec = differing_fields(c.wanted_spec, spec, "spec");
  c.differences.insert(c.differences.end(), in_spec.begin(), in_spec.end());
  c.make_way = remove_displacing(c.wanted_spec, spec, "/spec");
  return c;
}

/// The operation that has a JSON patch fail where the object is no longer what was compared.
[[nodiscard]] json same_version(const k8s::object_meta& seen) {
  return {{"op", "test"}, {"path", "/metadata/resourceVersion"}, {"value", seen.resource_version}};
}

[[nodiscard]] child_steps correct(k8s::kind kind,
                                  const k8s::object& have,
                                  const manifest& wanted,
                                  comparison c) {
  child_steps steps{{}, c.immutable};
  if (c.differences.empty()) {
    return steps;
  }
  const auto* annotation = k8s::find(have.meta.annotations, applied_annotation);
  const auto before = annotation == nullptr ? digest{} : parse_digest(*annotation);
  const bool drift = before.content == wanted.digest.content;
  hide_digests(c.differences);
  auto document = wanted.json;
  document["spec"] = std::move(c.wanted_spec);
  if (before.shape != wanted.digest.shape) {
    const auto own = ownership_patch(have.meta);
    c.make_way.insert(c.make_way.end(), own.begin(), own.end());
  }
  // Written as it was compared, or not at all: somebody may be taking it over at this moment.
  if (c.make_way.empty()) {
    document["metadata"]["resourceVersion"] = have.meta.resource_version;
  } else {
    c.make_way.insert(c.make_way.begin(), same_version(have.meta));
    steps.actions.emplace_back(take_ownership{kind, have.meta.key, std::move(c.make_way)});
  }
  steps.actions.emplace_back(apply_child{kind,
                                         std::make_shared<const json>(std::move(document)),
                                         wanted.digest.content,
                                         explain(kind, wanted, c, drift),
                                         drift,
                                         std::move(c.immutable)});
  return steps;
}

/// The manifest of one child, and its digest: the first is made only where the second does not
/// settle the matter.
struct wanted_child {
  k8s::kind kind{};
  const std::shared_ptr<const manifest>& (desired_children::*made)() const = nullptr;
  const digest& (desired_children::*summed_up)() const = nullptr;
};

/// What a child needs that is absent or ours; `last` is the last write that settled it.
template <class Child>
[[nodiscard]] child_steps steps_for(const observed& o,
                                    const wanted_child& wanted,
                                    const Child* have,
                                    const std::optional<settled_write>& last) {
  const auto& desired = *o.desired;
  if (have == nullptr) {
    return {{create(wanted.kind, (desired.*wanted.made)())}, {}};
  }
  const auto& wanted_digest = (desired.*wanted.summed_up)();
  const auto* settled = settled_by(last, have->meta, wanted_digest);
  if (settled != nullptr && has_our_metadata(have->meta, *o.network, wanted_digest)) {
    return {{}, settled->immutable};
  }
  const auto& written = *(desired.*wanted.made)();
  return correct(wanted.kind, *have, written, compare(*have, have->spec, written, settled));
}

}  // namespace

std::string spec_version(const k8s::object_meta& meta) {
  return meta.generation > 0 ? std::to_string(meta.generation) : meta.resource_version;
}

child_steps service_steps(const observed& o) {
  return steps_for(
      o,
      {k8s::kind::service, &desired_children::service, &desired_children::service_digest},
      o.service.get(),
      o.settled_service);
}

child_steps stateful_set_steps(const observed& o) {
  return steps_for(o,
                   {k8s::kind::stateful_set,
                    &desired_children::stateful_set,
                    &desired_children::stateful_set_digest},
                   o.stateful_set.get(),
                   o.settled_stateful_set);
}

}  // namespace btc::reconcile
