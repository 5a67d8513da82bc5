#pragma once

#include "k8s/json_view.hpp"
#include "k8s/meta.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace btc::k8s {

/// A JSON value at rest, as CBOR: a fifth of the memory of a DOM and one allocation. Used for
/// specs, which are compared where they lie.
class packed_json {
 public:
  packed_json() = default;
  explicit packed_json(const nlohmann::json& value);
  explicit packed_json(json_view value);

  /// The value, as long as this object is neither moved nor gone; absent when there is none.
  [[nodiscard]] json_view view() const noexcept;
  [[nodiscard]] nlohmann::json unpack() const;

 private:
  std::vector<std::uint8_t> cbor_{};
};

struct service : object {
  service() : object(k8s::kind::service) {}
  packed_json spec{};
};

struct stateful_set : object {
  stateful_set() : object(k8s::kind::stateful_set) {}
  packed_json spec{};
  std::int32_t replicas{0};          ///< status.replicas
  std::int32_t updated_replicas{0};  ///< status.updatedReplicas
  std::int64_t observed_generation{0};
  std::string update_revision{};
};

/// The container of a pod whose process is a node of the network.
inline constexpr std::string_view node_container = "bitcoind";

struct pod : object {
  pod() : object(k8s::kind::pod) {}
  std::string ip{};          ///< status.podIP
  std::string node_name{};   ///< spec.nodeName
  bool ready{false};         ///< condition Ready is True
  std::int32_t restarts{0};  ///< restartCount of the container `node_container`
  /// Of the first container that waits, for example ErrImagePull. When the scheduler finds no
  /// place: "Unschedulable: 0/3 nodes are available: 3 Insufficient memory".
  std::string waiting_reason{};
};

/// The typed object behind `p`, or nullptr when `p` is empty or of another kind.
template <class T>
[[nodiscard]] std::shared_ptr<const T> as(const object_ptr& p) {
  return p != nullptr && p->kind == T{}.kind ? std::static_pointer_cast<const T>(p) : nullptr;
}

}  // namespace btc::k8s
