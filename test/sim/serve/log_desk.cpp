#include "test/sim/serve/log_desk.hpp"

#include "test/sim/cluster/rights.hpp"
#include "test/sim/cluster/statuses.hpp"
#include "test/sim/serve/answers.hpp"
#include "test/sim/serve/pod_log.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace btc::sim {

namespace {

/// The container that is meant; empty when the pod has no such one.
[[nodiscard]] std::string container_of(const json& pod, const std::string& asked) {
  const auto& containers = pod.at("spec").at("containers");
  for (const auto& c : containers) {
    const auto name = c.value("name", "");
    if (asked.empty() || asked == name) {
      return name;
    }
  }
  return {};
}

/// Whether the pod's status says that a container runs or has run.
[[nodiscard]] bool has_run(const json& pod) {
  const auto statuses = pod.value(json::json_pointer{"/status/containerStatuses"}, json::array());
  return std::any_of(statuses.begin(), statuses.end(), [](const json& s) {
    return s.contains("state") && !s["state"].contains("waiting");
  });
}

}  // namespace

exchange_answer log_desk::answer(const target& where,
                                 const caller& who,
                                 std::chrono::sys_seconds now) const {
  const auto& pods = cluster_.model().type(type_id::pods);
  const access what{"get", "", "pods", "log", where.ns, where.name};
  if (!allowed(cluster_.objects(), who, what)) {
    return to_answer(forbidden(pods, where.name, why_forbidden(who, what)));
  }
  const auto pod = cluster_.objects().log(type_id::pods).find(object_key_of(where.ns, where.name));
  if (!pod) {
    return to_answer(not_found(pods, where.name));
  }
  const auto parsed = parse_log_options(where, now);
  if (const auto* mistake = std::get_if<std::string>(&parsed)) {
    return to_answer(bad_request(*mistake));
  }
  const auto& options = std::get<log_options>(parsed);
  const auto container = container_of(*pod, options.container);
  if (container.empty()) {
    return to_answer(
        bad_request("container " + options.container + " is not valid for pod " + where.name));
  }
  const auto in_pod = "container \"" + container + "\" in pod \"" + where.name + '"';
  const auto uid = pod->at("metadata").value("uid", "");
  const auto* record = journal_.find(uid);
  if (record == nullptr && pod->at("spec").value("nodeName", "").empty()) {
    return text_answer(204, {});  // the API server knows nobody whom it could ask
  }
  if (record == nullptr) {
    return has_run(*pod)
               ? to_answer(
                   failure(500, "InternalError", "the log of " + in_pod + " is at its node"))
               : to_answer(bad_request(in_pod + " is waiting to start: ContainerCreating"));
  }
  if (options.previous && !record->previous) {
    return to_answer(bad_request("previous terminated " + in_pod + " not found"));
  }
  if (options.follow && !options.previous) {
    exchange_answer stream;
    stream.content_type = "text/plain";
    stream.events = follow_log(journal_, uid, options);
    return stream;
  }
  return text_answer(200,
                     log_text(options.previous ? *record->previous : record->current, options));
}

}  // namespace btc::sim
