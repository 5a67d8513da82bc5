#pragma once

#include "test/support/test_certificates.hpp"

#include <filesystem>
#include <string>

namespace btc::sim {

/// A cluster's entry in a kubeconfig.
struct cluster_entry {
  std::string server{};     ///< https://127.0.0.1:6443
  std::string authority{};  ///< PEM
};

// Kubeconfigs with everything inside, as JSON, which is YAML. Files are for their owner only and
// replaced at once, so that nobody reads half a file. Throw std::runtime_error naming the file.

void write_kubeconfig(const std::filesystem::path& file,
                      const cluster_entry& cluster,
                      const test::issued& client);
void write_kubeconfig(const std::filesystem::path& file,
                      const cluster_entry& cluster,
                      const std::string& token);

}  // namespace btc::sim
