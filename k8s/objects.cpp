#include "k8s/objects.hpp"

#include "k8s/cbor.hpp"

#include <nlohmann/json.hpp>

namespace btc::k8s {

packed_json::packed_json(json_view value) : cbor_(write_cbor(value)) {}

packed_json::packed_json(const nlohmann::json& value) : packed_json(json_view{value}) {}

json_view packed_json::view() const noexcept {
  return cbor_.empty() ? json_view{} : json_view{cbor_.data()};
}

nlohmann::json packed_json::unpack() const {
  return view().copy();
}

}  // namespace btc::k8s
