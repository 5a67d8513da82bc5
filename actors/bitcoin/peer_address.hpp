#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace btc::bitcoin {

/// "host:port", an IPv6 address in brackets. bitcoind compares entries of its addnode list as text,
/// so one node has one spelling for ever.
[[nodiscard]] std::string node_address(std::string_view host, std::uint16_t port);

/// The host of such a text, without brackets; all of it when there is no port.
[[nodiscard]] std::string_view host_of_address(std::string_view address);

/// The DNS names of one network's nodes, as the controller adds them.
///
/// `<pod>.<service>.<namespace>.svc`: with fewer parts the search list of a pod's resolv.conf could
/// make it a Service of another namespace (`<pod>.<service>` is also Service `<pod>` in a namespace
/// called `<service>`), and the cluster's domain is not known.
struct node_names {
  std::string set{};      ///< of the StatefulSet
  std::string service{};  ///< the headless one
  std::string ns{};
  std::uint16_t p2p_port{0};

  [[nodiscard]] std::string host_of(std::int32_t ordinal) const;
  [[nodiscard]] std::string address_of(std::int32_t ordinal) const;
  /// The node whose address this is, whether the network has it, had it or may have it; nothing for
  /// anybody else's. It is how a controller that was restarted knows its own entries.
  [[nodiscard]] std::optional<std::int32_t> ordinal_of(std::string_view address) const;
};

}  // namespace btc::bitcoin
