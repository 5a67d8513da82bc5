#pragma once

#include "test/sim/serve/exchange.hpp"
#include "test/sim/serve/pod_journal.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace btc::sim {

struct target;

/// The query of a request for a pod's log, as `kubectl logs` asks. Source: Kubernetes,
/// PodLogOptions.
struct log_options {
  std::string container{};
  bool follow{false};
  bool previous{false};
  bool timestamps{false};
  std::optional<std::uint64_t> tail_lines{};
  std::optional<std::chrono::sys_seconds> since{};
  std::optional<std::uint64_t> limit_bytes{};
};

/// Reads it; on a mistake the text that says what is wrong.
[[nodiscard]] std::variant<log_options, std::string> parse_log_options(
    const target& where, std::chrono::sys_seconds now);

/// The lines that were asked for, as one text.
[[nodiscard]] std::string log_text(const journal_lines& lines, const log_options& o);

/// Those lines, and then every new one until the container ends or its pod goes.
/// `journal` outlives the stream.
[[nodiscard]] std::unique_ptr<event_source> follow_log(const pod_journal& journal,
                                                       std::string uid,
                                                       const log_options& o);

}  // namespace btc::sim
