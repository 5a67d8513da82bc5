#include "k8s/objects.hpp"

#include <nlohmann/json.hpp>

namespace btc::k8s {

packed_json::packed_json(const nlohmann::json& value) : cbor_(nlohmann::json::to_cbor(value)) {
  cbor_.shrink_to_fit();
}

nlohmann::json packed_json::unpack() const {
  return cbor_.empty() ? nlohmann::json{} : nlohmann::json::from_cbor(cbor_);
}

}  // namespace btc::k8s
