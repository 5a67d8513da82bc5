#pragma once

#include "k8s/meta.hpp"

#include <cstddef>
#include <filesystem>
#include <string>

namespace btc::node {

inline constexpr std::size_t id_length_max = 8;

/// What belongs to the node of one id, by name: so a later process finds and removes all of it.
///
/// Everything is below `folder`, apart from network namespaces and a bridge; an interface's name
/// has at most 15 characters, so an id has at most 8.
struct node_names {
  std::string id{};
  std::filesystem::path base{};  ///< folder of all nodes on this machine

  [[nodiscard]] std::string node() const { return "bitcoin-test-node-" + id; }
  [[nodiscard]] std::string bridge() const { return "btn-" + id; }
  /// One pod's; `number` is unique while the pod is there.
  [[nodiscard]] std::string net_namespace(unsigned number) const {
    return bridge() + '-' + std::to_string(number);
  }
  [[nodiscard]] std::string cable(unsigned number) const {
    return "bv" + id + std::to_string(number);
  }
  [[nodiscard]] std::filesystem::path folder() const { return base / id; }
  /// Held by the process that is this node.
  [[nodiscard]] std::filesystem::path lock() const { return base / (id + ".lock"); }
  /// Held while a subnet is chosen.
  [[nodiscard]] std::filesystem::path subnet_lock() const { return base / "subnet.lock"; }
  [[nodiscard]] std::filesystem::path etc() const { return folder() / "etc"; }
  [[nodiscard]] std::filesystem::path pod(const k8s::object_key& key) const {
    return folder() / "pods" / (key.ns + '_' + key.name);
  }
  [[nodiscard]] std::filesystem::path claim(const k8s::object_key& key) const {
    return folder() / "claims" / (key.ns + '_' + key.name);
  }
  /// Holds the address that the next pod of this name gets.
  [[nodiscard]] std::filesystem::path reservation(const k8s::object_key& key) const {
    return folder() / "addresses" / (key.ns + '_' + key.name);
  }
};

/// Throws std::invalid_argument for an id that is not 1 to 8 of [a-z0-9]. In memory where that is
/// possible: bitcoind syncs much, and nothing of it is kept.
[[nodiscard]] node_names names_of(const std::string& id);

}  // namespace btc::node
