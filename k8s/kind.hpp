#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace btc::k8s {

/// The resources that the controller speaks of. The first four are watched and cached. `claim` is
/// PersistentVolumeClaim; `storage_class` is the only one that belongs to no namespace.
enum class kind : std::uint8_t {
  bitcoin_network,
  stateful_set,
  service,
  pod,
  secret,
  event,
  claim,
  storage_class
};

inline constexpr std::size_t watched_kinds = 4;
inline constexpr std::size_t all_kinds = 8;

/// Names of a kind as the API server spells them.
struct kind_info {
  std::string_view name;         ///< "StatefulSet"
  std::string_view plural;       ///< "statefulsets"
  std::string_view api_version;  ///< "apps/v1"
  std::string_view root;         ///< "/apis/apps/v1"
};

[[nodiscard]] const kind_info& info(kind k) noexcept;

inline constexpr std::string_view group = "bitcoincontroller.christianb93.github.com";

}  // namespace btc::k8s
