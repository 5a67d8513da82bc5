#pragma once

#include "actors/bitcoin/rpc_auth.hpp"
#include "k8s/bitcoin_network.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace btc::reconcile {

/// bitcoin.conf for the nodes of a valid network whose Secret holds `user`. The same bytes in every
/// process; nothing for credentials that bitcoind cannot take.
[[nodiscard]] std::optional<bitcoin::secret_text> conf_file(const k8s::bitcoin_network& network,
                                                            const bitcoin::rpc_credentials& user);

/// What a file is told by without being shown: 32 hexadecimal digits. The pods carry it as an
/// annotation, so that another file replaces them.
[[nodiscard]] std::string file_digest(std::string_view bytes);

}  // namespace btc::reconcile
