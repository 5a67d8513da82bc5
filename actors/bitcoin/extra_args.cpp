#include "actors/bitcoin/extra_args.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

namespace btc::bitcoin {

namespace {

constexpr std::string_view credentials = "it comes from the Secret (spec.secret)";
constexpr std::string_view access = "it and the probes need it to reach the node";
constexpr std::string_view files = "the files have fixed places in the container";
constexpr std::string_view chain = "spec.chain says it";
constexpr std::string_view address = "the addresses and ports are those of the Service";
constexpr std::string_view peers = "spec.topology says who connects to whom";
constexpr std::string_view discovery = "nodes find each other through the controller only";
constexpr std::string_view resources = "it is derived from spec.resources";
constexpr std::string_view process = "the node is the container's process and logs to it";

constexpr std::array owned{
    owned_argument{"addnode", peers},
    owned_argument{"bind", address},
    owned_argument{"blocksdir", files},
    owned_argument{"chain", chain},
    owned_argument{"conf", files},
    owned_argument{"connect", peers},
    owned_argument{"daemon", process},
    owned_argument{"daemonwait", process},
    owned_argument{"datadir", files},
    owned_argument{"dbcache", resources},
    owned_argument{"debuglogfile", process},
    owned_argument{"discover", discovery},
    owned_argument{"dns", "nodes are added by their DNS names"},
    owned_argument{"dnsseed", discovery},
    owned_argument{"fixedseeds", discovery},
    owned_argument{"h", process},
    owned_argument{"help", process},
    owned_argument{"includeconf", files},
    owned_argument{"listen", address},
    owned_argument{"listenonion", address},
    owned_argument{"main", chain},
    owned_argument{"natpmp", discovery},
    owned_argument{"pid", files},
    owned_argument{"port", address},
    owned_argument{"printtoconsole", process},
    owned_argument{"regtest", chain},
    owned_argument{"rpcallowip", access},
    owned_argument{"rpcauth", credentials},
    owned_argument{"rpcbind", access},
    owned_argument{"rpccookiefile", access},
    owned_argument{"rpccookieperms", access},
    owned_argument{"rpcpassword", credentials},
    owned_argument{"rpcport", address},
    owned_argument{"rpcuser", credentials},
    owned_argument{"rpcwhitelist", access},
    owned_argument{"rpcwhitelistdefault", access},
    owned_argument{"seednode", peers},
    owned_argument{"server", access},
    owned_argument{"settings", files},
    owned_argument{"signet", chain},
    owned_argument{"testnet", chain},
    owned_argument{"testnet4", chain},
    owned_argument{"version", process},
    owned_argument{"walletdir", files},
    owned_argument{"whitebind", address},
};

[[nodiscard]] char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] bool is_control(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 || c == '\x7f';
}

/// The name that `argument` means, however it is spelled.
[[nodiscard]] std::string meant_name(std::string_view argument) {
  const auto text = argument.substr(0, argument.find('='));
  std::string name;
  for (const char c : text) {
    if (c == '.') {
      name.clear();  // a section, as in "regtest.rpcauth"
    } else if (c != ' ' && !is_control(c) && (c != '-' || !name.empty())) {
      name += lower(c);
    }
  }
  return name;
}

[[nodiscard]] const owned_argument* find_owned(std::string_view name) noexcept {
  const auto* const found =
      std::lower_bound(owned.begin(), owned.end(), name, [](const auto& entry, auto wanted) {
        return entry.name < wanted;
      });
  return found != owned.end() && found->name == name ? found : nullptr;
}

/// "-name" or "-name=value" as bitcoind reads it, on one line.
[[nodiscard]] bool is_well_formed(std::string_view argument) noexcept {
  if (!argument.starts_with('-')) {
    return false;
  }
  argument.remove_prefix(argument.starts_with("--") ? 2 : 1);
  const auto name = argument.substr(0, argument.find('='));
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && letter(name.front())
         && std::all_of(
             name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); })
         && std::none_of(argument.begin(), argument.end(), is_control);
}

}  // namespace

std::optional<std::int64_t> max_connections(std::string_view argument) {
  auto name = meant_name(argument);
  const bool negated = name == "nomaxconnections";
  if (!negated && name != "maxconnections") {
    return std::nullopt;
  }
  constexpr std::size_t digits_max = 9;
  const auto equals = argument.find('=');
  const auto value =
      equals == std::string_view::npos ? std::string_view{} : argument.substr(equals + 1);
  std::int64_t number = 0;
  const auto parsed = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool whole = parsed.ec == std::errc{} && parsed.ptr == value.data() + value.size()
                     && value.size() <= digits_max && number >= 0;
  return !negated && whole ? number : 0;
}

std::span<const owned_argument> owned_arguments() noexcept {
  return owned;
}

std::string extra_argument_problem(std::string_view argument) {
  auto name = meant_name(argument);
  for (;;) {
    if (const auto* found = find_owned(name)) {
      return "sets -" + std::string{found->name}
             + ", which the controller sets itself: " + std::string{found->reason};
    }
    if (!name.starts_with("no")) {
      break;
    }
    name.erase(0, 2);
  }
  if (argument.size() > extra_arg_bytes_max) {
    return "is longer than " + std::to_string(extra_arg_bytes_max) + " bytes";
  }
  if (!is_well_formed(argument)) {
    return R"(is not "-name" or "-name=value", in lower case and on one line)";
  }
  return {};
}

}  // namespace btc::bitcoin
