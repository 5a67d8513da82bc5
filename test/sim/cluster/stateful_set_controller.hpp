#pragma once

#include "test/sim/cluster/planned.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace btc::sim {

/// The StatefulSet controller: makes and deletes pods by ordinal, rolls changes of the template out
/// from the highest ordinal, one unavailable at most, keeps the status. Source: kubernetes
/// pkg/controller/statefulset. Left out: ControllerRevision objects, minReadySeconds, whenScaled,
/// managedFields of pods.
class stateful_set_controller final : public planned {
 public:
  explicit stateful_set_controller(core& c) : planned(c, "statefulset-controller") {}

  [[nodiscard]] std::string_view name() const noexcept override { return "statefulset-controller"; }

 private:
  struct revision {
    std::int64_t generation{-1};
    std::string uid{};
    std::string current{};                    ///< of the template as it is
    std::map<std::string, json> templates{};  ///< by revision, for ordinals below the partition
  };
  using pods_by_ordinal = std::map<std::int64_t, document>;

  void plan(const std::string& key) override;  ///< of a StatefulSet
  void note(type_id type, const commit& c) override;
  void note_all() override;
  void plan_set(const document& set);
  [[nodiscard]] pods_by_ordinal pods_of(const json& set) const;
  [[nodiscard]] const revision& revision_of(const json& set);
  void plan_missing(const document& set, const pods_by_ordinal& pods, bool& busy);
  void plan_surplus(const document& set, const pods_by_ordinal& pods, bool& busy);
  void plan_update(const document& set, const pods_by_ordinal& pods);
  void plan_status(const document& set, const pods_by_ordinal& pods);
  void create_pod(const document& set, std::int64_t ordinal);
  [[nodiscard]] bool has_stale_claim(const json& set, std::int64_t ordinal) const;
  void create_claims(const json& set, std::int64_t ordinal);
  void delete_pod(const document& pod);

  std::map<std::string, revision> revisions_{};
};

/// condition Ready is True, and the pod does not go.
[[nodiscard]] bool is_pod_ready(const json& pod);

}  // namespace btc::sim
