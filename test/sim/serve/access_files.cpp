#include "test/sim/serve/access_files.hpp"

#include "test/sim/cluster/base64.hpp"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <string_view>
#include <unistd.h>

namespace btc::sim {

namespace {

using nlohmann::json;

[[noreturn]] void fail(const std::filesystem::path& file) {
  throw std::runtime_error("cannot write " + file.string() + ": " + std::strerror(errno));
}

void write_secret(const std::filesystem::path& file, std::string_view text) {
  const auto staged = file.string() + ".new";
  const int descriptor = ::open(staged.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    fail(file);
  }
  const auto written = ::write(descriptor, text.data(), text.size());
  ::close(descriptor);
  if (written != static_cast<ssize_t>(text.size()) || ::rename(staged.c_str(), file.c_str()) != 0) {
    fail(file);
  }
}

void write(const std::filesystem::path& file, const cluster_entry& cluster, const json& user) {
  const json entry = {{"server", cluster.server},
                      {"certificate-authority-data", base64(cluster.authority)}};
  const json context = {{"cluster", "simulated"}, {"user", "simulated"}};
  const json config = {{"apiVersion", "v1"},
                       {"kind", "Config"},
                       {"current-context", "simulated"},
                       {"clusters", json::array({{{"name", "simulated"}, {"cluster", entry}}})},
                       {"users", json::array({{{"name", "simulated"}, {"user", user}}})},
                       {"contexts", json::array({{{"name", "simulated"}, {"context", context}}})}};
  write_secret(file, config.dump(1) + '\n');
}

}  // namespace

void write_kubeconfig(const std::filesystem::path& file,
                      const cluster_entry& cluster,
                      const test::issued& client) {
  write(file,
        cluster,
        {{"client-certificate-data", base64(client.certificate)},
         {"client-key-data", base64(client.key)}});
}

void write_kubeconfig(const std::filesystem::path& file,
                      const cluster_entry& cluster,
                      const std::string& token) {
  write(file, cluster, {{"token", token}});
}

}  // namespace btc::sim
