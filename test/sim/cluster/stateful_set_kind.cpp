#include "test/sim/cluster/stateful_set_kind.hpp"

#include "k8s/json_fields.hpp"
#include "test/sim/cluster/pod_spec.hpp"
#include "test/sim/cluster/selectors.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace btc::sim {

namespace {

constexpr std::array<std::string_view, 7> mutable_fields{"replicas",
                                                         "ordinals",
                                                         "template",
                                                         "updateStrategy",
                                                         "revisionHistoryLimit",
                                                         "persistentVolumeClaimRetentionPolicy",
                                                         "minReadySeconds"};

[[nodiscard]] bool is_mutable(std::string_view field) noexcept {
  return std::find(mutable_fields.begin(), mutable_fields.end(), field) != mutable_fields.end();
}

[[nodiscard]] bool same_immutables(const json& before, const json& after) {
  const auto within = [](const json& a, const json& b) {
    return std::all_of(a.items().begin(), a.items().end(), [&](const auto& item) {
      const auto found = b.find(item.key());
      return is_mutable(item.key()) || (found != b.end() && *found == item.value());
    });
  };
  return within(before, after) && within(after, before);
}

void default_claims(json& spec) {
  auto claims = spec.find("volumeClaimTemplates");
  if (claims == spec.end() || !claims->is_array()) {
    return;
  }
  for (auto& claim : *claims) {
    default_to(claim,
               {{"apiVersion", "v1"},
                {"kind", "PersistentVolumeClaim"},
                {"status", {{"phase", "Pending"}}}});
    default_to(claim["spec"], {{"volumeMode", "Filesystem"}});
  }
}

}  // namespace

void default_stateful_set(json& set) {
  static const json defaults{{"podManagementPolicy", "OrderedReady"},
                             {"replicas", 1},
                             {"revisionHistoryLimit", 10},
                             {"persistentVolumeClaimRetentionPolicy",
                              {{"whenDeleted", "Retain"}, {"whenScaled", "Retain"}}},
                             {"updateStrategy", json::object()}};
  auto& spec = set["spec"];
  default_to(spec, defaults);
  auto& strategy = spec["updateStrategy"];
  default_to(strategy, {{"type", "RollingUpdate"}});
  if (strategy.at("type") == "RollingUpdate") {
    default_to(strategy, {{"rollingUpdate", json::object()}});
    default_to(strategy["rollingUpdate"], {{"partition", 0}});
  }
  default_to(spec["persistentVolumeClaimRetentionPolicy"],
             defaults.at("persistentVolumeClaimRetentionPolicy"));
  default_pod_spec(spec["template"]["spec"]);
  default_claims(spec);
}

void check_stateful_set(const json* live, const json& next, std::vector<cause>& causes) {
  const auto& spec = next.at("spec");
  if (live != nullptr && !same_immutables(live->at("spec"), spec)) {
    causes.push_back({"FieldValueForbidden",
                      "Forbidden: updates to statefulset spec for fields other than 'replicas', "
                      "'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', "
                      "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
                      "spec"});
    return;
  }
  const auto replicas = k8s::integer_at(spec, "replicas").value_or(0);
  if (replicas < 0) {
    causes.push_back(
        {"FieldValueInvalid",
         "Invalid value: " + std::to_string(replicas) + ": must be greater than or equal to 0",
         "spec.replicas"});
  }
  const auto* selector = k8s::member(spec, "selector");
  if (selector == nullptr || selector->empty()) {
    causes.push_back({"FieldValueRequired", "Required value", "spec.selector"});
  } else {
    const auto* labels = k8s::member(spec.at("template"), "metadata", "labels");
    if (!label_selector::of(*selector).matches_labels(labels)) {
      causes.push_back({"FieldValueInvalid",
                        "Invalid value: " + (labels == nullptr ? "null" : labels->dump())
                            + ": `selector` does not match template `labels`",
                        "spec.template.metadata.labels"});
    }
  }
  auto pod = spec.at("template").at("spec");
  if (const auto* claims = k8s::member(spec, "volumeClaimTemplates")) {
    for (const auto& claim : *claims) {  // each becomes a volume of its name
      pod["volumes"].push_back({{"name", claim.at("metadata").at("name")}});
    }
  }
  check_pod_spec(pod, "spec.template.spec", causes);
  if (const auto policy = k8s::string_at(pod, "restartPolicy"); policy != "Always") {
    causes.push_back({"FieldValueNotSupported",
                      "Unsupported value: \"" + policy + "\": supported values: \"Always\"",
                      "spec.template.spec.restartPolicy"});
  }
}

}  // namespace btc::sim
