#pragma once

#include "test/sim/oracles/oracle.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace btc::sim {

/// What is told twice is one Event with a count, and an Event that could not be sent for a moment
/// is sent later. Each child that was made is told of, and a network has no more Events than its
/// budget. What was told is forgotten when the recorder dies, so nothing is said after an actor's
/// death; and who was to be told of is gone when a network is deleted.
class events_oracle final : public oracle {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "events"; }
  void on_request(const served_request& r, const world_view& v) override;
  void on_answered(const waiting_answer& a) override;
  void on_commit(const commit_notice& n, const world_view& v) override;
  void on_process_started(process_id p) override;
  void on_fault(std::string_view what) override;
  void on_away(absence how, const world_view& v) override;
  void on_back(const world_view& v) override;
  void on_end(const world_view& v) override;

 private:
  struct known_event {
    std::string subject{};  ///< uid of the network
    std::string message{};
  };
  struct budget {
    std::uint64_t sent{0};
    time_point since{};
  };

  void note_sent(const served_request& r);
  void spend(const served_request& r, const world_view& v);

  std::set<std::string> living_{};  ///< uids of networks

  // All of the living process.
  process_id process_{0};
  std::set<std::string> told_{};
  std::map<std::string, std::uint32_t> failed_{};  ///< by target and name: tries so far
  std::map<std::string, known_event> known_{};     ///< by name
  std::set<std::string> untold_{};                 ///< "Created Service net-svc": children made
  std::map<std::string, budget> budgets_{};        ///< by uid of the network
  std::uint64_t sent_{0};
  bool over_{false};  ///< an actor died
  time_point away_since_{};
  std::chrono::nanoseconds away_{};  ///< how long no API server was there, in all
  bool blind_{false};                ///< an old state may have ended a network that is there
};

}  // namespace btc::sim
