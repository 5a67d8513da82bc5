#pragma once

#include "test/sim/cluster/cluster.hpp"
#include "test/sim/cluster/target.hpp"
#include "test/sim/serve/authentication.hpp"
#include "test/sim/serve/chaos.hpp"
#include "test/sim/serve/discovery.hpp"
#include "test/sim/serve/exchange.hpp"
#include "test/sim/serve/openapi.hpp"
#include "test/sim/serve/reviews.hpp"
#include "test/sim/serve/table.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace btc::sim {

/// Gives the log of a pod; empty when it has not started.
using log_source = std::function<std::string(const json& pod, std::chrono::sys_seconds now)>;

/// An API server's front: authentication, discovery, OpenAPI, reviews, tokens, logs, the forms of
/// answers, faults. What is left are requests for objects, which the cluster answers.
///
/// Besides, for the group system:masters: GET and POST /sim/chaos, see chaos_settings.
class frontend final : public exchange_handler {
 public:
  /// Everything outlives the frontend.
  frontend(cluster& c, const token_office& tokens, chaos& faults, log_source logs);

  [[nodiscard]] exchange_answer handle(const exchange_request& request) override;

 private:
  struct asked;  ///< a request taken apart
  [[nodiscard]] exchange_answer answer(asked& a);
  [[nodiscard]] std::optional<exchange_answer> plain(const asked& a) const;
  [[nodiscard]] exchange_answer chaos_page(const asked& a);
  [[nodiscard]] std::optional<api_response> special(const asked& a);
  [[nodiscard]] exchange_answer resource(asked& a);
  [[nodiscard]] exchange_answer watch(const asked& a, const api_request& r);
  [[nodiscard]] exchange_answer pod_log(const asked& a, const target& where);

  cluster& cluster_;
  chaos& faults_;
  log_source logs_;
  authenticator authenticator_;
  review_desk reviews_;
  discovery discovery_;
  openapi openapi_;
  table_printer tables_;
};

}  // namespace btc::sim
