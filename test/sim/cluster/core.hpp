#pragma once

#include "test/sim/cluster/cluster_model.hpp"
#include "test/sim/cluster/store.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace btc::sim {

/// What an observer is told about a commit. References live for the call.
struct commit_notice {
  const resource_type& type;
  const commit& what;
  const caller& who;
  std::string_view verb{};         ///< create update patch apply delete
  std::string_view subresource{};  ///< "status", "scale", …
  std::string_view manager{};      ///< field manager of the write
};

enum class field_validation : std::uint8_t { ignore, warn, strict };

/// On whose behalf, and how, something is written.
struct writer {
  caller who{};
  std::string verb{};
  std::string manager{};
  std::string subresource{};
  bool dry_run{false};
  bool tracked{true};  ///< false: managedFields are left as they are
  field_validation validation{field_validation::ignore};
  std::vector<std::string> warnings{};
  /// Set by the writes: an object that is no longer there, because its last finalizer went.
  bool removed{false};
};

/// The state that all request handlers and built-ins share, and the ways to change it. Not for
/// users of the library: they have `cluster`.
class core {
 public:
  using observer = std::function<void(const commit_notice&)>;

  explicit core(std::shared_ptr<const cluster_model> model);

  [[nodiscard]] const cluster_model& model() const noexcept { return *model_; }
  [[nodiscard]] const store& objects() const noexcept { return store_; }
  [[nodiscard]] store& objects() noexcept { return store_; }
  /// False for a custom resource whose definition is not there.
  [[nodiscard]] bool served(const resource_type& type) const;

  void set_time(std::chrono::sys_seconds now);
  [[nodiscard]] std::chrono::sys_seconds now() const noexcept { return now_; }
  [[nodiscard]] const std::string& now_text() const noexcept { return now_text_; }  ///< RFC 3339

  void observe(observer o) { observers_.push_back(std::move(o)); }

  [[nodiscard]] std::string next_uid();
  /// Five characters, as generateName appends.
  [[nodiscard]] std::string next_suffix();
  /// A free address of the Service network.
  [[nodiscard]] std::string next_service_address();
  void use_service_address(const std::string& address);

  /// Stores an object and tells the observers; `stored` is what readers will see.
  document put(const resource_type& type, const writer& w, json object);
  /// Removes an object and tells the observers; gives the last object, with the deletion's version.
  document remove(const resource_type& type, const writer& w, const std::string& key);

 private:
  void tell(const resource_type& type, const writer& w, const commit& c);

  std::shared_ptr<const cluster_model> model_;
  store store_;
  std::chrono::sys_seconds now_{};
  std::string now_text_{};
  std::vector<observer> observers_{};
  std::uint64_t uids_{0};
  std::uint64_t suffixes_{0};
  std::uint32_t service_addresses_{0};
  std::set<std::string, std::less<>> used_addresses_{};
};

/// "2026-01-01T00:00:00Z".
[[nodiscard]] std::string rfc3339(std::chrono::sys_seconds time);

}  // namespace btc::sim
