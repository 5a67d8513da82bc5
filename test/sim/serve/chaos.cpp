#include "test/sim/serve/chaos.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <stdexcept>

namespace btc::sim {

using nlohmann::json;

namespace {

constexpr double rate_max = 600;  // a minute
constexpr std::int64_t delay_max_ms = 120'000;

struct member {
  const char* name;
  double chaos_settings::*value;
  double max;
};

constexpr std::array members{member{"refused", &chaos_settings::refused, 1},
                             member{"lost", &chaos_settings::lost, 1},
                             member{"truncated", &chaos_settings::truncated, 1},
                             member{"slow", &chaos_settings::slow, 1},
                             member{"cuts", &chaos_settings::cuts, rate_max},
                             member{"compactions", &chaos_settings::compactions, rate_max},
                             member{"podKills", &chaos_settings::pod_kills, rate_max},
                             member{"drift", &chaos_settings::drift, rate_max}};

[[noreturn]] void refuse(const std::string& name, const json& value, const std::string& right) {
  throw std::runtime_error("chaos: " + name + " is " + value.dump() + "; give " + right);
}

void set(chaos_settings& s, const std::string& name, const json& value) {
  if (name == "everyone") {
    if (!value.is_boolean()) {
      refuse(name, value, "true or false");
    }
    s.everyone = value;
    return;
  }
  if (name == "delayMs") {
    if (!value.is_number_integer() || value < 0 || value > delay_max_ms) {
      refuse(name, value, "0 to " + std::to_string(delay_max_ms));
    }
    s.delay = std::chrono::milliseconds{value.get<std::int64_t>()};
    return;
  }
  for (const auto& m : members) {
    if (name == m.name) {
      if (!value.is_number() || value < 0 || value > m.max) {
        refuse(name, value, "a number from 0 to " + std::to_string(static_cast<int>(m.max)));
      }
      s.*m.value = value;
      return;
    }
  }
  refuse(name, value, "a member that GET /sim/chaos shows");
}

}  // namespace

chaos_settings default_chaos() {
  chaos_settings s;
  s.refused = 0.05;
  s.lost = 0.02;
  s.truncated = 0.01;
  s.slow = 0.05;
  s.cuts = 4;
  s.compactions = 1;
  s.pod_kills = 2;
  s.drift = 4;
  return s;
}

json to_json(const chaos_settings& s) {
  json result = {{"delayMs", s.delay.count()}, {"everyone", s.everyone}};
  for (const auto& m : members) {
    result[m.name] = s.*m.value;
  }
  return result;
}

chaos_settings merged(chaos_settings s, const json& change) {
  if (!change.is_object()) {
    throw std::runtime_error("chaos: the settings are no JSON object");
  }
  for (const auto& [name, value] : change.items()) {
    set(s, name, value);
  }
  return s;
}

request_fault chaos::draw() {
  request_fault fault;
  if (chance(settings.refused)) {
    static constexpr std::array refusals{trouble::overloaded,
                                         trouble::overloaded_silently,
                                         trouble::initializing,
                                         trouble::internal_error,
                                         trouble::gateway_timeout,
                                         trouble::unavailable,
                                         trouble::draining,
                                         trouble::shutting_down,
                                         trouble::starting};
    fault.refusal = refusals.at(below(refusals.size()));
  }
  if (chance(settings.lost)) {
    fault.how = delivery::lost;
  } else if (chance(settings.truncated)) {
    fault.how = delivery::truncated;
  }
  if (chance(settings.slow) && settings.delay.count() > 0) {
    fault.delay =
        std::chrono::milliseconds{below(static_cast<std::size_t>(settings.delay.count()))};
  }
  return fault;
}

bool chaos::happened(double per_minute, std::chrono::milliseconds passed) {
  return chance(per_minute * static_cast<double>(passed.count()) / 60'000.0);
}

std::size_t chaos::below(std::size_t limit) {
  return std::uniform_int_distribution<std::size_t>{0, limit - 1}(random_);
}

bool chaos::chance(double share) {
  return share > 0 && std::uniform_real_distribution<double>{0, 1}(random_) < share;
}

}  // namespace btc::sim
