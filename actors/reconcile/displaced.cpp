#include "actors/reconcile/displaced.hpp"

#include "actors/reconcile/list_keys.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace btc::reconcile {

namespace {

using json = nlohmann::json;

/// Lists whose entries mean nothing without ours.
constexpr std::array<std::string_view, 4> lists_of_ours{
    "ports", "volumeMounts", "imagePullSecrets", "topologySpreadConstraints"};

/// Objects of which one member chooses the kind; the API server refuses two.
constexpr std::array<std::string_view, 3> probes{"startupProbe", "readinessProbe", "livenessProbe"};
constexpr std::array<std::string_view, 4> probe_handlers{"exec", "httpGet", "tcpSocket", "grpc"};

[[nodiscard]] bool is_of_another_kind(const json& probe, const json& wanted) {
  return std::any_of(probe_handlers.begin(), probe_handlers.end(), [&](std::string_view handler) {
    return probe.contains(handler) && !wanted.contains(handler);
  });
}

[[nodiscard]] bool is_another_volume(const json& volume, const json& wanted) {
  const auto members = volume.items();
  return std::any_of(members.begin(), members.end(), [&](const auto& member) {
    return !wanted.contains(member.key());
  });
}

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
      if (std::find(probes.begin(), probes.end(), key) != probes.end()
          && is_of_another_kind(*found, wanted)) {
        replace(inner, *found, wanted);
      } else if (wanted.is_object() && found->is_object()) {
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
      } else if (counterpart != nullptr && list == "volumes"
                 && is_another_volume(observed[i], *counterpart)) {
        replace(at, observed[i], *counterpart);
      } else if (counterpart != nullptr && counterpart->is_object()) {
        walk(*counterpart, observed[i], at);
      }
    }
  }

  /// At once: a probe or a volume of no kind is refused too.
  void replace(const std::string& at, const json& observed, const json& wanted) {
    operations_.push_back({{"op", "test"}, {"path", at}, {"value", observed}});
    operations_.push_back({{"op", "replace"}, {"path", at}, {"value", wanted}});
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
