#include "test/sim/oracles/configuration.hpp"

#include "test/sim/cluster/base64.hpp"
#include "test/sim/oracles/reading.hpp"

#include <nlohmann/json.hpp>

namespace btc::sim {

namespace {

[[nodiscard]] std::optional<std::string> value_of(const nlohmann::json& secret, const char* key) {
  const auto data = look(secret, "/data").find(key);
  return data == look(secret, "/data").end() ? std::nullopt
                                             : decode_base64(data->get<std::string>());
}

}  // namespace

std::optional<std::string> configuration_problem(const cluster& c, const nlohmann::json& network) {
  const auto name = text(network, "/metadata/name");
  const auto& secrets = c.objects().log(type_id::secrets);
  const auto conf = secrets.find("default/" + name + "-conf");
  if (conf == nullptr) {
    return "Secret " + name + "-conf is missing";
  }
  if (controller_uid(*conf) != text(network, "/metadata/uid")) {
    return "Secret " + name + "-conf is not ours";
  }
  const auto file = value_of(*conf, "bitcoin.conf");
  if (!file) {
    return "Secret " + name + "-conf has no bitcoin.conf";
  }
  const auto named = text(network, "/spec/secret");
  const auto login = secrets.find("default/" + (named.empty() ? name + "-rpc" : named));
  const auto user = login == nullptr ? std::nullopt : value_of(*login, "BC_RPC_USER");
  if (user && file->find("rpcauth=" + *user + ':') == std::string::npos) {
    return "bitcoin.conf of " + name + " does not let " + *user + " in";
  }
  return {};
}

}  // namespace btc::sim
