#include "test/sim/world/workload.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <stdexcept>
#include <string_view>

namespace btc::sim {

namespace {

constexpr std::array<std::string_view, 10> verbs{"create",
                                                 "edit",
                                                 "delete",
                                                 "secret",
                                                 "forget-secret",
                                                 "drift",
                                                 "remove",
                                                 "occupy",
                                                 "vacate",
                                                 "settle"};

void check_step(const nlohmann::json& step, const std::string& name) {
  const bool known =
      step.is_object() && std::any_of(verbs.begin(), verbs.end(), [&](std::string_view verb) {
        return step.contains(std::string{verb});
      });
  if (!known) {
    throw std::runtime_error("workload " + name + ": a step that nobody knows: " + step.dump());
  }
}

void add_steps(const nlohmann::json& steps, workload& w) {
  for (const auto& step : steps) {
    if (const auto times = step.find("repeat"); times != step.end()) {
      for (int i = 0; i < times->get<int>(); ++i) {
        add_steps(step.at("steps"), w);
      }
      continue;
    }
    check_step(step, w.name);
    w.steps.push_back(step);
  }
}

}  // namespace

workload parse_workload(const nlohmann::json& document, const std::string& name) {
  workload w;
  w.name = name;
  w.says = document.value("says", "");
  if (const auto soak = document.find("soak"); soak != document.end()) {
    w.soak = std::chrono::hours{soak->at("hours").get<int>()};
    for (int i = 0; i < soak->at("networks").get<int>(); ++i) {
      w.steps.push_back({{"create", "net-" + std::to_string(i)},
                         {"spec", {{"nodes", soak->at("nodes").get<int>()}}}});
    }
    return w;
  }
  add_steps(document.at("steps"), w);
  return w;
}

std::vector<workload> load_workloads(const std::filesystem::path& folder) {
  std::vector<workload> all;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() != ".json") {
      continue;
    }
    std::ifstream in{file.path()};
    try {
      all.push_back(parse_workload(nlohmann::json::parse(in), file.path().stem().string()));
    } catch (const nlohmann::json::exception& e) {
      throw std::runtime_error(file.path().string() + ": " + e.what());
    }
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return all;
}

}  // namespace btc::sim
