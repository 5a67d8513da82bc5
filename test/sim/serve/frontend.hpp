#pragma once

#include "test/sim/cluster/cluster.hpp"
#include "test/sim/cluster/target.hpp"
#include "test/sim/serve/authentication.hpp"
#include "test/sim/serve/chaos.hpp"
#include "test/sim/serve/control_pages.hpp"
#include "test/sim/serve/discovery.hpp"
#include "test/sim/serve/exchange.hpp"
#include "test/sim/serve/log_desk.hpp"
#include "test/sim/serve/openapi.hpp"
#include "test/sim/serve/reviews.hpp"
#include "test/sim/serve/table.hpp"

#include <chrono>
#include <optional>

namespace btc::sim {

/// An API server's front: authentication, discovery, OpenAPI, reviews, tokens, logs, the forms of
/// answers, faults. What is left are requests for objects, which the cluster answers.
///
/// Besides, for the group system:masters, the pages of control_pages.
class frontend final : public exchange_handler {
 public:
  /// Everything outlives the frontend.
  frontend(cluster& c, const token_office& tokens, chaos& faults, const pod_journal& journal);

  [[nodiscard]] exchange_answer handle(const exchange_request& request) override;

 private:
  struct asked;  ///< a request taken apart
  [[nodiscard]] exchange_answer answer(asked& a);
  [[nodiscard]] std::optional<exchange_answer> plain(const asked& a) const;
  [[nodiscard]] std::optional<api_response> special(const asked& a);
  [[nodiscard]] exchange_answer resource(asked& a);
  [[nodiscard]] exchange_answer watch(const asked& a, const api_request& r);

  cluster& cluster_;
  chaos& faults_;
  control_pages control_;
  log_desk logs_;
  authenticator authenticator_;
  review_desk reviews_;
  discovery discovery_;
  openapi openapi_;
  table_printer tables_;
};

}  // namespace btc::sim
