#include "actors/reconcile/conf_file.hpp"

#include "actors/bitcoin/bitcoin_conf.hpp"
#include "actors/bitcoin/chain_params.hpp"
#include "k8s/json_fields.hpp"
#include "k8s/quantity.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace btc::reconcile {

namespace {

/// A limit of the container in units of `unit`; nothing where there is none. What is larger than
/// any machine is clamped, so that the conversion to a whole number is defined.
[[nodiscard]] std::optional<std::int64_t> limit_of(const nlohmann::json& resources,
                                                   std::string_view name,
                                                   double unit) {
  constexpr double number_max = 0x1p60;
  const auto* limit = k8s::member(resources, "limits", name);
  if (limit == nullptr) {
    return std::nullopt;
  }
  const auto text = limit->is_string() ? limit->get<std::string>() : limit->dump();
  const auto value = k8s::quantity_value(text);
  if (!value || !(*value > 0)) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(std::min(*value / unit, number_max));
}

}  // namespace

std::optional<bitcoin::secret_text> conf_file(const k8s::bitcoin_network& network,
                                              const bitcoin::rpc_credentials& user) {
  const auto* chain = bitcoin::find_chain(network.spec.chain);
  if (chain == nullptr) {
    return std::nullopt;
  }
  const auto resources = network.spec.resources.unpack();
  return bitcoin::render_bitcoin_conf(
      {chain,
       {limit_of(resources, "memory", 1), limit_of(resources, "cpu", 1e-3)},
       user,
       network.meta.uid});
}

std::string file_digest(std::string_view bytes) {
  constexpr std::size_t digits = 32;
  return bitcoin::hmac_sha256_hex("bitcoin.conf", bytes).substr(0, digits);
}

}  // namespace btc::reconcile
