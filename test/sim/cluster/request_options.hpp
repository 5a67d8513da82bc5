#pragma once

#include "test/sim/cluster/operation.hpp"
#include "test/sim/cluster/watch_cursor.hpp"

#include <string_view>

namespace btc::sim {

// Query parameters and bodies, read and checked. All throw `refusal`.

[[nodiscard]] writer writer_of(const api_request& r, const target& where, std::string_view verb);
[[nodiscard]] watch_options watch_options_of(const operation& op);
/// The object in the body of a POST or PUT, of the kind and version of the path.
[[nodiscard]] json object_in_body(const operation& op);
/// resourceVersion as a number; 0 when absent or "0". `code` answers text that is no number.
[[nodiscard]] std::uint64_t version_parameter(const target& where, int code);

}  // namespace btc::sim
