#pragma once

#include <nlohmann/json_fwd.hpp>

namespace btc::k8s {

/// Empties an object or an array, for whoever is about to drop a large one: its destructor has
/// nothing left to do then. nlohmann_json's own moves every value of the tree through a vector, so
/// that no depth can end the stack; documents here are no deeper than json_depth_max.
void release(nlohmann::json& value) noexcept;

}  // namespace btc::k8s
