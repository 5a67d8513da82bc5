#include "k8s/json_fields.hpp"
#include "test/sim/cluster/simulated_bitcoind.hpp"

#include <algorithm>
#include <utility>

namespace btc::sim {

namespace {

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

std::optional<bitcoin::rpc_response> simulated_bitcoind::post(std::string_view address,
                                                              std::uint16_t port,
                                                              std::string_view authorization,
                                                              std::string_view body) {
  const auto* there = at_address(address);
  if (there == nullptr || there->conf.rpc_port != port) {
    return std::nullopt;
  }
  auto& n = *node(there->uid);
  // Most calls are polls of a node that nothing has happened to since the one before.
  if (n.last.at == n.events && n.last.authorization == authorization && n.last.body == body) {
    return bitcoin::rpc_response{n.last.status, n.last.answer};
  }
  const auto before = n.events;
  auto answer = answer_to(n, authorization, body);
  if (before != n.events) {
    return answer;  // it did something, and would do it again
  }
  n.last = {before, std::string{authorization}, std::string{body}, answer.status, answer.body};
  return answer;
}

bitcoin::rpc_response simulated_bitcoind::answer_to(bitcoin_node& node,
                                                    std::string_view authorization,
                                                    std::string_view body) {
  if (node.proven != authorization || authorization.empty()) {
    auto access = check_authorization(node.conf, authorization);
    if (!access.known) {
      return {401, {}};
    }
    node.proven = authorization;
    node.proven_user = std::move(access.user);
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
      forbidden =
          forbidden || !may_call(node.conf, node.proven_user, k8s::string_at(one, "method"));
    }
    answer = json::array();
    for (std::size_t i = 0; !forbidden && i < request.size(); ++i) {
      answer.push_back(call(node, node.proven_user, request[i], forbidden));
    }
  } else {
    answer = call(node, node.proven_user, request, forbidden);
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
  touch(n);
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
  const auto leads = [&](const bitcoin_link& l) {
    return l.from == n.uid && l.name == text_param(params, 0);
  };
  const auto found = std::find_if(links_.begin(), links_.end(), leads);
  if (found == links_.end()) {
    throw rpc_failure{-29, "Node not found in connected nodes"};
  }
  touch_ends(*found);
  std::erase_if(links_, leads);
  return nullptr;
}

json simulated_bitcoind::generate(bitcoin_node& n, std::int64_t count) {
  if (n.conf.chain != "regtest") {
    throw rpc_failure{-1, "ProcessNewBlock, block not accepted"};
  }
  constexpr std::int64_t count_max = 1000;
  touch(n);
  auto hashes = json::array();
  for (std::int64_t i = 0; i < std::min(count, count_max); ++i) {
    const auto hash = block_hash(++block_ids_, n.conf.chain);
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
          {{"address", to->address + ':' + std::to_string(split_node_name(name).second)},
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
