#include "actors/reconcile/spec_rules.hpp"

#include "actors/bitcoin/chain_params.hpp"
#include "actors/bitcoin/extra_args.hpp"
#include "actors/bitcoin/topology.hpp"
#include "actors/reconcile/names.hpp"
#include "k8s/quantity.hpp"

namespace btc::reconcile {

namespace {

void check_secret(const k8s::bitcoin_network& network, std::vector<std::string>& problems) {
  if (network.spec.secret == conf_secret_name(network.meta.key.name)) {
    problems.push_back("spec.secret is \"" + network.spec.secret
                       + "\"; the controller keeps bitcoin.conf there, name another Secret");
  }
}

void check_topology(const k8s::network_spec& spec, std::vector<std::string>& problems) {
  const auto shape = bitcoin::parse_topology(spec.topology);
  const auto problem = shape ? bitcoin::topology_problem(*shape, spec.nodes) : "unknown";
  if (!problem.empty()) {
    problems.push_back("spec.topology is \"" + spec.topology + "\" for "
                       + std::to_string(spec.nodes) + " nodes; " + problem);
  }
}

void check_storage(const k8s::network_spec& spec, std::vector<std::string>& problems) {
  if (spec.storage && k8s::quantity_value(spec.storage->size).value_or(0) <= 0) {
    problems.push_back("spec.storage.size is \"" + spec.storage->size
                       + "\"; give a quantity above 0, such as 10Gi");
  }
}

void check_mining(const k8s::network_spec& spec, std::vector<std::string>& problems) {
  const auto* chain = bitcoin::find_chain(spec.chain);
  if (spec.mining_interval_seconds > 0 && chain != nullptr && !chain->can_mine) {
    problems.push_back("spec.mining is set on chain " + spec.chain
                       + "; mining is possible on chain regtest only");
  }
}

void check_extra_args(const k8s::network_spec& spec, std::vector<std::string>& problems) {
  if (spec.extra_args.size() > bitcoin::extra_args_max) {
    problems.push_back("spec.extraArgs has " + std::to_string(spec.extra_args.size())
                       + " entries; give at most " + std::to_string(bitcoin::extra_args_max));
    return;
  }
  for (std::size_t i = 0; i < spec.extra_args.size(); ++i) {
    const auto problem = bitcoin::extra_argument_problem(spec.extra_args[i]);
    if (!problem.empty()) {
      problems.push_back("spec.extraArgs[" + std::to_string(i) + "] " + problem);
    }
  }
}

/// A node that takes fewer connections than the topology gives it drops one, has it back from the
/// node at the other end, and drops it again, for ever.
void check_connections(const k8s::network_spec& spec, std::vector<std::string>& problems) {
  const auto shape = bitcoin::parse_topology(spec.topology);
  const auto adders = shape && spec.nodes > 1 ? bitcoin::adders_max(*shape, spec.nodes) : 0;
  if (adders == 0) {
    return;
  }
  for (std::size_t i = 0; i < spec.extra_args.size(); ++i) {
    const auto most = bitcoin::max_connections(spec.extra_args[i]);
    if (most && *most < bitcoin::kept_connections + adders) {
      problems.push_back("spec.extraArgs[" + std::to_string(i)
                         + "] is too low: -maxconnections leaves no room for the nodes that connect "
                           "to a node; 19 is always enough, with "
                         + std::to_string(spec.nodes) + " nodes and topology " + spec.topology + ' '
                         + std::to_string(bitcoin::kept_connections + adders));
    }
  }
}

}  // namespace

std::vector<std::string> spec_problems(const k8s::bitcoin_network& network) {
  auto problems = network.problems;
  check_secret(network, problems);
  check_topology(network.spec, problems);
  check_storage(network.spec, problems);
  check_mining(network.spec, problems);
  check_extra_args(network.spec, problems);
  check_connections(network.spec, problems);
  return problems;
}

}  // namespace btc::reconcile
