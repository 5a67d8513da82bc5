#pragma once

#include "test/sim/scheduler/choice.hpp"
#include "test/sim/scheduler/trace.hpp"
#include "test/sim/world/built_ins.hpp"
#include "test/sim/world/causes.hpp"
#include "test/sim/world/observer.hpp"
#include "test/sim/world/plan.hpp"
#include "test/sim/world/process.hpp"
#include "test/sim/world/rpc_wire.hpp"
#include "test/sim/world/users.hpp"
#include "test/sim/world/wire.hpp"
#include "test/sim/world/workload.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace btc::sim {

/// What all runs of a process share, because it is made once and never changes a run.
struct stage {
  std::shared_ptr<const cluster_model> model{};
  std::shared_ptr<const cluster_model> lenient_model{};  ///< for plans with `lenient_crd`
  std::vector<workload> workloads{};
  simulation_config config{};
  telemetry::metrics metrics{{"simulated", "simulated:6443", 1}};
  telemetry::logger log{};  ///< off, but for a replay

  [[nodiscard]] const workload* find(std::string_view name) const;
};

/// Numbers of a run.
struct world_limits {
  std::uint64_t faulty_decisions_max{3'000};
  std::uint64_t decisions_max{8'000};
  /// After healing and the last edit, everything must be as wished in this virtual time: a Secret
  /// is read again after six minutes at the latest, and then all pods are replaced one by one.
  std::chrono::seconds converge_max{900};
  /// After that, for retries that nobody waits for (Events that could not be sent), and until a
  /// controller that has just started gives up to hear of nodes that it cannot ask.
  std::chrono::seconds settle{125};
  /// How long nothing may be written after that: more than two resyncs.
  std::chrono::seconds rest{65};
  /// Whether everything is as wished is asked no more often than this.
  std::chrono::seconds check_pause{0};
};

/// How a run ended, apart from what observers say.
struct run_end {
  bool converged{false};
  std::string why_not{};  ///< what differs, when not converged
  std::uint64_t decisions{0};
  std::chrono::nanoseconds virtual_time{};
  std::uint64_t faults{0};
};

/// Nothing, or why the controller's work is not done: asked whenever nothing is on its way. A
/// function of the cluster's objects and of the nodes alone.
using convergence = std::function<std::optional<std::string>(const world_view&)>;

/// One run: a cluster, its users, and processes of the controller, moved step by step by a choice
/// source. First with faults, then healed until everything is as wished, then at rest.
class world {
 public:
  world(stage& on, const plan& p, choice_source& choices, trace& t, convergence done);
  world(const world&) = delete;
  world& operator=(const world&) = delete;
  ~world();

  void add(observer& o);
  [[nodiscard]] run_end run();

  [[nodiscard]] const cluster& state() const noexcept { return cluster_; }
  [[nodiscard]] world_view view() const;

 private:
  [[nodiscard]] world_view view_at_rest();
  /// Kinds of steps, in the order of plain choices.
  enum class move : std::uint8_t {
    act,
    deliver,
    serve,
    give,
    node,
    learn,
    build,
    user,
    time,
    fault
  };
  static constexpr std::size_t move_count = 10;
  using weights = std::array<std::uint32_t, move_count>;

  // world.cpp: the phases
  void start_process();
  bool step(bool faulty);
  bool step(const weights& possible);
  bool go(const weights& possible);
  [[nodiscard]] weights weigh(bool faulty);
  [[nodiscard]] bool user_is_next() const;
  void take(move m);
  void run_with_faults();
  void heal();
  [[nodiscard]] bool converge();
  [[nodiscard]] bool as_wished();
  [[nodiscard]] run_end finished(run_end end);
  bool repair();
  /// Time goes by without faults, up to a moment when nothing is on its way.
  void pass(std::chrono::seconds time);
  [[nodiscard]] bool idle();
  [[nodiscard]] static bool idle(const weights& possible);
  /// done_, asked only when something has changed.
  [[nodiscard]] const std::optional<std::string>& why_not_done();
  void reap();

  // soak.cpp
  [[nodiscard]] run_end soak(std::chrono::hours length);
  void disturb();

  // causality.cpp: for sources that recognise states
  void tell_state(const weights& w);
  [[nodiscard]] std::uint64_t state_hash() const;
  void collect_causes();

  // moves.cpp: what is not a fault
  void act();
  void deliver();
  void serve();
  /// `invented`: a fault answers, not a server.
  void answer(waiting_call call, api_response response, bool invented = false);
  void open(waiting_call call);
  void give();
  void serve_rpc();
  void ask_node(rpc_call& call);
  void learn();
  void build();
  void user();
  void pass_time();
  void advance_to(time_point t);
  [[nodiscard]] std::optional<time_point> next_due();
  [[nodiscard]] std::size_t runnable() const;
  [[nodiscard]] std::size_t ready_streams();

  // faults.cpp
  void inject(fault f, std::optional<std::uint32_t> target);
  [[nodiscard]] std::array<std::uint32_t, fault_count> possible_faults();
  [[nodiscard]] std::size_t pick(std::size_t n, std::optional<std::uint32_t> target);
  std::string crash();
  std::string overlap();
  std::string kill_actor(std::optional<std::uint32_t> target);
  std::string lose_request(std::optional<std::uint32_t> target);
  std::string lose_answer(std::optional<std::uint32_t> target);
  std::string stall(std::optional<std::uint32_t> target);
  std::string refuse(std::optional<std::uint32_t> target);
  std::string fail_over();
  std::string lag();
  std::string go_back(std::optional<std::uint32_t> target);
  std::string harm_watch(fault f, std::optional<std::uint32_t> target);
  std::string compact();
  std::string pause_builtins();
  std::string jump();
  std::string lose_rpc(std::optional<std::uint32_t> target);
  void break_connections();

  // outage.cpp
  std::string outage(std::optional<std::uint32_t> target);
  void drop_answers();
  /// A request finds no server.
  void meet_nobody(waiting_call call);
  void end_outage();

  // probe.cpp: for observers that look closely
  void tell_step(caf::scheduled_actor& actor);
  void tell_decision();
  [[nodiscard]] std::vector<std::string> phases();
  void tell_fault(fault f, const std::vector<std::string>& in);

  void note(std::string_view who, std::string_view what);
  void note_complaints();
  [[nodiscard]] time_point now() const noexcept { return now_; }
  [[nodiscard]] std::chrono::system_clock::time_point wall() const noexcept;
  [[nodiscard]] time_point steady(std::chrono::sys_seconds t) const noexcept;

  stage& stage_;
  plan plan_;
  choice_source& choices_;
  trace& trace_;
  convergence done_;
  world_limits limits_{};
  time_point now_{std::chrono::seconds{1}};
  causes causes_{};
  cluster cluster_;
  built_in_actors built_ins_;
  users users_;
  wire wire_;
  rpc_wire rpc_;
  std::vector<std::unique_ptr<controller_process>> processes_{};
  std::vector<observer*> observers_{};
  std::set<const observer*> complained_{};  ///< those whose complaint is in the trace
  std::vector<observer*> close_{};          ///< those of them that look closely
  process_id last_process_{0};
  std::size_t server_{0};  ///< the one that new connections go to
  std::uint64_t decisions_{0};
  std::uint64_t last_event_{0};  ///< decision of the last edit or fault
  std::uint64_t faults_{0};
  std::uint64_t outages_{0};
  std::uint64_t user_steps_{0};
  /// While no API server is there.
  struct server_absence {
    absence how{};
    time_point end{};
  };
  std::optional<server_absence> absence_{};
  std::uint32_t budget_;
  std::size_t next_planned_{0};
  std::uint64_t passwords_{0};
  time_point check_due_{};
  time_point user_due_{};  ///< until then they look on
  std::optional<std::string> why_not_{};
  std::array<std::uint64_t, 2> why_not_at_{};  ///< version of the store, events of the nodes
  bool healed_{false};
};

}  // namespace btc::sim
