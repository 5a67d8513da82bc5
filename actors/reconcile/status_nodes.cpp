#include "actors/reconcile/status_nodes.hpp"

#include "actors/reconcile/names.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

namespace btc::reconcile {

namespace {

/// The entry of a list that is sorted by ordinals, or nullptr.
template <class T>
[[nodiscard]] const T* of_ordinal(const std::vector<T>& sorted, std::int32_t ordinal) {
  const auto found =
      std::lower_bound(sorted.begin(), sorted.end(), ordinal, [](const T& entry, std::int32_t o) {
        return entry.ordinal < o;
      });
  return found != sorted.end() && found->ordinal == ordinal ? &*found : nullptr;
}

/// What the node says of itself: by the last report, or by the status while there is none.
void describe_chain(const observed& o, const node& n, k8s::node_status& out) {
  if (o.unheard) {
    return;
  }
  if (o.chain == nullptr) {
    const auto* before = of_ordinal(o.network->status.nodes, n.ordinal);
    if (before != nullptr && before->ip == out.ip) {
      out.peers = before->peers;
      out.height = before->height;
    }
    return;
  }
  if (const auto* said = last_word_of(o, n)) {
    out.peers = said->peers;
    out.height = said->height;
  }
}

[[nodiscard]] k8s::node_status describe_node(const observed& o, const node& n) {
  const auto& pod = *n.pod;
  k8s::node_status out;
  out.ordinal = n.ordinal;
  out.ready = n.ready();
  out.ip = pod.ip;
  out.node_name = pod.node_name;
  out.dns_name = pod.meta.key.name + '.' + service_name(o.network->meta.key.name);
  describe_chain(o, n, out);
  return out;
}

}  // namespace

const bitcoin::node_report* last_word_of(const observed& o, const node& n) {
  const auto* said = o.chain == nullptr ? nullptr : of_ordinal(o.chain->nodes, n.ordinal);
  const bool same_life =
      said != nullptr && said->pod_uid == n.pod->meta.uid && said->restarts == n.pod->restarts;
  return same_life ? said : nullptr;
}

std::vector<k8s::node_status> describe_nodes(const observed& o, const std::vector<node>& nodes) {
  std::vector<k8s::node_status> out;
  out.reserve(nodes.size());
  for (const auto& n : nodes) {
    out.push_back(describe_node(o, n));
  }
  return out;
}

std::optional<std::int32_t> connections(const std::vector<k8s::node_status>& nodes) {
  std::optional<std::int32_t> ends;
  for (const auto& n : nodes) {
    if (n.peers) {
      ends = ends.value_or(0) + *n.peers;
    }
  }
  return ends ? std::optional{*ends / 2} : std::nullopt;
}

}  // namespace btc::reconcile
