#include "test/sim/oracles/configuration.hpp"

#include "actors/bitcoin/rpc_auth.hpp"
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

/// By the algorithm of Bitcoin Core's share/rpcauth: user:salt$HMAC-SHA256(salt, password).
[[nodiscard]] bool lets_in(const std::string& file,
                           const std::string& user,
                           const std::string& password) {
  const auto entry = "\nrpcauth=" + user + ':';
  const auto at = file.find(entry);
  if (at == std::string::npos) {
    return false;
  }
  const auto line = file.substr(at + entry.size(), file.find('\n', at + 1) - at - entry.size());
  const auto salt = line.substr(0, line.find('$'));
  return line == salt + '$' + bitcoin::hmac_sha256_hex(salt, password);
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
  if (login == nullptr) {
    return "the credentials of " + name + " are missing";
  }
  const auto user = value_of(*login, "BC_RPC_USER").value_or("");
  const auto password = value_of(*login, "BC_RPC_PASSWORD").value_or("");
  return lets_in(*file, user, password)
             ? std::nullopt
             : std::optional{"bitcoin.conf of " + name + " does not let " + user + " in"};
}

}  // namespace btc::sim
