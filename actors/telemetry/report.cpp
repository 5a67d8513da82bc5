#include "actors/telemetry/report.hpp"

#include <nlohmann/json.hpp>

namespace btc::telemetry {

namespace {

// Members in the order of the structs, which is the order a reader wants.
using json = nlohmann::ordered_json;

json render(const std::optional<double>& seconds) {
  return seconds ? json(*seconds) : json(nullptr);
}

json render(const actor_report& a) {
  return {{"name", a.name},
          {"state", a.state},
          {"mailbox_depth", a.mailbox_depth},
          {"messages_handled", a.messages_handled},
          {"handling_seconds_total", a.handling_seconds_total},
          {"handling_seconds_max", a.handling_seconds_max},
          {"restarts", a.restarts},
          {"responding", a.responding}};
}

json render(const watch_report& w) {
  return {{"kind", w.kind},
          {"scope", w.scope},
          {"state", w.state},
          {"resource_version", w.resource_version},
          {"last_contact_age_seconds", w.last_contact_age_seconds},
          {"last_outcome_age_seconds", w.last_outcome_age_seconds},
          {"restarts", w.restarts},
          {"last_error", w.last_error}};
}

json render(const cache_report& c) {
  return {{"kind", c.kind},
          {"objects", c.objects},
          {"synced", c.synced},
          {"resource_version", c.resource_version}};
}

json render(const network_report& n) {
  return {{"key", n.key},
          {"phase", n.phase},
          {"ready_nodes", n.ready_nodes},
          {"nodes", n.nodes},
          {"generation", n.generation},
          {"observed_generation", n.observed_generation},
          {"waiting_for", n.waiting_for},
          {"last_error", n.last_error},
          {"consecutive_failures", n.consecutive_failures},
          {"next_retry_seconds", render(n.next_retry_seconds)},
          {"acting_seconds", render(n.acting_seconds)},
          {"reconciliations", n.reconciliations},
          {"last_writes", n.last_writes}};
}

json render(const std::optional<std::int64_t>& number) {
  return number ? json(*number) : json(nullptr);
}

json render(const peer_network_report& n) {
  return {{"key", n.key},
          {"nodes", n.nodes},
          {"answering", n.answering},
          {"silent", n.silent},
          {"in_flight", n.in_flight},
          {"peers_connected", n.peers_connected},
          {"chain_converged", n.chain_converged},
          {"height", render(n.height)},
          {"miner", render(n.miner)},
          {"last_error", n.last_error}};
}

json render(const queue_report& q) {
  return {{"depth", q.depth}, {"in_flight", q.in_flight}, {"dropped", q.dropped}};
}

template <class T>
json render(const std::vector<T>& values) {
  json result = json::array();
  for (const auto& value : values) {
    result.push_back(render(value));
  }
  return result;
}

json render(const peer_report& p) {
  return {{"in_flight", p.in_flight},
          {"slow_in_flight", p.slow_in_flight},
          {"networks", render(p.networks)}};
}

}  // namespace

std::string to_json_text(const status_report& r) {
  const json result{{"version", r.version},
                    {"uptime_seconds", r.uptime_seconds},
                    {"api_server", r.api_server},
                    {"unhealthy_because", r.unhealthy_because},
                    {"not_ready_because", r.not_ready_because},
                    {"api", render(r.api)},
                    {"events", render(r.events)},
                    {"actors", render(r.actors)},
                    {"watches", render(r.watches)},
                    {"caches", render(r.caches)},
                    {"networks", render(r.networks)},
                    {"peers", render(r.peers)}};
  return result.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
}

}  // namespace btc::telemetry
