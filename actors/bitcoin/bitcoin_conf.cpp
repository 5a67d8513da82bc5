#include "actors/bitcoin/bitcoin_conf.hpp"

#include <concepts>

namespace btc::bitcoin {

namespace {

class conf_writer {
 public:
  void comment(std::string_view text) { line({"# ", text}); }
  void section(std::string_view name) { line({"[", name, "]"}); }
  void option(std::string_view name, std::string_view value) { line({name, "=", value}); }
  void option(std::string_view name, std::integral auto value) {
    option(name, std::to_string(value));
  }
  [[nodiscard]] secret_text take() { return secret_text{std::move(text_)}; }

 private:
  void line(std::initializer_list<std::string_view> parts) {
    for (const auto part : parts) {
      text_ += part;
    }
    text_ += '\n';
  }

  std::string text_{};
};

[[nodiscard]] std::string controller_whitelist(const chain_params& chain) {
  std::string value{controller_user};
  char before = ':';
  for (const auto method : controller_methods) {
    if (method == "generatetodescriptor" && !chain.can_mine) {
      continue;
    }
    value += before;
    value += method;
    before = ',';
  }
  return value;
}

void write_rpc(conf_writer& conf, const conf_input& input, const node_tuning& tuning) {
  conf.option("server", 1);
  conf.option("rpcthreads", tuning.rpc_threads);
  // Everybody may connect, as far as the cluster's NetworkPolicies let them; nobody gets far
  // without a password.
  conf.option("rpcallowip", "0.0.0.0/0");
  conf.option("rpcallowip", "::/0");
  conf.option("rpcauth", rpcauth_value(input.user, input.network_uid));
  conf.option("rpcauth",
              rpcauth_value(controller_credentials(input.user.password, input.network_uid),
                            input.network_uid));
  conf.option("rpcwhitelist", controller_whitelist(*input.chain));
  // Whom no whitelist names, the user and the cookie of the probes, may call everything.
  conf.option("rpcwhitelistdefault", 0);
}

void write_network(conf_writer& conf) {
  conf.option("discover", 0);
  conf.option("dnsseed", 0);
  conf.option("fixedseeds", 0);
  conf.option("listen", 1);
  conf.option("listenonion", 0);
  conf.option("natpmp", 0);
}

}  // namespace

std::optional<secret_text> render_bitcoin_conf(const conf_input& input) {
  if (!rpc_user_problem(input.user.user.reveal()).empty()
      || !rpc_password_problem(input.user.password.reveal()).empty()) {
    return std::nullopt;
  }
  const auto& chain = *input.chain;
  const auto tuning = tuning_of(input.limits);
  conf_writer conf;
  conf.comment("Made by bitcoin-controller from the BitcoinNetwork and its Secret.");
  conf.option("chain", chain.name);
  conf.option("printtoconsole", 1);
  conf.option("nodebuglogfile", 1);
  conf.option("dbcache", tuning.dbcache_mib);
  conf.option("maxmempool", tuning.maxmempool_mb);
  if (chain.can_mine) {
    conf.option("fallbackfee", "0.0001");  // a chain without traffic has no fee to estimate
  }
  write_network(conf);
  write_rpc(conf, input, tuning);
  conf.section(chain.name);
  conf.option("port", chain.p2p_port);
  conf.option("bind", "0.0.0.0:" + std::to_string(chain.p2p_port));
  conf.option("rpcport", chain.rpc_port);
  conf.option("rpcbind", "0.0.0.0");
  return conf.take();
}

}  // namespace btc::bitcoin
