#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace btc::bitcoin {

/// Which network's pods are said to have which IP address. Two networks may claim the same one for
/// a moment: an address that a pod gave up moves on, and what is known of both pods is of different
/// age.
class address_book {
 public:
  /// All addresses of a network's pods; what it claimed before is forgotten. `network` is any name
  /// that is unique for it.
  void set(const std::string& network, std::vector<std::string> addresses);
  void forget(const std::string& network) { set(network, {}); }

  /// Whether another network than this one claims the address.
  [[nodiscard]] bool belongs_to_other(std::string_view address, std::string_view network) const;

  [[nodiscard]] std::size_t networks() const noexcept { return claims_.size(); }

 private:
  std::unordered_map<std::string, std::vector<std::string>> claims_{};  ///< network → addresses
  std::unordered_map<std::string, std::vector<std::string>> owners_{};  ///< address → networks
};

}  // namespace btc::bitcoin
