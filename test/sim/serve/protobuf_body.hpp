#pragma once

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string_view>

namespace btc::sim {

/// The document in a body of media type application/vnd.kubernetes.protobuf, as JSON.
///
/// kubectl sends protobuf for the built-in kinds that it has types for, whatever the server says in
/// discovery, so a server for kubectl must read the few that kubectl creates: Namespace, Secret,
/// ConfigMap, ServiceAccount, TokenRequest, the self reviews and DeleteOptions. Fields that are
/// not in the table are skipped. Nothing when the bytes are no such envelope, when the kind is not
/// in the table, or when a length does not fit.
[[nodiscard]] std::optional<nlohmann::json> decode_protobuf(std::string_view body);

}  // namespace btc::sim
