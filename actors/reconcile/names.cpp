#include "actors/reconcile/names.hpp"

namespace btc::reconcile {

namespace {

constexpr std::string_view service_suffix = "-svc";
constexpr std::string_view set_suffix = "-sts";
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

/// The network whose child or pod would have this name.
[[nodiscard]] std::string_view by_name(const k8s::object& object) {
  const auto& name = object.meta.key.name;
  switch (object.kind) {
    case k8s::kind::stateful_set:
      return stem(name, set_suffix);
    case k8s::kind::service:
      return stem(name, service_suffix);
    case k8s::kind::pod:
      return stem(without_ordinal(name), set_suffix);
    case k8s::kind::bitcoin_network:
    case k8s::kind::secret:
    case k8s::kind::event:
    case k8s::kind::claim:
    case k8s::kind::storage_class:
      break;
  }
  return {};
}

/// By the controller reference or, should that be missing, by the label.
[[nodiscard]] k8s::object_key by_metadata(const k8s::object& object) {
  const auto& meta = object.meta;
  switch (object.kind) {
    case k8s::kind::bitcoin_network:
      return meta.key;
    case k8s::kind::stateful_set:
    case k8s::kind::service:
      if (meta.controller && meta.controller->kind == k8s::info(k8s::kind::bitcoin_network).name) {
        return {meta.key.ns, meta.controller->name};
      }
      [[fallthrough]];
    case k8s::kind::pod: {
      const auto* app = k8s::find(meta.labels, label_app);
      return app == nullptr ? k8s::object_key{} : k8s::object_key{meta.key.ns, *app};
    }
    case k8s::kind::secret:
    case k8s::kind::event:
    case k8s::kind::claim:
    case k8s::kind::storage_class:
      break;
  }
  return {};
}

}  // namespace

k8s::object_key owner_key(const k8s::object& object) {
  const auto network = by_name(object);
  return network.empty() ? by_metadata(object)
                         : k8s::object_key{object.meta.key.ns, std::string{network}};
}

}  // namespace btc::reconcile
