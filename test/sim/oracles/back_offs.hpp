#pragma once

#include "test/sim/oracles/oracle.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace btc::sim {

/// While no API server is there, nobody asks for it more often than his back-off allows: not a
/// watch, not the recorder, not a network. Once it is back nobody leaves it alone for longer than
/// that, and where nothing else was broken all is soon as wished again. The numbers are the
/// product's own limits.
class back_offs_oracle final : public oracle {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "back-offs"; }
  void on_away(absence how, const world_view& v) override;
  void on_unmet(const waiting_call& call, const world_view& v) override;
  void on_back(const world_view& v) override;
  void on_commit(const commit_notice& n, const world_view& v) override;
  void on_request(const served_request& r, const world_view& v) override;
  void on_rpc(const served_rpc& r, const world_view& v) override;
  void on_user_step(const world_view& v) override;
  void on_process_started(process_id p) override;
  void on_fault(std::string_view what) override;
  void on_rest(const world_view& v) override;
  void on_end(const world_view& v) override;

 private:
  struct absent_server {
    absence how{};
    time_point since{};
    std::uint64_t faults{0};  ///< when it went
    std::uint64_t lives{1};   ///< an actor that dies forgets its back-off
  };
  struct returned_server {
    time_point at{};
    std::uint64_t faults{0};
    bool after_refusals{false};  ///< nothing but refused connections was there to wait for
  };

  void check_return(const world_view& v);
  [[nodiscard]] std::chrono::milliseconds time_to_return(const std::string& watch) const;

  std::optional<absent_server> absent_{};
  std::optional<returned_server> returned_{};
  /// How often each has asked since the server went, by process.
  std::map<std::pair<process_id, std::string>, std::uint64_t> asked_{};
  std::set<std::string> heard_{};  ///< watches, since it is back
  process_id newest_{0};
  time_point last_change_{};  ///< of what is wished, or of whether it can be had
};

}  // namespace btc::sim
