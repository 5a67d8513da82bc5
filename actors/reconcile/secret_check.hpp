#pragma once

#include "actors/reconcile/observed.hpp"
#include "k8s/payload.hpp"

namespace btc::reconcile {

/// Looks at the Secret with the credentials. `must_be_ours`: it has the generated name; one that
/// the user names is nobody's, or ours: what was made for another network goes with that. Its
/// values are decoded into memory that is wiped when it goes, and leave this function in
/// `credentials` alone; a sentence in `problems` names key and rule, never a value.
[[nodiscard]] secret_view check_secret(const k8s::payload& body,
                                       const k8s::bitcoin_network& network,
                                       bool must_be_ours);

/// Looks at the Secret `<name>-conf`: whose it is, and which file is in it. `written`, if any, is
/// what the Secret was just written from: a file that is the same needs no digest of its own.
[[nodiscard]] conf_view check_conf(const k8s::payload& body,
                                   const k8s::bitcoin_network& network,
                                   const desired_children* written = nullptr);

}  // namespace btc::reconcile
