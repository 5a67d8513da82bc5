#pragma once

#include "k8s/meta.hpp"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace btc::node {

struct exec_action {
  std::vector<std::string> command{};
};
struct tcp_action {
  std::uint16_t port{0};
};
struct http_action {
  std::uint16_t port{0};
  std::string path{"/"};
  std::vector<std::pair<std::string, std::string>> headers{};
};

/// One probe, with the defaults of the API filled in.
struct probe_spec {
  std::variant<exec_action, tcp_action, http_action> action{};
  std::chrono::seconds initial_delay{0};
  std::chrono::seconds period{10};
  std::chrono::seconds timeout{1};
  int success_threshold{1};
  int failure_threshold{3};
};

/// One file of a Secret volume: key in the Secret, path below the mount.
struct secret_item {
  std::string key{};
  std::string path{};
};
struct empty_dir {};
struct secret_volume {
  std::string secret{};
  std::vector<secret_item> items{};  ///< empty: every key under its own name
  unsigned mode{0644};
};
struct claim_volume {
  std::string claim{};
};
using volume_source = std::variant<empty_dir, secret_volume, claim_volume>;

struct mount_spec {
  std::string volume{};
  std::string path{};
  bool read_only{false};
};

enum class restart_policy : std::uint8_t { always, on_failure, never };

/// What the node reads of a pod. A value; the pod's object is thrown away after it.
struct pod_spec {
  k8s::object_key key{};
  std::string uid{};
  std::string hostname{};   ///< of the pod, with `subdomain` its DNS name
  std::string subdomain{};  ///< the headless Service
  std::string container{};
  std::string image{};
  std::vector<std::string> arguments{};  ///< command and args, $(NAME) replaced
  std::vector<std::pair<std::string, std::string>> environment{};
  std::vector<mount_spec> mounts{};
  std::map<std::string, volume_source> volumes{};
  std::optional<probe_spec> startup{};
  std::optional<probe_spec> readiness{};
  std::optional<probe_spec> liveness{};
  restart_policy restart{restart_policy::always};
  std::chrono::seconds grace{30};
  unsigned user{0};
  unsigned group{0};
  std::optional<unsigned> fs_group{};
  bool read_only_root{false};
  std::map<std::string, std::string> node_selector{};
  /// Why this node cannot run the pod, in words; empty when it can.
  std::string unsupported{};
};

/// Total over every document: what is missing has the API's default, what this node cannot do is
/// said in `unsupported`.
[[nodiscard]] pod_spec decode_pod_spec(const nlohmann::json& pod);

/// "$(NAME)" becomes the variable's value, "$$" one "$", and an unknown name stays as it is
/// (API reference, Container.args).
[[nodiscard]] std::string expand(
    std::string_view text, const std::vector<std::pair<std::string, std::string>>& environment);

/// The images that this node can "pull": every tag and digest of the one whose bitcoind it has.
[[nodiscard]] bool image_exists(std::string_view image) noexcept;

/// `<hostname>.<subdomain>.<namespace>.svc`, or nothing for a pod without a subdomain.
[[nodiscard]] std::string dns_name(const pod_spec& pod);

}  // namespace btc::node
