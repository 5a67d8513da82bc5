#include "test/node/node_names.hpp"

#include <algorithm>
#include <stdexcept>
#include <unistd.h>

namespace btc::node {

node_names names_of(const std::string& id) {
  const bool fits =
      !id.empty() && id.size() <= id_length_max && std::ranges::all_of(id, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      });
  if (!fits) {
    throw std::invalid_argument{"id \"" + id + "\": 1 to 8 characters of a-z and 0-9 are right"};
  }
  const bool memory = ::access("/dev/shm", W_OK) == 0;
  return {id, std::filesystem::path{memory ? "/dev/shm" : "/var/tmp"} / "bitcoin-test-node"};
}

}  // namespace btc::node
