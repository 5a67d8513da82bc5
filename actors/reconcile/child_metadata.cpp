#include "actors/reconcile/child_metadata.hpp"

#include "actors/reconcile/names.hpp"
#include "actors/reconcile/pod_template.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>

namespace btc::reconcile {

namespace {

using json = nlohmann::json;

[[nodiscard]] json as_object(const k8s::string_pairs& pairs) {
  auto out = json::object();
  for (const auto& [key, value] : pairs) {
    out[key] = value;
  }
  return out;
}

}  // namespace

bool has_all(const k8s::string_pairs& have, const json& wanted) {
  const auto& all = wanted.get_ref<const json::object_t&>();
  return std::all_of(all.begin(), all.end(), [&](const auto& want) {
    const auto* found = k8s::find(have, want.first);
    return found != nullptr && *found == want.second.template get_ref<const std::string&>();
  });
}

std::vector<field_difference> metadata_differences(const k8s::object_meta& have,
                                                   const json& manifest) {
  const auto& metadata = manifest.at("metadata");
  const auto& labels = metadata.at("labels");
  const auto& annotations = metadata.at("annotations");
  if (has_all(have.labels, labels) && has_all(have.annotations, annotations)) {
    return {};
  }
  const json desired{{"labels", labels}, {"annotations", annotations}};
  const json observed{{"labels", as_object(have.labels)},
                      {"annotations", as_object(have.annotations)}};
  return differing_fields(desired, observed, "metadata");
}

bool has_our_metadata(const k8s::object_meta& have,
                      const k8s::bitcoin_network& network,
                      const digest& wanted) {
  const auto* applied = k8s::find(have.annotations, applied_annotation);
  return applied != nullptr && *applied == to_string(wanted)
         && has_all(have.labels, owned_labels(network));
}

}  // namespace btc::reconcile
