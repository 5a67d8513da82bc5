#pragma once

#include "test/sim/world/observer.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace btc::sim {

/// The member at a JSON pointer, or null: oracles look at documents that may lack anything.
[[nodiscard]] const nlohmann::json& look(const nlohmann::json& in, const char* pointer);
[[nodiscard]] std::string text(const nlohmann::json& in, const char* pointer);
[[nodiscard]] std::int64_t number(const nlohmann::json& in, const char* pointer);
/// The uid of the owner that controls the object; empty when there is none.
[[nodiscard]] std::string controller_uid(const nlohmann::json& object);
/// True for an IPv4 address, as against a name.
[[nodiscard]] bool is_address(std::string_view host);
/// status.conditions[type], or null.
[[nodiscard]] const nlohmann::json& condition(const nlohmann::json& object, std::string_view type);
/// "<what> is <is>, wanted <wanted>", where they differ.
[[nodiscard]] std::optional<std::string> differs(const std::string& what,
                                                 const nlohmann::json& is,
                                                 const nlohmann::json& wanted);

/// status.conditions Degraded says InvalidSpec: the children are as an older spec had them.
[[nodiscard]] bool is_told_invalid(const nlohmann::json& network);
/// The network whose Service names the node; nullptr when it is gone.
[[nodiscard]] document network_of(const bitcoin_node& node, const world_view& v);

}  // namespace btc::sim
