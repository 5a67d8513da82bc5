#include "actors/reconcile/nodes.hpp"

#include "actors/reconcile/ownership.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace btc::reconcile {

std::optional<std::int32_t> ordinal_of(std::string_view pod, std::string_view set) {
  if (!pod.starts_with(set) || pod.substr(set.size()).substr(0, 1) != "-") {
    return std::nullopt;
  }
  const auto digits = pod.substr(set.size() + 1);
  std::int32_t ordinal = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), ordinal);
  const bool canonical = parsed.ec == std::errc{} && std::to_string(ordinal) == digits;
  return canonical ? std::optional{ordinal} : std::nullopt;
}

std::vector<node> nodes_of(const observed& o) {
  std::vector<node> nodes;
  const auto* set = own_stateful_set(o);
  if (set == nullptr) {
    return nodes;
  }
  for (const auto& pod : o.pods) {
    if (!is_pod_of(*pod, *set)) {
      continue;
    }
    if (const auto ordinal = ordinal_of(pod->meta.key.name, set->meta.key.name)) {
      nodes.push_back({*ordinal, pod.get()});
    }
  }
  std::sort(nodes.begin(), nodes.end(), [](const auto& a, const auto& b) {
    return a.ordinal < b.ordinal;
  });
  return nodes;
}

}  // namespace btc::reconcile
