#include "k8s/kind.hpp"

#include <array>

namespace btc::k8s {

namespace {

constexpr std::array<kind_info, all_kinds> infos{{
    {"BitcoinNetwork",
     "bitcoinnetworks",
     "bitcoincontroller.christianb93.github.com/v1",
     "/apis/bitcoincontroller.christianb93.github.com/v1"},
    {"StatefulSet", "statefulsets", "apps/v1", "/apis/apps/v1"},
    {"Service", "services", "v1", "/api/v1"},
    {"Pod", "pods", "v1", "/api/v1"},
    {"Secret", "secrets", "v1", "/api/v1"},
    {"Event", "events", "v1", "/api/v1"},
    {"PersistentVolumeClaim", "persistentvolumeclaims", "v1", "/api/v1"},
    {"StorageClass", "storageclasses", "storage.k8s.io/v1", "/apis/storage.k8s.io/v1"},
}};

}  // namespace

const kind_info& info(kind k) noexcept {
  return infos[static_cast<std::size_t>(k)];
}

}  // namespace btc::k8s
