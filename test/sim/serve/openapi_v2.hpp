#pragma once

#include "test/sim/serve/exchange.hpp"

namespace btc::sim {

/// The answer to GET /openapi/v2: a document without definitions, in protobuf or JSON. kubectl
/// needs it to create a List, whose items it checks by it; what has no definition it leaves to the
/// server, which validates strictly. Source: gnostic, openapiv2/OpenAPIv2.proto.
[[nodiscard]] exchange_answer openapi_v2(bool protobuf);

}  // namespace btc::sim
