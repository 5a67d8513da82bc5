#include "actors/reconcile/names.hpp"

namespace btc::reconcile {

k8s::object_key owner_key(const k8s::object& object) {
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
      break;
  }
  return {};
}

}  // namespace btc::reconcile
