#include "test/sim/cluster/unknown_fields.hpp"

#include "test/sim/cluster/schema.hpp"
#include "test/sim/cluster/statuses.hpp"

#include <nlohmann/json.hpp>

namespace btc::sim {

void drop_unknown_fields(const resource_type& type, writer& w, json& object) {
  if (type.schema == nullptr) {
    return;
  }
  std::vector<std::string> dropped;
  prune(*type.schema, object, dropped);
  if (dropped.empty() || w.validation == field_validation::ignore) {
    return;
  }
  std::string all;
  for (const auto& path : dropped) {
    auto text = "unknown field \"" + path + '"';
    all += all.empty() ? "" : ", ";
    all += text;
    if (w.validation == field_validation::warn) {
      w.warnings.push_back(std::move(text));
    }
  }
  if (w.validation == field_validation::strict) {
    throw refusal{bad_request(type.kind + " in version \"" + type.version
                              + "\" cannot be handled as a " + type.kind
                              + ": strict decoding error: " + all)};
  }
}

}  // namespace btc::sim
