#pragma once

#include "test/sim/cluster/cluster.hpp"
#include "test/sim/serve/chaos.hpp"
#include "test/sim/serve/exchange.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace btc::sim {

/// What no API server has: the person at the keyboard breaks the cluster.
///
///   GET, POST /sim/chaos    the settings of chaos; a POST changes the members that it names
///   POST /sim/compact       all history is forgotten, as etcd does it every five minutes
class control_pages {
 public:
  /// Both outlive this object.
  control_pages(cluster& c, chaos& faults) : cluster_(c), faults_(faults) {}

  /// Nothing when the path is none of these.
  [[nodiscard]] std::optional<exchange_answer> answer(std::string_view method,
                                                      std::string_view path,
                                                      const std::string& body);

 private:
  cluster& cluster_;
  chaos& faults_;
};

}  // namespace btc::sim
