#include "test/sim/serve/serve_options.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <sstream>

namespace btc::sim {

std::variant<serve_options, serve_exit> parse_serve_options(
    const std::vector<std::string>& arguments, const std::filesystem::path& repository) {
  serve_options o;
  o.repository = repository;
  bool no_pods = false;
  CLI::App app{"A simulated Kubernetes cluster for kubectl, on loopback with TLS.",
               "bitcoin-controller-sim serve"};
  app.add_option(
      "--directory", o.directory, "Where kubeconfigs go (default: a new one, removed at the end)");
  app.add_option("--address", o.address, "Loopback address to listen on")->capture_default_str();
  app.add_option("--port", o.port, "Port to listen on; 0 takes any")->capture_default_str();
  app.add_option("--speed", o.speed, "How fast pods start and end; 1 is about two seconds")
      ->check(CLI::Range(0.01, 1000.0))
      ->capture_default_str();
  app.add_flag("--no-pods", no_pods, "Bind and run no pods: another program is the node");
  app.add_flag(
      "--chaos", o.chaos, "Cut, delay and refuse, kill pods, edit by hand; see POST /sim/chaos");
  app.add_option("--seed", o.seed, "Of the chaos")->capture_default_str();
  app.add_option(
         "--repository", o.repository, "Directory that has deploy/crd.yaml and deploy/rbac.yaml")
      ->capture_default_str();
  auto reversed = arguments;  // CLI11 takes them from the back
  std::reverse(reversed.begin(), reversed.end());
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    const int code = app.exit(error, out, err);
    return serve_exit{code, out.str() + err.str()};
  }
  o.pods = !no_pods;
  return o;
}

}  // namespace btc::sim
