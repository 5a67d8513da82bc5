#include "actors/reconcile/field_diff.hpp"

#include "actors/reconcile/list_keys.hpp"
#include "k8s/quantity.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace btc::reconcile {

namespace {

using json = nlohmann::json;
using k8s::json_type;
using k8s::json_view;

[[nodiscard]] std::string shown_or_absent(json_view value) {
  return value.type() == json_type::absent ? "absent" : k8s::shown(value);
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

[[nodiscard]] bool same_number(const json& desired, json_view observed) {
  if (desired.is_number_float() || observed.type() == json_type::real) {
    return observed.real() == desired.get<double>();
  }
  return desired.is_number_unsigned() ? observed.unsigned_integer() == desired.get<std::uint64_t>()
                                      : observed.integer() == desired.get<std::int64_t>();
}

/// Of two values that are not both objects and not both lists.
[[nodiscard]] bool same_value(const json& desired, json_view observed) {
  if (desired.is_string()) {
    return observed.is_string() && observed.text() == desired.get_ref<const std::string&>();
  }
  if (desired.is_boolean()) {
    return observed.boolean() == desired.get<bool>();
  }
  if (desired.is_number()) {
    return same_number(desired, observed);
  }
  return desired.is_null() && observed.type() == json_type::null;
}

/// Where a value is. Its text is made only for a value that differs, which is hardly ever one.
struct place {
  const place* outer{nullptr};
  std::string_view name{};
  bool is_entry{false};      ///< of a list: no name that means anything in itself
  bool in_resources{false};  ///< within a member `resources`, where values are quantities

  /// The name of the member, for what depends on it.
  [[nodiscard]] std::string_view field() const noexcept {
    return is_entry ? "" : outer == nullptr ? name.substr(name.rfind('.') + 1) : name;
  }
  [[nodiscard]] place member(std::string_view key) const noexcept {
    return {this, key, false, in_resources || (outer != nullptr && field() == "resources")};
  }
  [[nodiscard]] place entry(std::string_view identity) const noexcept {
    return {this, identity, true, in_resources};
  }
  [[nodiscard]] std::string path() const {
    if (outer == nullptr) {
      return std::string{name};
    }
    auto text = outer->path();
    if (is_entry || name.find('.') != std::string_view::npos) {
      return text.append("[").append(name).append("]");
    }
    return text.append(text.empty() ? "" : ".").append(name);
  }
};

class field_comparison {
 public:
  /// `exact`: inside an atomic value, where a member that we do not set is a difference too.
  void compare(const json& desired, json_view observed, const place& at, bool exact) {
    if (observed.type() == json_type::absent) {
      if (!is_dropped(desired, at.field())) {
        report(json_view{desired}, observed, at);
      }
    } else if (desired.is_object() && observed.is_object()) {
      compare_objects(desired, observed, at, exact || is_atomic_object(at.field()));
    } else if (desired.is_array() && observed.is_array()) {
      compare_lists(desired, observed, at);
    } else if (!same_scalar(desired, observed, at)) {
      report(json_view{desired}, observed, at);
    }
  }

  [[nodiscard]] std::vector<field_difference> take() { return std::move(differences_); }

 private:
  /// Goes through the observed members once: in a packed document each look-up would begin at the
  /// first of them.
  void compare_objects(const json& desired, json_view observed, const place& at, bool exact) {
    const auto& wanted = desired.get_ref<const json::object_t&>();
    std::size_t found = 0;
    observed.for_each_member([&](std::string_view key, json_view value) {
      const auto member = wanted.find(key);
      if (member != wanted.end()) {
        ++found;
        compare(member->second, value, at.member(key), exact);
      } else if (exact) {
        report({}, value, at.member(key));
      }
    });
    if (found == wanted.size()) {
      return;
    }
    for (const auto& [key, value] : wanted) {
      if (observed[key].type() == json_type::absent) {
        compare(value, {}, at.member(key), exact);
      }
    }
  }

  void compare_lists(const json& desired, json_view observed, const place& at) {
    const auto list = at.field();
    if (!desired.empty() && !identity_of(list, desired.front()).empty()) {
      for (const auto& element : desired) {
        const auto identity = identity_of(list, element);
        compare(element, find_element(list, observed, identity), at.entry(identity), false);
      }
      return;
    }
    if (desired.size() != observed.size()) {
      report(json_view{desired}, observed, at);
      return;
    }
    std::size_t i = 0;
    observed.for_each_element([&](json_view element) {
      const auto index = std::to_string(i);
      compare(desired[i], element, at.entry(index), true);
      ++i;
    });
  }

  [[nodiscard]] static bool same_scalar(const json& desired, json_view observed, const place& at) {
    return same_value(desired, observed)
           || (at.in_resources && observed.is_string()
               && k8s::same_quantity(quantity_text(desired), observed.string()));
  }

  void report(json_view desired, json_view observed, const place& at) {
    differences_.push_back({at.path(), shown_or_absent(observed), shown_or_absent(desired)});
  }

  std::vector<field_difference> differences_{};
};

}  // namespace

std::vector<field_difference> differing_fields(const json& desired,
                                               json_view observed,
                                               std::string_view path) {
  field_comparison c;
  c.compare(desired, observed, place{nullptr, path}, false);
  return c.take();
}

std::vector<field_difference> differing_fields(const json& desired,
                                               const json& observed,
                                               std::string_view path) {
  return differing_fields(desired, json_view{observed}, path);
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
