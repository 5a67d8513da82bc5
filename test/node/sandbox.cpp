#include "test/node/sandbox.hpp"

#include <array>
#include <cstdio>
#include <stdexcept>

namespace btc::node {

std::string make_bridge_script(const node_names& names, const address_pool& pool) {
  const auto bridge = names.bridge();
  return "ip link add " + bridge + " type bridge; ip addr add " + to_string(pool.bridge()) + '/'
         + std::to_string(pool.prefix()) + " dev " + bridge + "; ip link set " + bridge + " up";
}

std::string make_sandbox_script(const node_names& names,
                                const address_pool& pool,
                                std::uint32_t address) {
  const auto number = pool.number(address);
  const auto space = names.net_namespace(number);
  const auto cable = names.cable(number);
  return "ip netns add " + space + "; ip link add " + cable + " type veth peer name eth0 netns "
         + space + "; ip link set " + cable + " master " + names.bridge() + " up; ip -n " + space
         + " addr add " + to_string(address) + '/' + std::to_string(pool.prefix())
         + " dev eth0; ip -n " + space + " link set eth0 up; ip -n " + space
         + " link set lo up; ip -n " + space + " route add default via " + to_string(pool.bridge());
}

std::string remove_sandbox_script(const node_names& names, unsigned number) {
  const auto space = names.net_namespace(number);
  return "ip link del " + names.cable(number) + " 2>/dev/null || true; if [ -e /run/netns/" + space
         + " ]; then ip netns pids " + space + " | xargs -r kill -9; ip netns del " + space
         + "; fi";
}

std::string remove_all_script(const node_names& names) {
  const auto prefix = names.bridge() + '-';
  return "for n in $(ip netns list | cut -d' ' -f1 | grep '^" + prefix
         + "' || true); do ip netns pids $n | xargs -r kill -9; ip netns del $n; done; ip link del "
         + names.bridge() + " 2>/dev/null || true";
}

std::string run_script(const std::string& script) {
  const auto command = "set -e\n{ " + script + "; } 2>&1";
  std::FILE* pipe = ::popen(command.c_str(), "re");
  if (pipe == nullptr) {
    throw std::runtime_error{"cannot start a shell"};
  }
  std::string output;
  std::array<char, 4096> buffer{};
  while (const auto size = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    output.append(buffer.data(), size);
  }
  if (const int status = ::pclose(pipe); status != 0) {
    throw std::runtime_error{output + "(from: " + script + ')'};
  }
  return output;
}

}  // namespace btc::node
