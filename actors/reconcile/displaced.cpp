#include "actors/reconcile/displaced.hpp"

#include "actors/reconcile/list_keys.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace btc::reconcile {

namespace {

using json = nlohmann::json;

/// Lists whose entries mean nothing without ours.
constexpr std::array<std::string_view, 3> lists_of_ours{
    "ports", "imagePullSecrets", "topologySpreadConstraints"};

[[nodiscard]] std::string escaped(std::string_view key) {
  std::string out;
  for (const char c : key) {
    out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  }
  return out;
}

[[nodiscard]] bool lacks_one_of(const json& entries, const json& wanted, std::string_view list) {
  return std::any_of(wanted.begin(), wanted.end(), [&](const json& entry) {
    return find_element(list, entries, identity_of(list, entry)) == nullptr;
  });
}

class search {
 public:
  void walk(const json& desired, const json& observed, const std::string& pointer) {
    for (const auto& [key, wanted] : desired.items()) {
      const auto found = observed.find(key);
      if (found == observed.end()) {
        continue;
      }
      const auto inner = pointer + '/' + escaped(key);
      if (wanted.is_object() && found->is_object()) {
        walk(wanted, *found, inner);
      } else if (wanted.is_array() && found->is_array()) {
        walk_list(key, wanted, *found, inner);
      }
    }
  }

  [[nodiscard]] json take() { return std::move(operations_); }

 private:
  void walk_list(std::string_view list,
                 const json& wanted,
                 const json& observed,
                 const std::string& pointer) {
    const bool ours =
        std::find(lists_of_ours.begin(), lists_of_ours.end(), list) != lists_of_ours.end()
        && lacks_one_of(observed, wanted, list);
    for (auto i = observed.size(); i-- > 0;) {  // from the end, so that no index moves
      const auto at = pointer + '/' + std::to_string(i);
      const auto* counterpart = find_element(list, wanted, identity_of(list, observed[i]));
      if (counterpart == nullptr && ours) {
        operations_.push_back({{"op", "test"}, {"path", at}, {"value", observed[i]}});
        operations_.push_back({{"op", "remove"}, {"path", at}});
      } else if (counterpart != nullptr && counterpart->is_object()) {
        walk(*counterpart, observed[i], at);
      }
    }
  }

  json operations_ = json::array();
};

}  // namespace

json remove_displacing(const json& desired, const json& observed, std::string_view pointer) {
  search s;
  s.walk(desired, observed, std::string{pointer});
  return s.take();
}

}  // namespace btc::reconcile
