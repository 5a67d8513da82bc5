#pragma once

#include "test/sim/oracles/oracle.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace btc::sim {

/// A process never acts on something older than its own last write whose answer it has: it does not
/// write again what it wrote, does not create what it created and what is still there, and patches
/// no status at an older version. Whoever knew of the answer may die with it, so nothing is said
/// after an actor's death. And a process that begins writes nothing that is so already, unless
/// what it is shown may be old.
class read_own_writes_oracle final : public oracle {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "read-own-writes"; }
  void on_commit(const commit_notice& n, const world_view& v) override;
  void on_request(const served_request& r, const world_view& v) override;
  void on_answered(const waiting_answer& a) override;
  void on_process_started(process_id p) override;
  void on_fault(std::string_view what) override;

 private:
  struct write {
    std::uint64_t version{0};
    std::string owner{};
  };

  [[nodiscard]] const write* last_write(process_id process, const std::string& object) const;
  [[nodiscard]] bool is_old_news(process_id process,
                                 const std::string& object,
                                 std::uint64_t version) const;

  std::map<std::string, write> answered_{};           ///< by process and object
  std::map<std::string, std::uint64_t> committed_{};  ///< the last version of each object
  std::map<process_id, std::uint64_t> began_{};       ///< the last version when it began
  std::uint64_t last_version_{0};
  bool stale_{false};
  bool over_{false};
};

}  // namespace btc::sim
