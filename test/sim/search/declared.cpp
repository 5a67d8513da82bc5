#include "test/sim/search/coverage.hpp"
#include "test/sim/world/fault.hpp"

#include <array>

namespace btc::sim {

namespace {

/// Every place in the product that sends a request.
constexpr std::array<std::string_view, 14> call_sites{"list BitcoinNetwork",
                                                      "watch BitcoinNetwork",
                                                      "watch StatefulSet",
                                                      "watch Service",
                                                      "watch Pod",
                                                      "get Secret",
                                                      "create Secret",
                                                      "create Service",
                                                      "create StatefulSet",
                                                      "apply Service",
                                                      "apply StatefulSet",
                                                      "patch BitcoinNetwork/status",
                                                      "create Event",
                                                      "get Service"};

[[nodiscard]] std::vector<std::string> sites_by_outcomes() {
  std::vector<std::string> cells;
  for (const auto site : call_sites) {
    for (std::size_t r = 0; r < refusal_count; ++r) {
      cells.push_back(std::string{site} + " by "
                      + std::string{to_string(static_cast<refusal_kind>(r))});
    }
  }
  return cells;
}

[[nodiscard]] std::vector<std::string> all_faults() {
  std::vector<std::string> cells;
  for (std::size_t f = 1; f < fault_count; ++f) {
    cells.emplace_back(info(static_cast<fault>(f)).name);
  }
  return cells;
}

}  // namespace

const std::map<std::string, std::vector<std::string>, std::less<>>& declared_cells() {
  static const std::map<std::string, std::vector<std::string>, std::less<>> all{
      {"fault", all_faults()}, {"call site by outcome", sites_by_outcomes()}};
  return all;
}

}  // namespace btc::sim
