#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace btc::bitcoin {

// Limits of spec.extraArgs; deploy/crd.yaml says the same.
inline constexpr std::size_t extra_args_max = 64;
inline constexpr std::size_t extra_arg_bytes_max = 256;

/// An argument of bitcoind that the controller sets, or that would take a node out of its hands.
struct owned_argument {
  std::string_view name{};    ///< without dashes and without "no"
  std::string_view reason{};  ///< completes "sets -name, which the controller sets itself: …"
};

/// All of them, ascending by name. deploy/crd.yaml lists the same names, and a test compares.
[[nodiscard]] std::span<const owned_argument> owned_arguments() noexcept;

/// Of -maxconnections, bitcoind keeps so many for connections that it opens itself (net.h: 8 to
/// relay all, 2 to relay blocks, 1 feeler) and takes only the rest from others. The topology's are
/// others' to the node that is added.
inline constexpr std::int64_t kept_connections = 11;

/// What -maxconnections is set to; nothing when the argument is another. 0 when it is negated, or
/// not a number of at most nine digits.
[[nodiscard]] std::optional<std::int64_t> max_connections(std::string_view argument);

/// Why a user's argument is refused, a sentence that begins with "is" or "sets"; empty when
/// bitcoind may have it.
///
/// An owned name is found in every spelling that bitcoind understands (src/common/args.cpp,
/// ParseParameters and InterpretKey: one or two dashes, "no" in front negates, a section and a dot)
/// and in those that it merely would not start with (no dash, capitals, spaces): what looks like an
/// attempt is told the true reason. The sentence names the argument and never its value, which may
/// be a password.
[[nodiscard]] std::string extra_argument_problem(std::string_view argument);

}  // namespace btc::bitcoin
