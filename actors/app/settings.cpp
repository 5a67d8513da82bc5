#include "actors/app/settings.hpp"

#include "actors/app/setting_flags.hpp"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <vector>

namespace btc::app {

namespace {

exit_request refuse(const std::string& what) {
  return {exit_configuration, what + '\n'};
}

/// The flag or variable, its value, and what would be right.
exit_request refuse_value(std::string_view source, std::string_view value, std::string_view right) {
  std::string what;
  what.append(source).append(": \"").append(value).append("\" is not ").append(right);
  return refuse(what);
}

/// CLI11's view of the command line: each flag's value, and whether it was given.
struct command_line {
  struct item {
    setting_flag flag{};
    std::string value{};
    CLI::Option* option{nullptr};
  };

  CLI::App app{"Keeps BitcoinNetwork resources of a Kubernetes cluster running.",
               "bitcoin-controller"};
  std::vector<item> items{};  // CLI11 keeps the address of each value

  explicit command_line(std::string_view version) {
    app.set_version_flag("--version", "bitcoin-controller " + std::string(version));
    for (const auto& flag : setting_flags()) {
      items.push_back({flag, "", nullptr});
    }
    for (auto& i : items) {
      i.option = app.add_option("--" + std::string(i.flag.name), i.value)
                     ->description(std::string(i.flag.help))
                     ->type_name(std::string(i.flag.placeholder));
    }
    app.footer("Each flag is also an environment variable: --log-level is "
               + variable_of("log-level")
               + ".\nA flag wins over its variable; an empty variable counts as not set.");
  }
};

/// Reads the arguments; an exit_request for help, version and what CLI11 cannot read.
std::optional<exit_request> parse(command_line& line, const std::vector<std::string>& arguments) {
  try {
    line.app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    return std::nullopt;
  } catch (const CLI::CallForHelp&) {
    return exit_request{0, line.app.help()};
  } catch (const CLI::CallForVersion& version) {
    return exit_request{0, std::string(version.what()) + '\n'};
  } catch (const CLI::ExtrasError&) {
    return refuse("unknown argument " + line.app.remaining().front() + "; see --help");
  } catch (const CLI::ParseError& error) {
    return refuse(std::string(error.what()) + "; see --help");
  }
}

}  // namespace

environment process_environment() {
  return [](std::string_view name) -> std::optional<std::string> {
    // Read at start-up, before there is a second thread.
    const char* value = std::getenv(std::string(name).c_str());  // NOLINT(concurrency-mt-unsafe)
    return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
  };
}

settings_result parse_settings(const std::vector<std::string>& arguments,
                               const environment& env,
                               std::string_view version) {
  command_line line(version);
  if (auto stop = parse(line, arguments)) {
    return *std::move(stop);
  }
  settings result;
  for (const auto& [flag, flag_value, option] : line.items) {
    const bool given = !option->empty();
    const std::string source = given ? "--" + std::string(flag.name) : variable_of(flag.name);
    const std::string value = given ? flag_value : env(source).value_or("");
    if (!given && value.empty()) {
      continue;
    }
    if (const auto right = flag.set(result, value)) {
      return refuse_value(source, value, *right);
    }
  }
  return result;
}

}  // namespace btc::app
