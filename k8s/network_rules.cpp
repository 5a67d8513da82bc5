#include "k8s/network_rules.hpp"

#include "k8s/kind.hpp"
#include "k8s/meta.hpp"
#include "k8s/quantity.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

namespace btc::k8s {

namespace {

using json = nlohmann::json;
using texts = std::vector<std::string>;

constexpr std::size_t resources_max = 16;
constexpr std::size_t pairs_max = 64;
constexpr std::size_t tolerations_max = 64;
constexpr std::size_t constraints_max = 16;
/// Of a label's value and a key's name, and of a key's prefix. Source:
/// apimachinery/pkg/util/validation.
constexpr std::size_t label_bytes_max = 63;
constexpr std::size_t prefix_bytes_max = 253;
constexpr std::string_view key_rule =
    R"(a key is "name" or "prefix/name", where name has at most 63 characters)";

constexpr std::array<std::string_view, 4> owned_labels{
    "app", "app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/managed-by"};
constexpr std::array<std::string_view, 2> operators{"Exists", "Equal"};
constexpr std::array<std::string_view, 3> effects{"NoSchedule", "PreferNoSchedule", "NoExecute"};
constexpr std::array<std::string_view, 2> when_unsatisfiable{"DoNotSchedule", "ScheduleAnyway"};

template <std::size_t N>
[[nodiscard]] bool is_one_of(const std::array<std::string_view, N>& choices,
                             std::string_view text) noexcept {
  return std::find(choices.begin(), choices.end(), text) != choices.end();
}

void add(texts& problems, std::string_view field, json_view value, std::string_view rule) {
  problems.push_back(std::string{field} + " is " + shown(value) + "; " + std::string{rule});
}

[[nodiscard]] bool is_alphanumeric(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// Begins and ends with a letter or digit; between them also '-', '_' and '.'.
[[nodiscard]] bool is_label_text(std::string_view text) noexcept {
  return !text.empty() && text.size() <= label_bytes_max && is_alphanumeric(text.front())
         && is_alphanumeric(text.back()) && std::all_of(text.begin(), text.end(), [](char c) {
              return is_alphanumeric(c) || c == '-' || c == '_' || c == '.';
            });
}

[[nodiscard]] bool is_qualified(std::string_view key) noexcept {
  const auto slash = key.find('/');
  if (slash == std::string_view::npos) {
    return is_label_text(key);
  }
  const auto prefix = key.substr(0, slash);
  return prefix.size() <= prefix_bytes_max && is_dns_1123_subdomain(prefix)
         && is_label_text(key.substr(slash + 1));
}

// -- resources ----------------------------------------------------------------------------------

[[nodiscard]] std::optional<double> amount(json_view value) {
  return value.is_string() ? quantity_value(value.text())
                           : (value.integer() ? value.real() : std::nullopt);
}

/// In quotes also where it is written as a number.
[[nodiscard]] std::string shown_amount(json_view value) {
  return value.real() ? '"' + shown(value) + '"' : shown(value);
}

void check_amounts(std::string_view field, json_view amounts, texts& problems) {
  if (!amounts) {
    return;
  }
  if (!amounts.is_object() || amounts.size() > resources_max) {
    add(problems, field, amounts, "give at most " + std::to_string(resources_max) + " quantities");
    return;
  }
  amounts.for_each_member([&](std::string_view name, json_view value) {
    if (amount(value).value_or(-1) < 0) {
      problems.push_back(std::string{field} + '.' + std::string{name} + " is " + shown_amount(value)
                         + "; give a quantity of 0 or more, such as 100m or 256Mi");
    }
  });
}

// -- pod ----------------------------------------------------------------------------------------

/// Calls check(key, value) for each member of a map of texts; false when it is no such map.
template <class Check>
void check_pairs(std::string_view field, json_view pairs, texts& problems, Check check) {
  if (!pairs) {
    return;
  }
  bool of_texts = pairs.is_object() && pairs.size() <= pairs_max;
  pairs.for_each_member(
      [&](std::string_view, json_view value) { of_texts = of_texts && value.is_string(); });
  if (!of_texts) {
    problems.push_back(std::string{field} + " is no map of at most " + std::to_string(pairs_max)
                       + " texts; give each key one text");
    return;
  }
  pairs.for_each_member([&](std::string_view key, json_view value) {
    if (const std::string rule = check(key, value.text()); !rule.empty()) {
      problems.push_back(std::string{field} + " has \"" + std::string{key} + "\"; " + rule);
    }
  });
}

[[nodiscard]] std::string label_rule(std::string_view key, std::string_view value) {
  if (is_one_of(owned_labels, key)) {
    return "this label belongs to the controller, leave it out";
  }
  if (!is_qualified(key)) {
    return std::string{key_rule};
  }
  if (!value.empty() && !is_label_text(value)) {
    return "its value has at most 63 of the characters a-z, A-Z, 0-9, '-', '_' and '.'";
  }
  return {};
}

[[nodiscard]] std::string annotation_rule(std::string_view key, std::string_view) {
  if (key.starts_with(std::string{group} + '/')) {
    return "annotations under " + std::string{group} + "/ belong to the controller, leave it out";
  }
  return is_qualified(key) ? std::string{} : std::string{key_rule};
}

template <class Check>
void check_entries(
    std::string_view field, json_view list, std::size_t entries_max, texts& problems, Check check) {
  if (!list) {
    return;
  }
  if (!list.is_array() || list.size() > entries_max) {
    add(problems, field, list, "give a list of at most " + std::to_string(entries_max));
    return;
  }
  std::size_t index = 0;
  list.for_each_element([&](json_view entry) {
    const auto place = std::string{field} + '[' + std::to_string(index++) + ']';
    if (!entry.is_object()) {
      add(problems, place, entry, "give an object");
    } else if (const std::string rule = check(entry); !rule.empty()) {
      add(problems, place, entry, rule);
    }
  });
}

[[nodiscard]] std::string toleration_rule(json_view toleration) {
  if (toleration["operator"] && !is_one_of(operators, toleration["operator"].text())) {
    return "operator is Exists or Equal";
  }
  if (toleration["effect"] && !is_one_of(effects, toleration["effect"].text())) {
    return "effect is NoSchedule, PreferNoSchedule or NoExecute";
  }
  return {};
}

using key_pairs = std::set<std::pair<std::string_view, std::string_view>>;

[[nodiscard]] std::string constraint_rule(json_view constraint, key_pairs& seen) {
  if (constraint["maxSkew"].integer().value_or(0) < 1) {
    return "maxSkew is a whole number from 1";
  }
  if (constraint["topologyKey"].text().empty()) {
    return "topologyKey names a label of nodes";
  }
  const auto when = constraint["whenUnsatisfiable"].text();
  if (!is_one_of(when_unsatisfiable, when)) {
    return "whenUnsatisfiable is DoNotSchedule or ScheduleAnyway";
  }
  return seen.emplace(constraint["topologyKey"].text(), when).second
             ? ""
             : "each topologyKey stands once with each whenUnsatisfiable";
}

}  // namespace

void check_resources(json_view resources, texts& problems) {
  if (!resources.is_object()) {
    return;
  }
  const auto limits = resources["limits"];
  const auto requests = resources["requests"];
  check_amounts("spec.resources.limits", limits, problems);
  check_amounts("spec.resources.requests", requests, problems);
  limits.for_each_member([&](std::string_view name, json_view limit) {
    const auto most = amount(limit);
    const auto asked = amount(requests[name]);
    if (most && asked && *asked > *most) {
      problems.push_back("spec.resources.requests." + std::string{name} + " is "
                         + shown_amount(requests[name])
                         + "; no request is above its limit, which is " + shown_amount(limit));
    }
  });
}

void check_pod(json_view pod, texts& problems) {
  if (!pod.is_object()) {
    return;
  }
  const auto any_text = [](std::string_view, std::string_view) { return std::string{}; };
  check_pairs("spec.pod.labels", pod["labels"], problems, label_rule);
  check_pairs("spec.pod.annotations", pod["annotations"], problems, annotation_rule);
  check_pairs("spec.pod.nodeSelector", pod["nodeSelector"], problems, any_text);
  check_entries(
      "spec.pod.tolerations", pod["tolerations"], tolerations_max, problems, toleration_rule);
  key_pairs seen;
  check_entries("spec.pod.topologySpreadConstraints",
                pod["topologySpreadConstraints"],
                constraints_max,
                problems,
                [&](json_view c) { return constraint_rule(c, seen); });
  if (const auto affinity = pod["affinity"]; affinity && !affinity.is_object()) {
    add(problems, "spec.pod.affinity", affinity, "give an object");
  }
  if (const auto name = pod["priorityClassName"]; name && !name.is_string()) {
    add(problems, "spec.pod.priorityClassName", name, "give the name of a PriorityClass");
  }
}

}  // namespace btc::k8s
