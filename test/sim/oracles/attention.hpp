#pragma once

#include "test/sim/oracles/oracle.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace btc::sim {

/// A spec is answered: where nothing was broken, the status tells of it within two minutes, and
/// within five once an API server that was away is back. A Secret that
/// a spec names for the first time is looked for as soon. That all is as wished in the end says
/// less, since a timer mends in minutes what nobody was told of.
class attention_oracle final : public oracle {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "attention"; }
  void on_commit(const commit_notice& n, const world_view& v) override;
  void on_request(const served_request& r, const world_view& v) override;
  void on_rpc(const served_rpc& r, const world_view& v) override;
  void on_back(const world_view& v) override;
  void on_end(const world_view& v) override;

 private:
  struct login {
    std::string secret{};
    time_point since{};
    bool waits{false};  ///< for a user: what the Secret says does not matter yet
  };

  void note_login(const std::string& uid, const nlohmann::json& network, const world_view& v);
  void check(const world_view& v);

  std::map<std::string, login> logins_{};           ///< by uid
  std::set<std::string> asked_for_{};               ///< Secrets
  std::map<std::string, time_point> unanswered_{};  ///< since when, by uid of the network
  std::optional<time_point> counts_from_{};         ///< nothing: time is not to be judged now
};

}  // namespace btc::sim
