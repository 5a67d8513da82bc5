#pragma once

#include "test/sim/cluster/cluster.hpp"
#include "test/sim/scheduler/choice.hpp"
#include "test/sim/world/workload.hpp"

#include <chrono>
#include <set>
#include <string>

namespace btc::sim {

/// Passwords that users put into Secrets are marked, so that an oracle can look for the mark alone.
inline constexpr std::string_view secret_mark = "s3cr3t-";

/// Whether the controller can do what the spec says. Only this is asked of the product, whose rules
/// have tables of their own.
[[nodiscard]] bool is_valid(const nlohmann::json& network);

/// The people of the cluster: those of the workload, and one who meddles.
class users {
 public:
  /// `mend`: an edit that made a spec invalid is taken back by the step after it, but for the last.
  users(cluster& c, const workload& w, bool mend) : cluster_(c), workload_(w), mend_(mend) {}

  [[nodiscard]] bool done() const noexcept {
    return next_ == workload_.steps.size() && to_mend_.is_null();
  }
  /// Each network's status answers the spec that it has now.
  [[nodiscard]] bool were_heard() const;
  /// The next step waits for the controller to come to rest.
  [[nodiscard]] bool waits_for_rest() const;
  /// How long they look on after their last step.
  [[nodiscard]] std::chrono::seconds pause() const;
  /// True when the next step makes sense now: an edit needs its network, and so on.
  [[nodiscard]] bool possible() const;
  /// Takes the next step, and tells in a few words what was done and what came of it.
  std::string act();
  /// Somebody edits, breaks or deletes one of our objects; tells what, or nothing when there is
  /// none.
  std::string meddle(choice_source& choices);
  /// What docs/operations.md tells a user to do about ChildNotOwned: a child whose owner somebody
  /// took away is deleted, so that the controller makes it anew. Tells what, or nothing when there
  /// is no such child.
  std::string repair();

  [[nodiscard]] const std::set<std::string, std::less<>>& passwords() const noexcept {
    return passwords_;
  }
  void note_password(std::string password) { passwords_.insert(std::move(password)); }

 private:
  [[nodiscard]] document network(const std::string& name) const;
  std::string request(k8s::method m,
                      const std::string& target,
                      nlohmann::json body,
                      std::string content_type = {});
  std::string edit(const nlohmann::json& step);
  std::string write_secret(const nlohmann::json& step);
  std::string occupy(const std::string& kind, const std::string& network);

  cluster& cluster_;
  const workload& workload_;
  bool mend_;
  nlohmann::json to_mend_{};  ///< a step that takes an edit back; null: there is none
  std::size_t next_{0};
  std::set<std::string, std::less<>> foreign_{};  ///< uids of what `occupy` made
  std::set<std::string, std::less<>> passwords_{};
};

}  // namespace btc::sim
