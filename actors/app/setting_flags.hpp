#pragma once

#include "actors/app/settings.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace btc::app {

/// One flag that takes a value, and how that value becomes a setting.
struct setting_flag {
  std::string_view name{};         ///< without the dashes
  std::string_view placeholder{};  ///< of the value in --help
  std::string_view help{};
  /// Changes the settings; or leaves them and tells what would be right ("text or json").
  std::optional<std::string> (*set)(settings&, const std::string& value){nullptr};
};

/// Every flag but --help and --version, in the order of --help.
[[nodiscard]] std::span<const setting_flag> setting_flags() noexcept;

/// The flag's environment variable: "log-level" has BITCOIN_CONTROLLER_LOG_LEVEL.
[[nodiscard]] std::string variable_of(std::string_view flag_name);

}  // namespace btc::app
