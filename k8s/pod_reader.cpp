#include "k8s/pod_reader.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace btc::k8s {

namespace {

/// Why the scheduler finds no place for a pod. What it says of preemption differs from try to try
/// and helps nobody, so it is cut off.
[[nodiscard]] std::string unplaced_reason(json_view condition) {
  constexpr std::size_t message_bytes_max = 160;
  auto message = condition["message"].text();
  message = message.substr(0, message.find(". preemption:"));
  auto end = std::min(message.size(), message_bytes_max);
  while (end < message.size() && end > 0
         && (static_cast<unsigned char>(message[end]) & 0xC0U) == 0x80U) {
    --end;  // not within a character of UTF-8
  }
  auto reason = condition["reason"].string();
  return message.empty() ? reason : reason + ": " + std::string{message.substr(0, end)};
}

/// Of the first container that waits, or of the whole pod when it has no place.
[[nodiscard]] std::string waiting_reason(json_view status) {
  std::optional<std::string> reason;
  status["conditions"].for_each_element([&](json_view condition) {
    if (condition["type"].text() == "PodScheduled" && condition["status"].text() == "False") {
      reason = unplaced_reason(condition);
    }
  });
  status["containerStatuses"].for_each_element([&](json_view container) {
    const auto waiting = container["state"]["waiting"];
    if (waiting && !reason) {
      reason = waiting["reason"].string();
    }
  });
  return std::move(reason).value_or("");
}

[[nodiscard]] std::int32_t restarts_of_node(json_view status) {
  std::int32_t restarts = 0;
  status["containerStatuses"].for_each_element([&](json_view container) {
    if (container["name"].text() == node_container) {
      restarts = static_cast<std::int32_t>(container["restartCount"].integer().value_or(0));
    }
  });
  return restarts;
}

[[nodiscard]] bool is_ready(json_view status) {
  std::optional<bool> ready;
  status["conditions"].for_each_element([&](json_view c) {
    if (!ready && c["type"].text() == "Ready") {
      ready = c["status"].text() == "True";
    }
  });
  return ready.value_or(false);
}

}  // namespace

void read_pod(json_view document, pod& out) {
  out.node_name = document["spec"]["nodeName"].string();
  const auto status = document["status"];
  out.ip = status["podIP"].string();
  out.ready = is_ready(status);
  out.restarts = restarts_of_node(status);
  out.waiting_reason = waiting_reason(status);
}

}  // namespace btc::k8s
