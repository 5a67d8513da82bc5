#pragma once

#include "test/sim/cluster/api.hpp"
#include "test/sim/cluster/resource_type.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace btc::sim {

/// A label selector in the syntax of the query parameter: "a=b,c!=d,e in (f,g),h notin (i),j,!k".
class label_selector {
 public:
  label_selector() = default;

  /// Throws `refusal` (400) when `text` is none.
  static label_selector parse(std::string_view text);
  /// From a LabelSelector object: matchLabels and matchExpressions.
  static label_selector of(const json& selector);
  /// From a map of labels, all of which must be there.
  static label_selector of_labels(const json& labels);

  [[nodiscard]] bool empty() const noexcept { return terms_.empty(); }
  [[nodiscard]] bool matches(const json& object) const;
  [[nodiscard]] bool matches_labels(const json* labels) const;

 private:
  enum class op : std::uint8_t { in, not_in, exists, absent };
  struct term {
    std::string key{};
    op how{op::exists};
    std::vector<std::string> values{};
  };
  std::vector<term> terms_{};
};

/// A field selector: "metadata.name=a,status.phase!=Running".
class field_selector {
 public:
  field_selector() = default;

  /// Throws `refusal` (400) for a field that the resource cannot be selected by.
  static field_selector parse(const resource_type& type, std::string_view text);

  [[nodiscard]] bool empty() const noexcept { return terms_.empty(); }
  [[nodiscard]] bool matches(const json& object) const;

 private:
  struct term {
    std::vector<std::string> path{};
    std::string value{};
    bool equal{true};
  };
  std::vector<term> terms_{};
};

/// What a list or watch covers.
struct selection {
  std::string ns{};  ///< empty: all
  label_selector labels{};
  field_selector fields{};

  [[nodiscard]] bool matches(std::string_view key, const json& object) const {
    return (ns.empty() || (key.starts_with(ns) && key.size() > ns.size() && key[ns.size()] == '/'))
           && labels.matches(object) && fields.matches(object);
  }
};

}  // namespace btc::sim
