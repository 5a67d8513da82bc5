#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace btc::reconcile {

/// JSON patch operations that remove what took the place of ours, as after somebody edited a port's
/// number: to server-side apply that is one entry gone and a foreign one there. It would put ours
/// beside theirs, and the API server refuses two ports of one name. The same goes for a probe or a
/// volume of ours that was made one of another kind.
///
/// Only lists that miss an entry of ours are touched, and never containers, where a stranger may be
/// a sidecar, or volumes of another name. Each operation is guarded by a test of the value; empty
/// mostly.
[[nodiscard]] nlohmann::json remove_displacing(const nlohmann::json& desired,
                                               const nlohmann::json& observed,
                                               std::string_view pointer);

}  // namespace btc::reconcile
