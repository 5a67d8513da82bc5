#pragma once

#include "test/node/node_names.hpp"
#include "test/node/subnet.hpp"

#include <string>

namespace btc::node {

// Shell scripts around iproute2, as text: whoever runs one sees in its error what went wrong. All
// parts are names and numbers of our own making.

/// The bridge, with the address that pods see as their node's.
[[nodiscard]] std::string make_bridge_script(const node_names& names, const address_pool& pool);

/// A network namespace joined to the bridge, for the pod of `address`.
[[nodiscard]] std::string make_sandbox_script(const node_names& names,
                                              const address_pool& pool,
                                              std::uint32_t address);
/// Ends what runs in it, whoever started that, and removes it. Succeeds when there is none.
[[nodiscard]] std::string remove_sandbox_script(const node_names& names, unsigned number);

/// Everything that a node of this id may have left behind, apart from its folder.
[[nodiscard]] std::string remove_all_script(const node_names& names);

/// Runs one and waits for it, for start and end of the node; throws std::runtime_error with its
/// output unless it succeeds.
std::string run_script(const std::string& script);

}  // namespace btc::node
