#include "actors/reconcile/field_diff.hpp"

#include "actors/reconcile/list_keys.hpp"
#include "actors/reconcile/quantity.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace btc::reconcile {

namespace {

using json = nlohmann::json;

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

/// Last field of a path: "ports" of "spec.ports".
[[nodiscard]] std::string_view last_field(std::string_view path) noexcept {
  const auto dot = path.rfind('.');
  return dot == std::string_view::npos ? path : path.substr(dot + 1);
}

/// True for a value that the API server leaves out when it is empty. An empty object mostly means
/// something (`labelSelector: {}` selects all), unless it is a map.
[[nodiscard]] bool is_dropped(const json& value, std::string_view field) noexcept {
  constexpr std::array<std::string_view, 3> maps{"limits", "requests", "matchLabels"};
  if (value.is_object()) {
    return value.empty() && std::find(maps.begin(), maps.end(), field) != maps.end();
  }
  return value.is_null() || (value.is_array() && value.empty())
         || (value.is_string() && value.get_ref<const std::string&>().empty());
}

/// A quantity as text; in a spec it may be a number.
[[nodiscard]] std::string quantity_text(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

class comparison {
 public:
  /// `exact`: inside an atomic value, where a member that we do not set is a difference too.
  void compare(const json& desired, const json* observed, const std::string& path, bool exact) {
    if (observed == nullptr) {
      if (!is_dropped(desired, last_field(path))) {
        report(&desired, observed, path);
      }
    } else if (desired.is_object() && observed->is_object()) {
      compare_objects(desired, *observed, path, exact || is_atomic_object(last_field(path)));
    } else if (desired.is_array() && observed->is_array()) {
      compare_lists(desired, *observed, path);
    } else if (!same_scalar(desired, *observed, path)) {
      report(&desired, observed, path);
    }
  }

  [[nodiscard]] std::vector<field_difference> take() { return std::move(differences_); }

 private:
  void compare_objects(const json& desired,
                       const json& observed,
                       const std::string& path,
                       bool exact) {
    for (const auto& [key, value] : desired.items()) {
      const auto found = observed.find(key);
      compare(value, found == observed.end() ? nullptr : &*found, member_path(path, key), exact);
    }
    for (const auto& [key, value] : observed.items()) {
      if (exact && !desired.contains(key)) {
        report(nullptr, &value, member_path(path, key));
      }
    }
  }

  void compare_lists(const json& desired, const json& observed, const std::string& path) {
    const auto list = last_field(path);
    if (!desired.empty() && !identity_of(list, desired.front()).empty()) {
      for (const auto& element : desired) {
        const auto identity = identity_of(list, element);
        compare(element, find_element(list, observed, identity), entry_path(path, identity), false);
      }
      return;
    }
    if (desired.size() != observed.size()) {
      report(&desired, &observed, path);
      return;
    }
    for (std::size_t i = 0; i < desired.size(); ++i) {
      compare(desired[i], &observed[i], entry_path(path, std::to_string(i)), true);
    }
  }

  [[nodiscard]] static std::string entry_path(std::string path, std::string_view identity) {
    return path.append("[").append(identity).append("]");
  }

  [[nodiscard]] static std::string member_path(const std::string& path, const std::string& key) {
    if (key.find('.') != std::string::npos) {
      return entry_path(path, key);
    }
    return path.empty() ? key : path + '.' + key;
  }

  [[nodiscard]] static bool same_scalar(const json& desired,
                                        const json& observed,
                                        std::string_view path) {
    return desired == observed
           || (path.find(".resources.") != std::string_view::npos && observed.is_string()
               && same_quantity(quantity_text(desired), observed.get_ref<const std::string&>()));
  }

  void report(const json* desired, const json* observed, const std::string& path) {
    differences_.push_back({path, shown(observed), shown(desired)});
  }

  std::vector<field_difference> differences_{};
};

}  // namespace

std::vector<field_difference> differing_fields(const json& desired,
                                               const json& observed,
                                               std::string_view path) {
  comparison c;
  c.compare(desired, &observed, std::string{path}, false);
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
