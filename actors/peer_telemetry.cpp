#include "actors/peer_telemetry.hpp"

#include <string_view>
#include <utility>

namespace btc::actors {

namespace {

using note_kind = bitcoin::peer_note::kind;
using telemetry::peer_change;
using telemetry::peer_node;

[[nodiscard]] peer_change change_of(const bitcoin::rpc_call& call) {
  if (call.method == "disconnectnode") {
    return peer_change::disconnect;
  }
  const auto& command = call.params.at(1);
  return command == "add"      ? peer_change::add
         : command == "remove" ? peer_change::remove
                               : peer_change::try_once;
}

[[nodiscard]] std::string text_of(const bitcoin::finding& f) {
  using truth = bitcoin::finding::truth;
  if (f.reason.empty()) {
    return {};
  }
  return (f.is == truth::yes ? "True " : f.is == truth::no ? "False " : "Unknown ") + f.reason;
}

/// What is worth a warning, `times` in a row.
void warn_of(const telemetry::logger& log,
             std::string_view network,
             const bitcoin::peer_note& note,
             std::uint64_t times) {
  const telemetry::logger::fields fields{
      {"network", network}, {"node", note.ordinal}, {"error", note.trouble}, {"times", times}};
  switch (note.what) {
    case note_kind::silent:
      log.warn("node-silent", "a ready node has not answered several polls", fields);
      break;
    case note_kind::refused_us:
      log.warn("node-refuses", "a node refuses the credentials; they are read again", fields);
      break;
    case note_kind::misled:
      log.warn("node-misled", "a connection to another pod than its name's was cut", fields);
      break;
    case note_kind::block_failed:
      log.warn("block-failed", "a node could not make a block; another one is asked", fields);
      break;
    case note_kind::told:
    case note_kind::answers_again:
    case note_kind::block_made:
      break;
  }
}

/// What warnings of a note are thinned out by; empty where it is no warning.
[[nodiscard]] std::string_view warning_of(note_kind what) noexcept {
  switch (what) {
    case note_kind::silent:
    case note_kind::answers_again:
      return "silent";
    case note_kind::refused_us:
      return "refused";
    case note_kind::misled:
      return "misled";
    case note_kind::block_failed:
    case note_kind::block_made:
      return "block";
    case note_kind::told:
      break;
  }
  return {};
}

}  // namespace

telemetry::peer_method metric_of(bitcoin::rpc_task t) noexcept {
  return static_cast<telemetry::peer_method>(t);
}

telemetry::peer_result metric_of(bitcoin::rpc_result r) noexcept {
  return static_cast<telemetry::peer_result>(r);
}

static_assert(static_cast<int>(bitcoin::rpc_task::mine)
              == static_cast<int>(telemetry::peer_method::mine));
static_assert(static_cast<int>(bitcoin::rpc_result::timeout)
              == static_cast<int>(telemetry::peer_result::timeout));

std::array<std::size_t, static_cast<std::size_t>(peer_node::count_)> count_nodes(
    const bitcoin::node_states& nodes) noexcept {
  std::array<std::size_t, static_cast<std::size_t>(peer_node::count_)> counts{};
  for (const auto& [ordinal, node] : nodes) {
    const auto state = node.answer                          ? peer_node::answering
                       : node.target.ready && node.silent() ? peer_node::silent
                                                            : peer_node::starting;
    ++counts[static_cast<std::size_t>(state)];
  }
  return counts;
}

void count_note(telemetry::metrics& metrics, const bitcoin::peer_note& note) {
  if (note.what == note_kind::block_made) {
    metrics.block_made();
  }
  for (const auto& call : note.calls) {
    metrics.peer_told(change_of(call), 1);
  }
}

void log_note(const telemetry::logger& log,
              telemetry::log_limiter& limiter,
              const std::string& network,
              const bitcoin::peer_note& note) {
  const auto key = network + '/' + std::to_string(note.ordinal);
  const auto warning = warning_of(note.what);
  switch (note.what) {
    case note_kind::told:
      log.debug("node-told",
                "a node was told whom to connect to",
                {{"network", network}, {"node", note.ordinal}, {"calls", note.calls.size()}});
      return;
    case note_kind::answers_again:
      limiter.reset(warning, key);
      log.info(
          "node-answers", "a node answers again", {{"network", network}, {"node", note.ordinal}});
      return;
    case note_kind::block_made:
      limiter.reset(warning, key);
      log.debug(
          "block-made", "a node made a block", {{"network", network}, {"node", note.ordinal}});
      return;
    default:
      if (const auto times = limiter.admit(warning, key)) {
        warn_of(log, network, note, times);
      }
  }
}

telemetry::peer_network_report report_of(std::string key, const bitcoin::peer_network& network) {
  const auto counts = count_nodes(network.nodes());
  telemetry::peer_network_report out;
  out.key = std::move(key);
  out.nodes = network.nodes().size();
  out.answering = counts[static_cast<std::size_t>(peer_node::answering)];
  out.silent = counts[static_cast<std::size_t>(peer_node::silent)];
  out.in_flight = network.in_flight();
  out.peers_connected = text_of(network.view().peers_connected);
  out.chain_converged = text_of(network.view().chain_converged);
  out.height = network.view().height;
  out.miner = network.miner();
  out.last_error = network.trouble();
  return out;
}

}  // namespace btc::actors
