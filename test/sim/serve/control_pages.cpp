#include "test/sim/serve/control_pages.hpp"

#include "test/sim/cluster/statuses.hpp"
#include "test/sim/serve/answers.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace btc::sim {

std::optional<exchange_answer> control_pages::answer(std::string_view method,
                                                     std::string_view path,
                                                     const std::string& body) {
  if (path == "/sim/chaos") {
    if (method == "POST") {
      try {
        faults_.settings = merged(faults_.settings, json::parse(body));
      } catch (const std::exception& e) {
        return to_answer(bad_request(e.what()));
      }
    }
    return json_answer(200, to_json(faults_.settings));
  }
  if (path == "/sim/compact" && method == "POST") {
    const auto version = cluster_.objects().version();
    cluster_.compact(version);
    return json_answer(200, {{"compacted", std::to_string(version)}});
  }
  return std::nullopt;
}

}  // namespace btc::sim
