#pragma once

#include "test/node/pod_spec.hpp"
#include "test/node/pod_state.hpp"
#include "test/node/probe_machine.hpp"
#include "test/node/restart_backoff.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace btc::node {

enum class probe_kind : std::uint8_t { startup, readiness, liveness };
inline constexpr std::size_t probe_kinds = 3;

/// A step that failed, or an image that is not there, is tried again after this.
inline constexpr std::chrono::milliseconds retry_after{1000};

// -- inputs: what happened ----------------------------------------------------------------
/// Address, volumes and files are there.
struct prepared {
  std::string ip{};
};
struct preparation_failed {
  std::string reason{};  ///< of the waiting container, for example "ContainerCreating"
  std::string message{};
};
struct start_failed {
  std::string message{};
};
struct exited {
  int exit_code{0};
  int signal{0};
};
struct probed {
  probe_kind which{};
  int run{0};  ///< of `run_probe`; the result of an older run is dropped
  bool success{false};
};
/// The pod's object has a deletionTimestamp. A later one may only shorten the time.
struct deletion {
  std::chrono::seconds grace{};
};
struct object_gone {};
struct time_passed {};
using pod_input = std::variant<prepared,
                               preparation_failed,
                               start_failed,
                               exited,
                               probed,
                               deletion,
                               object_gone,
                               time_passed>;

// -- commands: what the owner does, in order ------------------------------------------------
/// Fetch the Secrets, make network, folders and files. Asked for anew before each start, so that
/// a container sees its Secret as it is now; what is there already stays.
struct prepare {};
struct start_container {
  int run{0};
};
struct send_signal {
  int number{0};
};
struct run_probe {
  probe_kind which{};
  int run{0};
};
/// Nothing runs any more: free the network and folders, delete the object unless it is gone.
struct remove_pod {};
using pod_command = std::variant<prepare, start_container, send_signal, run_probe, remove_pod>;

/// One pod on this node, from its binding to its removal, as a pure machine.
///
/// The owner carries out the commands, tells how they ended, and calls again at `deadline()`.
/// `state()` is what the pod's status should say.
class pod_machine {
 public:
  /// `restarts`: what the status counts already, for a pod that an earlier life of this node ran.
  pod_machine(pod_spec spec, int restarts, instant now);

  /// Total: an input that does not fit changes nothing.
  [[nodiscard]] std::vector<pod_command> step(const pod_input& input, instant now);
  /// When time alone changes something.
  [[nodiscard]] std::optional<time_point> deadline() const noexcept;

  [[nodiscard]] const pod_spec& spec() const noexcept { return spec_; }
  [[nodiscard]] const pod_state& state() const noexcept { return state_; }
  /// remove_pod was given.
  [[nodiscard]] bool finished() const noexcept { return stage_ == stage::finished; }

 private:
  enum class stage : std::uint8_t {
    waiting,    ///< until at_: then prepare
    preparing,  ///< the owner is at it
    running,    ///< the container runs
    stopping,   ///< it was asked to end; killed at at_
    ended,      ///< it ended, and no policy starts it again
    finished
  };
  using commands = std::vector<pod_command>;

  void handle(const prepared& i, instant now, commands& out);
  void handle(const preparation_failed& i, instant now, commands& out);
  void handle(const start_failed& i, instant now, commands& out);
  void handle(const exited& i, instant now, commands& out);
  void handle(const probed& i, instant now, commands& out);
  void handle(const deletion& i, instant now, commands& out);
  void handle(const object_gone& i, instant now, commands& out);
  void handle(const time_passed& i, instant now, commands& out);

  void wait(std::string reason, std::string message, time_point until);
  void pull_or_start(instant now, commands& out);
  void stop(std::chrono::seconds grace, instant now, commands& out);
  void finish(commands& out);
  /// The container ended and the pod goes on: start it again, or call it a day.
  void after_exit(int exit_code, instant now, commands& out);
  void launch_due_probes(time_point now, commands& out);
  void judge(instant now, commands& out);
  [[nodiscard]] verdict result(probe_kind which) const noexcept;
  [[nodiscard]] bool active(probe_kind which) const noexcept;

  pod_spec spec_;
  pod_state state_{};
  stage stage_{stage::waiting};
  time_point at_{};  ///< see stage
  bool pull_failed_{false};
  bool killed_{false};
  bool deleting_{false};
  time_point kill_by_{};  ///< of the deletion
  bool gone_{false};      ///< the object
  instant started_{};     ///< the container
  int run_{0};            ///< containers started
  restart_backoff backoff_{};
  std::array<std::optional<probe_machine>, probe_kinds> probes_{};
};

}  // namespace btc::node
