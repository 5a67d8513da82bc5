#pragma once

#include "test/node/pod_spec.hpp"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace btc::node {

/// A folder of this machine that a container sees.
struct bind_mount {
  std::string from{};
  std::string to{};
  bool read_only{false};
};

/// All that a process needs to become a container; written to a file for `bitcoin-test-node
/// container` and read again by `enter`, so that a probe runs in the very same surroundings.
struct container_plan {
  std::string net_namespace{};  ///< path
  std::string root{};           ///< an empty folder: where the new root is made
  std::string pid_file{};
  std::vector<bind_mount> binds{};  ///< parents before children
  unsigned user{0};
  unsigned group{0};
  std::vector<unsigned> groups{};
  bool read_only_root{false};
  std::vector<std::string> arguments{};
  std::vector<std::string> environment{};  ///< "NAME=value"
};

[[nodiscard]] nlohmann::json to_json(const container_plan& plan);
[[nodiscard]] container_plan plan_from(const nlohmann::json& document);

/// Where things of a pod are on this machine.
struct pod_places {
  std::filesystem::path folder{};    ///< of the pod
  std::filesystem::path etc{};       ///< what its /etc is
  std::filesystem::path programs{};  ///< folder with bitcoind and bitcoin-cli
  std::string net_namespace{};
  std::map<std::string, std::filesystem::path> volumes{};
};

/// The image: this machine's /usr, an /etc of our own, and the folder that has bitcoind. Over it
/// the pod's volumes where its spec mounts them.
[[nodiscard]] container_plan plan_container(const pod_spec& pod, const pod_places& places);

/// Becomes the container of the plan: namespaces, root, user, program. Returns only on failure,
/// with what went wrong on stderr, the exit code 128 as runc has it.
[[nodiscard]] int become_container(const container_plan& plan);

/// Runs a program in the container's surroundings as its user; as above. With `merge`, stderr goes
/// to stdout.
[[nodiscard]] int enter_container(const container_plan& plan,
                                  const std::vector<std::string>& arguments,
                                  bool merge);

/// The process id in the plan's file; 0 when no container runs.
[[nodiscard]] int pid_of(const container_plan& plan);

}  // namespace btc::node
