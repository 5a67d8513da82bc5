#include "test/sim/cluster/simulated_bitcoind.hpp"

#include "k8s/json_fields.hpp"
#include "test/sim/cluster/base64.hpp"
#include "test/sim/cluster/metadata.hpp"
#include "test/sim/cluster/store.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace btc::sim {

namespace {

constexpr std::size_t added_links_max = 8;  // MAX_ADDNODE_CONNECTIONS
constexpr std::chrono::seconds attempt_pause{60};

/// bitcoin.conf of the first Secret volume that has it.
[[nodiscard]] std::string conf_of(const store& objects, const json& pod) {
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
  return {};
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

[[nodiscard]] std::string hash_of(std::uint64_t number, const std::string& chain) {
  std::string out;
  std::uint64_t state = number * 0x9E3779B97F4A7C15ULL;
  for (const char c : chain) {
    state = (state ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  }
  constexpr std::string_view hex = "0123456789abcdef";
  while (out.size() < 64) {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    for (unsigned i = 0; i < 16; ++i) {
      out += hex[state >> 4U * i & 0xFU];
    }
  }
  return out;
}

[[nodiscard]] std::pair<std::string, std::uint16_t> split_address(const std::string& name) {
  const auto colon = name.rfind(':');
  std::uint16_t port = 0;
  if (colon != std::string::npos) {
    std::from_chars(name.data() + colon + 1, name.data() + name.size(), port);
  }
  return {name.substr(0, colon), port};
}

/// An error on its way out of a call.
struct rpc_failure {
  int code{0};
  std::string message{};
};

[[nodiscard]] std::string text_param(const json& params, std::size_t i) {
  return params.is_array() && i < params.size() && params[i].is_string()
             ? params[i].get<std::string>()
             : std::string{};
}

}  // namespace

void simulated_bitcoind::started(const json& pod) {
  bitcoin_node n;
  n.uid = uid_of(pod);
  n.ns = namespace_of(pod);
  n.hostname = k8s::string_at(pod.at("spec"), "hostname");
  n.subdomain = k8s::string_at(pod.at("spec"), "subdomain");
  n.address = pod.at("status").value("podIP", "");
  n.conf = parse_node_conf(conf_of(core_->objects(), pod));
  n.started = core_->now();
  const auto genesis = hash_of(0, n.conf.chain);
  blocks_.try_emplace(genesis, sim_block{genesis, {}, 0});
  n.volume = volume_of(core_->objects(), pod);
  const auto kept = disks_.find(n.volume);
  const bool same_chain = kept != disks_.end() && kept->second.first == n.conf.chain;
  n.best = same_chain ? kept->second.second : genesis;
  nodes_.push_back(std::move(n));
  touch();
  ++readiness_;
}

void simulated_bitcoind::stopped(const std::string& uid) {
  if (const auto* n = find(uid)) {
    disks_[n->volume] = {n->conf.chain, n->best};
  }
  std::erase_if(nodes_, [&](const bitcoin_node& n) { return n.uid == uid; });
  std::erase_if(links_, [&](const bitcoin_link& l) { return l.from == uid || l.to == uid; });
  touch();
  ++readiness_;
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

const bitcoin_node* simulated_bitcoind::find(std::string_view uid) const {
  const auto found = std::find_if(
      nodes_.begin(), nodes_.end(), [&](const bitcoin_node& n) { return n.uid == uid; });
  return found == nodes_.end() ? nullptr : &*found;
}

bitcoin_node* simulated_bitcoind::node(std::string_view uid) {
  const auto found = std::find_if(
      nodes_.begin(), nodes_.end(), [&](const bitcoin_node& n) { return n.uid == uid; });
  return found == nodes_.end() ? nullptr : &*found;
}

void simulated_bitcoind::look() {
  if (!changed_ && !(wake_ && core_->now() >= *wake_)) {
    return;
  }
  changed_ = false;
  wake_.reset();
  possible_.clear();
  for (const auto& n : nodes_) {
    add_actions_of(n);
  }
  for (const auto& l : links_) {
    const auto* a = find(l.from);
    const auto* b = find(l.to);
    if (a == nullptr || b == nullptr || tip(*a).height == tip(*b).height) {
      continue;
    }
    const bool forward = tip(*a).height > tip(*b).height;
    possible_.emplace_back([this,
                            to = forward ? l.to : l.from,
                            best = forward ? a->best : b->best] { node(to)->best = best; });
  }
}

void simulated_bitcoind::add_actions_of(const bitcoin_node& n) {
  if (!n.warm) {
    possible_.emplace_back([this, uid = n.uid] {
      node(uid)->warm = true;
      ++readiness_;
    });
    return;
  }
  const bool wants =
      std::any_of(n.added.begin(), n.added.end(), [&](const auto& a) { return !is_linked(n, a); });
  if (!wants || added_links(n) >= added_links_max) {
    return;
  }
  if (core_->now() >= n.next_attempt) {
    possible_.emplace_back([this, uid = n.uid] { try_added(uid); });
  } else {
    wake_ = wake_ ? std::min(*wake_, n.next_attempt) : n.next_attempt;
  }
}

void simulated_bitcoind::try_added(const std::string& uid) {
  auto& from = *node(uid);
  from.next_attempt = core_->now() + attempt_pause;
  for (const auto& name : from.added) {
    if (!is_linked(from, name) && added_links(from) < added_links_max) {
      connect(from, name);
    }
  }
}

std::size_t simulated_bitcoind::runnable() {
  look();
  return possible_.size();
}

void simulated_bitcoind::step(std::size_t choice) {
  look();
  if (choice < possible_.size()) {
    touch();
    const auto chosen = std::move(possible_[choice]);
    chosen();
  }
}

std::string simulated_bitcoind::cut(std::int64_t link) {
  const auto found = std::find_if(
      links_.begin(), links_.end(), [&](const bitcoin_link& l) { return l.id == link; });
  if (found == links_.end()) {
    return {};
  }
  auto name = found->name;
  links_.erase(found);
  touch();
  return name;
}

void simulated_bitcoind::add_by_hand(std::string_view uid, const std::string& name) {
  auto* n = node(uid);
  if (n != nullptr && std::find(n->added.begin(), n->added.end(), name) == n->added.end()) {
    n->added.push_back(name);
    touch();
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
  const auto [host, port] = split_address(name);
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
    touch();
    links_.push_back({++link_ids_, from.uid, to->uid, name});
  }
  return possible;
}

std::optional<bitcoin::rpc_response> simulated_bitcoind::post(std::string_view address,
                                                              std::uint16_t port,
                                                              std::string_view authorization,
                                                              std::string_view body) {
  const auto found = std::find_if(nodes_.begin(), nodes_.end(), [&](const bitcoin_node& n) {
    return n.address == address && n.conf.rpc_port == port;
  });
  if (found == nodes_.end()) {
    return std::nullopt;
  }
  // Most calls are polls of a node that nothing has happened to since the one before.
  auto& last = found->last;
  if (last.at == events_ && last.authorization == authorization && last.body == body) {
    return bitcoin::rpc_response{last.status, last.answer};
  }
  const auto before = events_;
  auto answer = answer_to(*found, authorization, body);
  if (before != events_) {
    return answer;  // it did something, and would do it again
  }
  last = {events_, std::string{authorization}, std::string{body}, answer.status, answer.body};
  return answer;
}

bitcoin::rpc_response simulated_bitcoind::answer_to(bitcoin_node& node,
                                                    std::string_view authorization,
                                                    std::string_view body) {
  const auto access = check_authorization(node.conf, authorization);
  if (!access.known) {
    return {401, {}};
  }
  const auto request = json::parse(body, nullptr, false);
  if (request.is_discarded() || !(request.is_array() || request.is_object())) {
    return {500,
            json{{"result", nullptr},
                 {"error", {{"code", -32700}, {"message", "Parse error"}}},
                 {"id", nullptr}}
                    .dump()
                + '\n'};
  }
  bool forbidden = false;
  int status = 200;
  json answer;
  if (request.is_array()) {
    for (const auto& one : request) {  // the whole batch is refused before anything is done
      forbidden = forbidden || !may_call(node.conf, access.user, k8s::string_at(one, "method"));
    }
    answer = json::array();
    for (std::size_t i = 0; !forbidden && i < request.size(); ++i) {
      answer.push_back(call(node, access.user, request[i], forbidden));
    }
  } else {
    answer = call(node, access.user, request, forbidden);
    const auto* error = k8s::member(answer, "error");
    if (error != nullptr && k8s::string_at(request, "jsonrpc") != "2.0") {
      status = error->at("code") == -32601 ? 404 : 500;
    }
  }
  return forbidden ? bitcoin::rpc_response{403, {}}
                   : bitcoin::rpc_response{status, answer.dump() + '\n'};
}

json simulated_bitcoind::call(bitcoin_node& n,
                              const std::string& user,
                              const json& request,
                              bool& forbidden) {
  const auto method = k8s::string_at(request, "method");
  const bool modern = k8s::string_at(request, "jsonrpc") == "2.0";
  if (!may_call(n.conf, user, method)) {
    forbidden = true;
    return nullptr;
  }
  json answer{{"id", request.value("id", json())}};
  if (modern) {
    answer["jsonrpc"] = "2.0";
  }
  try {
    if (!n.warm) {
      throw rpc_failure{-28, "Loading block index…"};
    }
    answer["result"] = result_of(n, method, request.value("params", json::array()));
    if (!modern) {
      answer["error"] = nullptr;
    }
  } catch (const rpc_failure& e) {
    answer["error"] = {{"code", e.code}, {"message", e.message}};
    if (!modern) {
      answer["result"] = nullptr;
    }
  }
  return answer;
}

json simulated_bitcoind::result_of(bitcoin_node& n, const std::string& method, const json& params) {
  if (method == "addnode") {
    return add_node(n, params);
  }
  if (method == "disconnectnode") {
    return disconnect(n, params);
  }
  if (method == "generatetodescriptor") {
    return generate(n,
                    params.is_array() && !params.empty() && params[0].is_number_integer()
                        ? params[0].get<std::int64_t>()
                        : 1);
  }
  if (method == "getaddednodeinfo") {
    return added_info(n);
  }
  if (method == "getpeerinfo") {
    return peer_info(n);
  }
  if (method == "getnetworkinfo") {
    return network_info(n);
  }
  if (method == "getblockchaininfo") {
    return chain_info(n);
  }
  if (method == "getblockcount") {
    return tip(n).height;
  }
  if (method == "getbestblockhash") {
    return n.best;
  }
  if (method == "getblockheader") {
    return header(text_param(params, 0), n);
  }
  if (method == "uptime") {
    return (core_->now() - n.started).count();
  }
  throw rpc_failure{-32601, "Method not found"};
}

json simulated_bitcoind::add_node(bitcoin_node& n, const json& params) {
  const auto name = text_param(params, 0);
  const auto command = text_param(params, 1);
  touch();
  const auto listed = std::find(n.added.begin(), n.added.end(), name);
  if (command == "onetry") {
    connect(n, name);
  } else if (command == "add") {
    if (listed != n.added.end()) {
      throw rpc_failure{-23, "Error: Node already added"};
    }
    n.added.push_back(name);
  } else if (command == "remove") {
    if (listed == n.added.end()) {
      throw rpc_failure{-24, "Error: Node could not be removed. It has not been added previously."};
    }
    n.added.erase(listed);  // the connection stays
  } else {
    throw rpc_failure{-1, "addnode \"node\" \"command\" ( v2transport )"};
  }
  return nullptr;
}

json simulated_bitcoind::disconnect(const bitcoin_node& n, const json& params) {
  const auto gone = std::erase_if(links_, [&](const bitcoin_link& l) {
    return l.from == n.uid && l.name == text_param(params, 0);
  });
  touch();
  if (gone == 0) {
    throw rpc_failure{-29, "Node not found in connected nodes"};
  }
  return nullptr;
}

json simulated_bitcoind::generate(bitcoin_node& n, std::int64_t count) {
  if (n.conf.chain != "regtest") {
    throw rpc_failure{-1, "ProcessNewBlock, block not accepted"};
  }
  constexpr std::int64_t count_max = 1000;
  touch();
  auto hashes = json::array();
  for (std::int64_t i = 0; i < std::min(count, count_max); ++i) {
    const auto hash = hash_of(++block_ids_, n.conf.chain);
    blocks_[hash] = {hash, n.best, tip(n).height + 1};
    n.best = hash;
    hashes.push_back(hash);
  }
  return hashes;
}

json simulated_bitcoind::chain_info(const bitcoin_node& n) {
  const auto height = tip(n).height;
  return {{"chain", n.conf.chain},
          {"blocks", height},
          {"headers", height},
          {"bestblockhash", n.best},
          {"difficulty", 4.656542373906925e-10},
          {"verificationprogress", 1},
          {"initialblockdownload", height == 0},
          {"size_on_disk", 293},
          {"pruned", false},
          {"warnings", json::array()}};
}

json simulated_bitcoind::network_info(const bitcoin_node& n) const {
  const auto out = static_cast<std::int64_t>(added_links(n));
  const auto in = std::count_if(
      links_.begin(), links_.end(), [&](const bitcoin_link& l) { return l.to == n.uid; });
  return {{"version", 300200},
          {"subversion", "/Satoshi:30.2.0/"},
          {"protocolversion", 70016},
          {"networkactive", true},
          {"connections", out + in},
          {"connections_in", in},
          {"connections_out", out},
          {"warnings", json::array()}};
}

json simulated_bitcoind::added_info(const bitcoin_node& n) const {
  auto list = json::array();
  for (const auto& name : n.added) {
    const auto link = std::find_if(links_.begin(), links_.end(), [&](const bitcoin_link& l) {
      return l.from == n.uid && l.name == name;
    });
    const bool linked = link != links_.end();
    auto addresses = json::array();
    if (linked) {
      const auto* to = find(link->to);
      addresses.push_back(
          {{"address", to->address + ':' + std::to_string(split_address(name).second)},
           {"connected", "outbound"}});
    }
    list.push_back(
        {{"addednode", name}, {"connected", linked}, {"addresses", std::move(addresses)}});
  }
  return list;
}

json simulated_bitcoind::peer_info(const bitcoin_node& n) const {
  constexpr int first_inbound_port = 40000;
  auto list = json::array();
  for (const auto& l : links_) {
    if (l.from != n.uid && l.to != n.uid) {
      continue;
    }
    const bool inbound = l.to == n.uid;
    const auto* other = find(inbound ? l.from : l.to);
    const auto address =
        inbound && other != nullptr
            ? other->address + ':' + std::to_string(first_inbound_port + l.id % 20000)
            : l.name;
    list.push_back({{"id", l.id},
                    {"addr", address},
                    {"inbound", inbound},
                    {"version", 70016},
                    {"subver", "/Satoshi:30.2.0/"},
                    {"connection_type", inbound ? "inbound" : "manual"}});
  }
  return list;
}

json simulated_bitcoind::header(const std::string& hash, const bitcoin_node& n) {
  const auto found = blocks_.find(hash);
  const auto top = tip(n).height;
  // A node knows the blocks of its own chain.
  auto at = blocks_.find(n.best);
  while (at != blocks_.end() && found != blocks_.end()
         && at->second.height > found->second.height) {
    at = blocks_.find(at->second.previous);
  }
  if (found == blocks_.end() || at != found) {
    throw rpc_failure{-5, "Block not found"};
  }
  json out{{"hash", hash},
           {"confirmations", top - found->second.height + 1},
           {"height", found->second.height}};
  if (!found->second.previous.empty()) {
    out["previousblockhash"] = found->second.previous;
  }
  return out;
}

}  // namespace btc::sim
