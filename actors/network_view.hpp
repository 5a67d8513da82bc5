#pragma once

#include "actors/reconcile/observed.hpp"
#include "messages/protocol.hpp"

#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace btc::actors {

/// What one network's actor knows, kept current from three sources that race each other: the
/// caches, the answers to its own writes, and single looks at an object. A value without I/O.
///
/// The rule: per object, a state is taken only when it is newer than the newest heard of, deletions
/// included. So the actor never decides on anything older than its own last write.
class network_view {
 public:
  network_view() = default;
  explicit network_view(const k8s::object_key& network);

  /// Takes a change; true when it told something new.
  bool take(const messages::object_change& change);

  /// The result of a GET of a child that the caches do not show (no label of ours, or not yet).
  void take_looked_up(k8s::kind kind, const k8s::object_ptr& object);
  /// Children known only by a GET: to be looked up again, because no watch tells of them.
  [[nodiscard]] const std::set<k8s::kind>& looked_up() const noexcept { return looked_up_; }

  /// What a look at the Secret with the credentials gave. Credentials that were usable before are
  /// kept while there are no newer ones.
  void take_secret(reconcile::secret_view secret);
  /// It is time to look at both Secrets again.
  void forget_secrets();
  /// It is time to look again at whatever no watch tells of and the last look found amiss.
  void forget_troubles();
  /// A pod whose containers do not come may wait for a Secret that somebody deleted: the
  /// configuration is due to be read then. True when there is such a pod.
  [[nodiscard]] bool doubt_configuration();

  /// What the nodes say has come.
  void take_chain(std::shared_ptr<const bitcoin::chain_report> report);
  /// Called now and then; true when nothing of it has come for `patience` just now.
  [[nodiscard]] bool gives_up_hearing(std::chrono::steady_clock::time_point now,
                                      std::chrono::milliseconds patience);

  /// The observed values for decide(), with `desired` filled in when the network is valid.
  [[nodiscard]] const reconcile::observed& prepare(std::string now);
  /// Frees what only a decision needs. `in_place`: the children were compared and nothing differed,
  /// so they are not compared again before they change.
  void rest(bool in_place);

  [[nodiscard]] reconcile::observed& values() noexcept { return observed_; }
  [[nodiscard]] const reconcile::observed& values() const noexcept { return observed_; }
  [[nodiscard]] const std::shared_ptr<const k8s::bitcoin_network>& network() const noexcept {
    return observed_.network;
  }
  /// Nothing can be made for it any more: its namespace is being deleted.
  [[nodiscard]] bool is_ending() const noexcept {
    return observed_.refused && observed_.refused->reason == reconcile::reason_ending;
  }

 private:
  bool take_network(const messages::object_change& change);
  bool take_pod(const messages::object_change& change);
  void forget_chain();
  void want(reconcile::desired_children::user_ptr user, const reconcile::seen_configuration& seen);
  template <class T>
  bool take_child(const messages::object_change& change, std::shared_ptr<const T>& slot);
  /// True when the change is newer than the newest heard of under its kind.
  bool advance(const messages::object_change& change);

  std::string service_name_{};
  std::string stateful_set_name_{};
  reconcile::observed observed_{};
  std::array<std::string, k8s::watched_kinds> newest_{};
  std::set<k8s::kind> looked_up_{};
  std::optional<std::chrono::steady_clock::time_point> listening_since_{};
};

}  // namespace btc::actors
