#pragma once

#include "test/sim/cluster/planned.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace btc::sim {

/// The garbage collector: deletes what has owners, none of which is there with that very uid;
/// deletes in the foreground; orphans. Source: kubernetes pkg/controller/garbagecollector.
class garbage_collector final : public planned {
 public:
  explicit garbage_collector(core& c) : planned(c, "generic-garbage-collector") {}

  [[nodiscard]] std::string_view name() const noexcept override { return "garbage-collector"; }

 private:
  enum class presence : std::uint8_t { absent, there, waiting };

  [[nodiscard]] static std::string key_of(type_id type, std::string_view object);
  void plan(const std::string& key) override;  ///< of an object of any type, by key_of()
  void note(type_id type, const commit& c) override;
  void note_all() override;
  void index(type_id type, const std::string& object, const json& state, bool is);
  void plan_dependent(const resource_type& type, const document& object);
  void plan_owner(const resource_type& type, const document& owner);
  [[nodiscard]] presence presence_of(const json& reference, const std::string& ns) const;
  void drop_finalizer(const resource_type& type,
                      const std::string& key,
                      const std::string& finalizer);
  void drop_references(const resource_type& type, const std::string& key, const std::string& uid);
  void collect(const resource_type& type, const document& object, bool foreground);

  std::map<std::string, std::set<std::string>> dependents_{};  ///< keys by the owner's uid
  std::map<std::string, std::string> waiting_{};  ///< keys by uid, of deletions in the foreground
};

/// Empties terminating namespaces and lets them go; removes custom resources whose definition is
/// gone.
class namespace_controller final : public planned {
 public:
  explicit namespace_controller(core& c) : planned(c, "namespace-controller") {}

  [[nodiscard]] std::string_view name() const noexcept override { return "namespace-controller"; }

 private:
  void plan(const std::string& key) override;  ///< of a namespace
  void note(type_id type, const commit& c) override;
  void note_all() override;
  void plan_namespace(const document& ns);
};

}  // namespace btc::sim
