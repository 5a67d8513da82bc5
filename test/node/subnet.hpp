#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace btc::node {

/// An IPv4 network, host byte order.
struct subnet {
  std::uint32_t base{0};
  unsigned prefix{0};

  [[nodiscard]] std::uint32_t size() const noexcept { return 1U << (32U - prefix); }
  [[nodiscard]] bool overlaps(const subnet& other) const noexcept;
};

[[nodiscard]] std::string to_string(std::uint32_t address);
[[nodiscard]] std::optional<std::uint32_t> parse_address(std::string_view text);

/// The networks named in the output of `ip -4 route show table all`; the default route is none.
[[nodiscard]] std::vector<subnet> routes_of(std::string_view text);

/// A /20 of 10.192.0.0/10 that overlaps none of `taken`, the first at or after `start`; nothing
/// when there is none.
[[nodiscard]] std::optional<subnet> free_subnet(const std::vector<subnet>& taken, unsigned start);

/// Gives out the addresses of a subnet. The first host is the bridge; every pod gets one that was
/// never given before, until all were: a pod that is replaced is re-addressed.
class address_pool {
 public:
  explicit address_pool(subnet net) : net_(net) {}

  [[nodiscard]] std::uint32_t bridge() const noexcept { return net_.base + 1; }
  [[nodiscard]] unsigned prefix() const noexcept { return net_.prefix; }
  /// Nothing when all are held.
  [[nodiscard]] std::optional<std::uint32_t> take();
  /// A certain one; false while somebody holds it, or when it is none of ours.
  [[nodiscard]] bool take(std::uint32_t address);
  void give_back(std::uint32_t address) { held_.erase(address); }
  /// The number of an address within the subnet.
  [[nodiscard]] unsigned number(std::uint32_t address) const noexcept {
    return address - net_.base;
  }

 private:
  [[nodiscard]] bool is_for_pods(std::uint32_t address) const noexcept;

  subnet net_;
  std::uint32_t last_{1};  ///< number given last
  std::set<std::uint32_t> held_{};
};

}  // namespace btc::node
