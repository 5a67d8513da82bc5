#include "test/sim/world/fault.hpp"

#include <algorithm>

namespace btc::sim {

namespace {

constexpr std::array<fault_info, fault_count> faults{{
    {"none", ""},
    {"crash", "F2"},
    {"overlap", "F2"},
    {"kill-actor", "F3"},
    {"lose-request", "F4"},
    {"lose-answer", "F4"},
    {"stall", "F4"},
    {"refuse", "F5"},
    {"fail-over", "F6"},
    {"lag", "F6"},
    {"go-back", "F6"},
    {"cut-watch", "F7"},
    {"silence-watch", "F7"},
    {"expire-watch", "F7"},
    {"garble-watch", "F7"},
    {"compact", "F8"},
    {"break-pod", "F9"},
    {"pause-builtins", "F9"},
    {"jump", "F12"},
    {"meddle", "F8"},
    {"lose-rpc", "F10"},
    {"outage", "F6"},
}};

constexpr std::array<std::string_view, refusal_count> refusals{{
    "conflict",
    "already-exists",
    "not-found",
    "expired",
    "invalid",
    "forbidden",
    "401",
    "429",
    "429-retry-after",
    "500",
    "500-done",
    "503",
    "503-startup",
    "504",
    "version-too-large",
    "page-missing",
    "not-json",
    "truncated",
}};

}  // namespace

const fault_info& info(fault f) noexcept {
  return faults[static_cast<std::size_t>(f)];
}

std::optional<fault> parse_fault(std::string_view name) noexcept {
  const auto* const found =
      std::find_if(faults.begin(), faults.end(), [&](const auto& f) { return f.name == name; });
  return found == faults.end() ? std::nullopt
                               : std::optional{static_cast<fault>(found - faults.begin())};
}

std::string_view to_string(refusal_kind r) noexcept {
  return refusals[static_cast<std::size_t>(r)];
}

}  // namespace btc::sim
