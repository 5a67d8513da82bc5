#include "actors/bitcoin/address_book.hpp"

#include <algorithm>
#include <utility>

namespace btc::bitcoin {

void address_book::set(const std::string& network, std::vector<std::string> addresses) {
  if (const auto old = claims_.extract(network); !old.empty()) {
    for (const auto& address : old.mapped()) {
      const auto found = owners_.find(address);
      std::erase(found->second, network);
      if (found->second.empty()) {
        owners_.erase(found);
      }
    }
  }
  std::sort(addresses.begin(), addresses.end());
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  std::erase(addresses, std::string{});
  if (addresses.empty()) {
    return;
  }
  for (const auto& address : addresses) {
    owners_[address].push_back(network);
  }
  claims_.emplace(network, std::move(addresses));
}

bool address_book::belongs_to_other(std::string_view address, std::string_view network) const {
  const auto found = owners_.find(std::string{address});
  return found != owners_.end()
         && std::any_of(found->second.begin(), found->second.end(), [&](const auto& owner) {
              return owner != network;
            });
}

}  // namespace btc::bitcoin
