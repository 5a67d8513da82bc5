#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace btc::k8s {

// Readers of JSON that never throw: a field that is absent, null or of another type is "not there".
// The API server's schema has checked the types; a decoder must survive whatever else arrives.

/// The member `key` of `object`, or nullptr when absent, null, or `object` is no object.
[[nodiscard]] const nlohmann::json* member(const nlohmann::json& object,
                                           std::string_view key) noexcept;

/// The member at the end of the path a → b.
[[nodiscard]] const nlohmann::json* member(const nlohmann::json& object,
                                           std::string_view a,
                                           std::string_view b) noexcept;

[[nodiscard]] std::string string_at(const nlohmann::json& object, std::string_view key);
[[nodiscard]] std::optional<std::int64_t> integer_at(const nlohmann::json& object,
                                                     std::string_view key) noexcept;
[[nodiscard]] std::optional<bool> boolean_at(const nlohmann::json& object,
                                             std::string_view key) noexcept;

}  // namespace btc::k8s
