#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace btc::sim {

/// What a simulated bitcoind looks like at a moment.
struct node_facts {
  std::string chain{"regtest"};
  std::chrono::sys_seconds started{};  ///< another one: its container was started again
  std::string tip{};                   ///< hash of the best block
  std::int64_t height{0};
  int connections{0};
};

/// Lines of one container, oldest first. The oldest go when there are too many.
class journal_lines {
 public:
  struct line {
    std::chrono::sys_seconds at{};
    std::string text{};  ///< without its end
  };

  void add(std::chrono::sys_seconds at, std::string text);

  /// Number of the first line that is still there, counted from the container's start.
  [[nodiscard]] std::uint64_t first() const noexcept { return first_; }
  /// Number of the line that comes next.
  [[nodiscard]] std::uint64_t end() const noexcept { return first_ + lines_.size(); }
  /// `number` is from first() up to, without, end().
  [[nodiscard]] const line& at(std::uint64_t number) const {
    return lines_.at(static_cast<std::size_t>(number - first_));
  }

 private:
  std::deque<line> lines_{};
  std::uint64_t first_{0};
};

/// What the simulated bitcoinds print, kept as it happens, in the words of Bitcoin Core 30 with
/// -printtoconsole. A pod's journal goes with the pod.
class pod_journal {
 public:
  struct record {
    std::uint64_t run{0};     ///< counts the containers, from 1
    journal_lines current{};  ///< of the container that runs, or ran last
    std::optional<journal_lines> previous{};
    node_facts facts{};
    bool running{true};
  };

  /// Writes down what has changed since the last call.
  void observe(const std::string& uid, const node_facts& facts, std::chrono::sys_seconds now);
  /// These are the nodes that run now: all others have ended.
  void running_are(const std::set<std::string>& uids, std::chrono::sys_seconds now);
  /// Forgets pods that are none of these.
  void keep_only(const std::set<std::string>& uids);

  /// nullptr when nothing of this pod has ever run.
  [[nodiscard]] const record* find(std::string_view uid) const;

 private:
  std::map<std::string, record, std::less<>> records_{};
};

}  // namespace btc::sim
