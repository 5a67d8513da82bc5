#include "actors/secret_check.hpp"

#include "actors/reconcile/names.hpp"
#include "actors/reconcile/ownership.hpp"
#include "k8s/decode.hpp"
#include "k8s/json_fields.hpp"

#include <nlohmann/json.hpp>

namespace btc::actors {

reconcile::secret_view check_secret(const k8s::payload& body,
                                    const k8s::bitcoin_network& network,
                                    bool must_be_ours) {
  using state = reconcile::secret_view::state;
  const auto document = k8s::parse(body, k8s::kind::secret);
  if (!document) {
    return {state::incomplete, {"readable content"}};
  }
  if (must_be_ours) {
    const auto whose = reconcile::ownership_of(k8s::decode_meta(**document), network);
    if (whose != reconcile::ownership::ours) {
      return {whose == reconcile::ownership::predecessor ? state::predecessor : state::foreign, {}};
    }
  }
  reconcile::secret_view view{state::usable, {}};
  for (const auto key : {reconcile::secret_user_key, reconcile::secret_password_key}) {
    const auto* value = k8s::member(**document, "data", key);
    if (value == nullptr || !value->is_string() || value->get_ref<const std::string&>().empty()) {
      view.is = state::incomplete;
      view.missing_keys.emplace_back(key);
    }
  }
  return view;
}

}  // namespace btc::actors
