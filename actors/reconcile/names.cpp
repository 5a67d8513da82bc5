#include "actors/reconcile/names.hpp"

namespace btc::reconcile {

namespace {

constexpr std::string_view digits = "0123456789";

/// What stands before the suffix; empty when it does not end so.
[[nodiscard]] std::string_view stem(std::string_view name, std::string_view suffix) {
  return name.ends_with(suffix) ? name.substr(0, name.size() - suffix.size()) : std::string_view{};
}

/// "net-sts" of "net-sts-12".
[[nodiscard]] std::string_view without_ordinal(std::string_view name) {
  const auto end = name.find_last_not_of(digits);
  const bool has_ordinal = end != std::string_view::npos && end + 1 < name.size();
  return has_ordinal && name[end] == '-' ? name.substr(0, end) : std::string_view{};
}

}  // namespace

k8s::object_key owner_key(const k8s::object& object) {
  const auto& [ns, name] = object.meta.key;
  std::string_view network;
  switch (object.kind) {
    case k8s::kind::bitcoin_network:
      network = name;
      break;
    case k8s::kind::stateful_set:
      network = stem(name, stateful_set_suffix);
      break;
    case k8s::kind::service:
      network = stem(name, service_suffix);
      break;
    case k8s::kind::pod:
      network = stem(without_ordinal(name), stateful_set_suffix);
      break;
    case k8s::kind::secret:
    case k8s::kind::event:
    case k8s::kind::claim:
    case k8s::kind::storage_class:
      break;
  }
  return network.empty() ? k8s::object_key{} : k8s::object_key{ns, std::string{network}};
}

}  // namespace btc::reconcile
