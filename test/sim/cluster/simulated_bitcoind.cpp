#include "test/sim/cluster/simulated_bitcoind.hpp"

#include "k8s/json_fields.hpp"
#include "test/sim/cluster/base64.hpp"
#include "test/sim/cluster/metadata.hpp"
#include "test/sim/cluster/store.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace btc::sim {

namespace {

constexpr std::size_t added_links_max = 8;  // MAX_ADDNODE_CONNECTIONS
constexpr std::chrono::seconds attempt_pause{60};

/// bitcoin.conf of the first Secret volume that has it; nothing while that Secret is not there.
[[nodiscard]] std::optional<std::string> conf_of(const store& objects, const json& pod) {
  const auto* volumes = k8s::member(pod, "spec", "volumes");
  for (std::size_t i = 0; volumes != nullptr && i < volumes->size(); ++i) {
    const auto* source = k8s::member((*volumes)[i], "secret");
    const auto secret =
        source == nullptr
            ? nullptr
            : objects.log(type_id::secrets)
                  .find(object_key_of(namespace_of(pod), k8s::string_at(*source, "secretName")));
    const auto* text = secret == nullptr ? nullptr : k8s::member(*secret, "data", "bitcoin.conf");
    if (text != nullptr) {
      return decode_base64(text->get_ref<const std::string&>()).value_or("");
    }
  }
  return std::nullopt;
}

/// What a node's blocks live and die with: the claim of its pod, or the pod.
[[nodiscard]] std::string volume_of(const store& objects, const json& pod) {
  const auto* volumes = k8s::member(pod, "spec", "volumes");
  for (std::size_t i = 0; volumes != nullptr && i < volumes->size(); ++i) {
    if (const auto* source = k8s::member((*volumes)[i], "persistentVolumeClaim")) {
      const auto claim =
          objects.log(type_id::persistent_volume_claims)
              .find(object_key_of(namespace_of(pod), k8s::string_at(*source, "claimName")));
      return claim == nullptr ? uid_of(pod) : uid_of(*claim);
    }
  }
  return uid_of(pod);
}

}  // namespace

void simulated_bitcoind::started(const json& pod) {
  bitcoin_node n;
  n.uid = uid_of(pod);
  n.pod = object_key_of(pod);
  n.ns = namespace_of(pod);
  n.hostname = k8s::string_at(pod.at("spec"), "hostname");
  n.subdomain = k8s::string_at(pod.at("spec"), "subdomain");
  n.address = pod.at("status").value("podIP", "");
  auto& mounted = mounted_[n.uid];
  if (auto conf = conf_of(core_->objects(), pod)) {
    mounted = std::move(*conf);
  }
  n.conf = parse_node_conf(mounted);
  n.started = core_->now();
  const auto genesis = block_hash(0, n.conf.chain);
  blocks_.try_emplace(genesis, sim_block{genesis, {}, 0});
  n.volume = volume_of(core_->objects(), pod);
  const auto kept = disks_.find(n.volume);
  const bool same_chain = kept != disks_.end() && kept->second.first == n.conf.chain;
  n.best = same_chain ? kept->second.second : genesis;
  changes_.push_back(n.pod);
  nodes_.push_back(std::move(n));
  index_nodes();
  ++events_;
  changed_ = true;
}

void simulated_bitcoind::stopped(const std::string& uid) {
  if (const auto* n = find(uid)) {
    disks_[n->volume] = {n->conf.chain, n->best};
    changes_.push_back(n->pod);
  }
  for (const auto& l : links_) {
    if (l.from == uid || l.to == uid) {
      touch_ends(l);
    }
  }
  std::erase_if(nodes_, [&](const bitcoin_node& n) { return n.uid == uid; });
  std::erase_if(links_, [&](const bitcoin_link& l) { return l.from == uid || l.to == uid; });
  index_nodes();
  ++events_;
  changed_ = true;
}

bool simulated_bitcoind::is_ready(const std::string& uid) const {
  const auto* n = find(uid);
  return n != nullptr && n->warm;
}

std::int64_t simulated_bitcoind::height_of(std::string_view uid) const {
  const auto* n = find(uid);
  const auto block = n == nullptr ? blocks_.end() : blocks_.find(n->best);
  return block == blocks_.end() ? 0 : block->second.height;
}

void simulated_bitcoind::index_nodes() {
  by_uid_.clear();
  by_address_.clear();
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    by_uid_.emplace(nodes_[i].uid, i);
    by_address_.emplace(nodes_[i].address, i);
  }
}

const bitcoin_node* simulated_bitcoind::find(std::string_view uid) const {
  const auto found = by_uid_.find(uid);
  return found == by_uid_.end() ? nullptr : &nodes_[found->second];
}

const bitcoin_node* simulated_bitcoind::at_address(std::string_view address) const {
  const auto found = by_address_.find(address);
  return found == by_address_.end() ? nullptr : &nodes_[found->second];
}

bitcoin_node* simulated_bitcoind::node(std::string_view uid) {
  const auto found = by_uid_.find(uid);
  return found == by_uid_.end() ? nullptr : &nodes_[found->second];
}

void simulated_bitcoind::touch(bitcoin_node& n) noexcept {
  n.touched = true;
  ++n.events;
  ++events_;
  changed_ = true;
}

void simulated_bitcoind::touch_ends(const bitcoin_link& l) {
  for (const auto& uid : {l.from, l.to}) {
    if (auto* n = node(uid)) {
      touch(*n);
    }
  }
}

