#include "actors/reconcile/immutable_fields.hpp"

#include "actors/reconcile/field_diff.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <span>

namespace btc::reconcile {

namespace {

using json = nlohmann::json;

struct immutable_field {
  std::string_view name;
  bool settable{false};  ///< may be set where it is absent
};

constexpr std::array<immutable_field, 4> stateful_set_fields{
    {{"serviceName"}, {"podManagementPolicy"}, {"selector"}, {"volumeClaimTemplates"}}};
constexpr std::array<immutable_field, 1> service_fields{{{"clusterIP", true}}};

[[nodiscard]] std::span<const immutable_field> fields_of(k8s::kind kind) noexcept {
  return kind == k8s::kind::service ? std::span<const immutable_field>{service_fields}
                                    : std::span<const immutable_field>{stateful_set_fields};
}

}  // namespace

bool has_unwanted_immutable(k8s::kind kind, k8s::json_view observed, const json& wanted) {
  const auto fields = fields_of(kind);
  return std::any_of(fields.begin(), fields.end(), [&](const immutable_field& field) {
    return !wanted.contains(field.name) && observed[field.name].type() != k8s::json_type::absent;
  });
}

std::vector<std::string> keep_immutable(k8s::kind kind, const json& observed, json& wanted) {
  std::vector<std::string> kept;
  for (const auto& field : fields_of(kind)) {
    const std::string name{field.name};
    const auto path = "spec." + name;
    const auto want = wanted.find(name);
    const auto have = observed.find(name);
    if (have == observed.end()) {
      if (want != wanted.end() && !field.settable) {
        kept.push_back(path);
        wanted.erase(want);
      }
    } else if (want == wanted.end() || !differing_fields(*want, *have, path).empty()) {
      kept.push_back(path);
      wanted[name] = *have;
    }
  }
  return kept;
}

}  // namespace btc::reconcile
