#pragma once

#include <string>
#include <string_view>

namespace caf {
class scheduled_actor;
}

namespace btc::sim {

/// "watch pods", "network default/net": which actor it is. For traces; costs some.
[[nodiscard]] std::string title_of(caf::scheduled_actor& actor);
/// The state that the actor itself reports, "acting".
[[nodiscard]] std::string state_of(caf::scheduled_actor& actor);
/// The kind of actor, "reconcile".
[[nodiscard]] std::string kind_of(caf::scheduled_actor& actor);
/// The type of the message that it handles next, "stream_read"; "start" before its first.
[[nodiscard]] std::string next_message(caf::scheduled_actor& actor);
/// The methods of a JSON-RPC body, "getblockchaininfo, addnode x:18444 add".
[[nodiscard]] std::string rpc_methods(std::string_view body);

}  // namespace btc::sim