/// Finds the possible steps anew, where something has happened.
void simulated_bitcoind::look() {
  const bool due = wake_ && core_->now() >= *wake_;
  if (!changed_ && !due) {
    return;
  }
  changed_ = false;
  wake_.reset();
  possible_ = 0;
  for (auto& l : links_) {
    look_at(l);
    possible_ += l.uneven ? 1 : 0;
  }
  for (auto& n : nodes_) {
    if (std::exchange(n.touched, false) || n.waits) {
      look_at(n);
    }
    possible_ += n.can_act ? 1 : 0;
    if (n.waits) {
      wake_ = wake_ ? std::min(*wake_, n.next_attempt) : n.next_attempt;
    }
  }
}

void simulated_bitcoind::look_at(bitcoin_node& n) const {
  const bool wants =
      n.warm
      && std::any_of(
          n.added.begin(), n.added.end(), [&](const auto& a) { return !is_linked(n, a); })
      && added_links(n) < added_links_max;
  const bool due = core_->now() >= n.next_attempt;
  n.can_act = !n.warm || (wants && due);
  n.waits = wants && !due;
}

void simulated_bitcoind::look_at(bitcoin_link& l) {
  const auto* a = node(l.from);
  const auto* b = node(l.to);
  if (a != nullptr && b != nullptr && (a->touched || b->touched)) {
    l.uneven = tip(*a).height != tip(*b).height;
  }
}

/// The end of a warm-up, or an attempt to connect.
void simulated_bitcoind::act(bitcoin_node& n) {
  touch(n);
  if (n.warm) {
    try_added(n);
  } else {
    n.warm = true;
    changes_.push_back(n.pod);
  }
}

/// A block goes from the end that has more of them to the other.
void simulated_bitcoind::even(const bitcoin_link& l) {
  auto* a = node(l.from);
  auto* b = node(l.to);
  if (tip(*a).height < tip(*b).height) {
    std::swap(a, b);
  }
  b->best = a->best;
  touch(*b);
}

void simulated_bitcoind::try_added(bitcoin_node& from) {
  from.next_attempt = core_->now() + attempt_pause;
  for (const auto& name : from.added) {
    if (!is_linked(from, name) && added_links(from) < added_links_max) {
      connect(from, name);
    }
  }
}

std::size_t simulated_bitcoind::runnable() {
  look();
  return possible_;
}

/// Nodes first, then connections, each in the order of their beginnings.
void simulated_bitcoind::step(std::size_t choice) {
  look();
  for (auto& n : nodes_) {
    if (n.can_act && choice-- == 0) {
      return act(n);
    }
  }
  for (const auto& l : links_) {
    if (l.uneven && choice-- == 0) {
      return even(l);
    }
  }
}

std::string simulated_bitcoind::cut(std::int64_t link) {
  const auto found = std::find_if(
      links_.begin(), links_.end(), [&](const bitcoin_link& l) { return l.id == link; });
  if (found == links_.end()) {
    return {};
  }
  auto name = found->name;
  touch_ends(*found);
  links_.erase(found);
  return name;
}

void simulated_bitcoind::add_by_hand(std::string_view uid, const std::string& name) {
  auto* n = node(uid);
  if (n != nullptr && std::find(n->added.begin(), n->added.end(), name) == n->added.end()) {
    n->added.push_back(name);
    touch(*n);
  }
}

const sim_block& simulated_bitcoind::tip(const bitcoin_node& n) {
  return blocks_.at(n.best);
}

/// `<hostname>.<subdomain>.<namespace>.svc[…]` by the headless Service; addresses are themselves.
std::string simulated_bitcoind::resolve(const std::string& host) const {
  for (const auto& n : nodes_) {
    if (n.address == host) {
      return host;
    }
    if (!host.starts_with(n.hostname)) {
      continue;
    }
    const auto full = n.hostname + '.' + n.subdomain + '.' + n.ns + ".svc";
    const bool named = host == full || host.starts_with(full + '.');
    if (named
        && core_->objects().log(type_id::services).find(object_key_of(n.ns, n.subdomain))
               != nullptr) {
      return n.address;
    }
  }
  return {};
}

const bitcoin_node* simulated_bitcoind::listening(const std::string& name) const {
  const auto [host, port] = split_node_name(name);
  const auto address = resolve(host);
  for (const auto& n : nodes_) {
    if (!address.empty() && n.address == address && n.conf.p2p_port == port) {
      return &n;
    }
  }
  return nullptr;
}

bool simulated_bitcoind::is_linked(const bitcoin_node& n, const std::string& name) const {
  return std::any_of(links_.begin(), links_.end(), [&](const bitcoin_link& l) {
    return l.from == n.uid && l.name == name;
  });
}

std::size_t simulated_bitcoind::added_links(const bitcoin_node& n) const {
  return static_cast<std::size_t>(std::count_if(
      links_.begin(), links_.end(), [&](const bitcoin_link& l) { return l.from == n.uid; }));
}

bool simulated_bitcoind::connect(const bitcoin_node& from, const std::string& name) {
  const auto* to = listening(name);
  // An inbound connection of the same node is another one: both ways make two (bitcoin#26587).
  const bool possible = to != nullptr && to->uid != from.uid && to->conf.chain == from.conf.chain
                        && !is_linked(from, name);
  if (possible) {
    links_.push_back({++link_ids_, from.uid, to->uid, name});
    touch_ends(links_.back());
  }
  return possible;
}

}  // namespace btc::sim
