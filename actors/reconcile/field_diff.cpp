#include "actors/reconcile/field_diff.hpp"

#include "actors/reconcile/quantity.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace btc::reconcile {

namespace {

using json = nlohmann::json;

/// Merge keys of associative lists (x-kubernetes-list-map-keys in the Kubernetes OpenAPI). Ports
/// are told apart by their number alone: we never use one number with two protocols.
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> merge_keys{{
    {"containers", "name"},
    {"initContainers", "name"},
    {"volumes", "name"},
    {"env", "name"},
    {"imagePullSecrets", "name"},
    {"ports", "containerPort"},
    {"volumeMounts", "mountPath"},
    {"ownerReferences", "uid"},
    {"topologySpreadConstraints", "topologyKey"},
    {"volumeClaimTemplates", "name"},
    {"conditions", "type"},
    {"hostAliases", "ip"},
}};

[[nodiscard]] std::string_view merge_key(std::string_view list, const json& element) noexcept {
  if (!element.is_object()) {
    return {};
  }
  const auto found = std::find_if(
      merge_keys.begin(), merge_keys.end(), [&](const auto& entry) { return entry.first == list; });
  if (found == merge_keys.end()) {
    return {};
  }
  // A Service's ports are keyed by "port".
  const auto key = list == "ports" && !element.contains("containerPort") ? std::string_view{"port"}
                                                                         : found->second;
  return element.contains(key) ? key : std::string_view{};
}

[[nodiscard]] std::string shown(const json* value) {
  if (value == nullptr) {
    return "absent";
  }
  constexpr std::size_t shown_bytes_max = 80;
  auto text = value->dump(-1, ' ', true, json::error_handler_t::replace);
  if (text.size() > shown_bytes_max) {
    text.resize(shown_bytes_max);
    text += "…";
  }
  return text;
}

class comparison {
 public:
  void compare(const json& desired, const json* observed, const std::string& path) {
    if (observed == nullptr) {
      report(desired, observed, path);
    } else if (desired.is_object() && observed->is_object()) {
      compare_objects(desired, *observed, path);
    } else if (desired.is_array() && observed->is_array()) {
      compare_lists(desired, *observed, path);
    } else if (!same_scalar(desired, *observed, path)) {
      report(desired, observed, path);
    }
  }

  [[nodiscard]] std::vector<field_difference> take() { return std::move(differences_); }

 private:
  void compare_objects(const json& desired, const json& observed, const std::string& path) {
    for (const auto& [key, value] : desired.items()) {
      const auto found = observed.find(key);
      const bool dotted = key.find('.') != std::string::npos;
      compare(value,
              found == observed.end() ? nullptr : &*found,
              dotted         ? path + "[" + key + "]"
              : path.empty() ? key
                             : path + "." + key);
    }
  }

  void compare_lists(const json& desired, const json& observed, const std::string& path) {
    const auto dot = path.rfind('.');
    const auto list = dot == std::string::npos ? path : path.substr(dot + 1);
    const auto key = desired.empty() ? std::string_view{} : merge_key(list, desired.front());
    if (!key.empty()) {
      for (const auto& element : desired) {
        compare_keyed(element, observed, key, path);
      }
      return;
    }
    if (desired.size() != observed.size()) {
      report(desired, &observed, path);
      return;
    }
    for (std::size_t i = 0; i < desired.size(); ++i) {
      compare(desired[i], &observed[i], path + "[" + std::to_string(i) + "]");
    }
  }

  void compare_keyed(const json& element,
                     const json& observed,
                     std::string_view key,
                     const std::string& path) {
    const auto& id = element.at(key);
    const auto found = std::find_if(observed.begin(), observed.end(), [&](const json& candidate) {
      return candidate.is_object() && candidate.contains(key) && candidate.at(key) == id;
    });
    const auto name = id.is_string() ? id.get<std::string>() : id.dump();
    compare(element, found == observed.end() ? nullptr : &*found, path + "[" + name + "]");
  }

  [[nodiscard]] static bool same_scalar(const json& desired,
                                        const json& observed,
                                        std::string_view path) {
    if (desired == observed) {
      return true;
    }
    const bool quantity = path.find("resources.") != std::string_view::npos;
    return quantity && desired.is_string() && observed.is_string()
           && same_quantity(desired.get_ref<const std::string&>(),
                            observed.get_ref<const std::string&>());
  }

  void report(const json& desired, const json* observed, const std::string& path) {
    differences_.push_back({path, shown(observed), shown(&desired)});
  }

  std::vector<field_difference> differences_{};
};

}  // namespace

std::vector<field_difference> differing_fields(const json& desired,
                                               const json& observed,
                                               std::string_view path) {
  comparison c;
  c.compare(desired, &observed, std::string{path});
  return c.take();
}

std::string describe(const std::vector<field_difference>& differences, std::size_t shown_max) {
  std::string text;
  for (std::size_t i = 0; i < differences.size() && i < shown_max; ++i) {
    const auto& d = differences[i];
    text += (i == 0 ? "" : ", ") + d.path + ' ' + d.observed + " → " + d.desired;
  }
  if (differences.size() > shown_max) {
    text += " and " + std::to_string(differences.size() - shown_max) + " more";
  }
  return text;
}

}  // namespace btc::reconcile
