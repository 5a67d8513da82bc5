#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace btc::telemetry {

// What the admin server shows: plain values that the actors fill when they are asked. Ages and
// durations are seconds, measured by the actor clock at the moment of the answer.

/// One actor. `responding` is false when it did not answer the supervisor's last question in time;
/// the other figures are then those of its last answer.
struct actor_report {
  std::string name{};
  std::string state{};
  std::uint64_t mailbox_depth{0};
  std::uint64_t messages_handled{0};
  double handling_seconds_total{0};
  double handling_seconds_max{0};
  std::uint64_t restarts{0};
  bool responding{true};
};

/// One watch stream.
struct watch_report {
  std::string kind{};
  std::string scope{};  ///< namespace, or "" for all
  std::string state{};
  std::string resource_version{};
  double last_contact_age_seconds{0};  ///< since the API server last gave what was asked of it
  double last_outcome_age_seconds{0};  ///< since that, or the last failure: each try has an end
  std::uint64_t restarts{0};
  std::string last_error{};  ///< empty when the last contact was good
};

struct cache_report {
  std::string kind{};
  std::uint64_t objects{0};
  bool synced{false};
  std::string resource_version{};
};

/// One BitcoinNetwork: enough to tell why it is not Ready.
struct network_report {
  std::string key{};    ///< "namespace/name"
  std::string phase{};  ///< of its reconcile actor: observing, acting, waiting, …
  std::int64_t ready_nodes{0};
  std::int64_t nodes{0};
  std::int64_t generation{0};
  std::int64_t observed_generation{0};
  std::string waiting_for{};  ///< what would make it Ready: "2 of 3 pods", "Secret default/x"
  std::string last_error{};   ///< empty after a success
  std::uint64_t consecutive_failures{0};
  std::optional<double> next_retry_seconds{};  ///< nothing when no retry is due
  std::optional<double> acting_seconds{};      ///< how long its writes have been under way
  std::uint64_t reconciliations{0};
  std::vector<std::string> last_writes{};  ///< newest last: "apply StatefulSet default/x-sts"
};

/// A queue to the outside: requests to the API server, Events.
struct queue_report {
  std::uint64_t depth{0};
  std::uint64_t in_flight{0};
  std::uint64_t dropped{0};
};

/// What the nodes of one BitcoinNetwork say.
struct peer_network_report {
  std::string key{};              ///< "namespace/name"
  std::uint64_t nodes{0};         ///< that have a pod
  std::uint64_t answering{0};     ///< to the last question
  std::uint64_t silent{0};        ///< ready, and without an answer to several questions in a row
  std::uint64_t in_flight{0};     ///< questions without an answer yet
  std::string peers_connected{};  ///< "True AllConnected"; empty while it is not known
  std::string chain_converged{};
  std::optional<std::int64_t> height{};
  std::optional<std::int64_t> miner{};  ///< ordinal of the node that makes the next block
  std::string last_error{};             ///< "node 2: …"; empty while all ready nodes answer
};

/// Requests to bitcoin nodes, and what they came to.
struct peer_report {
  std::uint64_t in_flight{0};
  std::uint64_t slow_in_flight{0};  ///< of them, to nodes that did not answer last time
  std::vector<peer_network_report> networks{};
};

struct status_report {
  std::string version{};
  double uptime_seconds{0};
  std::string api_server{};  ///< address
  std::vector<actor_report> actors{};
  std::vector<watch_report> watches{};
  std::vector<cache_report> caches{};
  std::vector<network_report> networks{};
  peer_report peers{};
  queue_report api{};
  queue_report events{};
  // Verdicts on the above, filled by whoever holds the limits (health.hpp); empty means good.
  std::vector<std::string> unhealthy_because{};
  std::vector<std::string> not_ready_because{};
};

/// The body of /status: one JSON object with the members' names as keys. Text that is no UTF-8 is
/// repaired, never refused.
[[nodiscard]] std::string to_json_text(const status_report& r);

}  // namespace btc::telemetry
