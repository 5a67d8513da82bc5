#pragma once

#include "k8s/meta.hpp"

#include <string>
#include <string_view>

namespace btc::reconcile {

// Names of a network's children and the labels that tie them to it. The Go controller that this
// one replaces used the same, so its objects are recognised.

inline constexpr std::string_view service_suffix = "-svc";
inline constexpr std::string_view stateful_set_suffix = "-sts";

[[nodiscard]] inline std::string service_name(std::string_view network) {
  return std::string{network}.append(service_suffix);
}
[[nodiscard]] inline std::string stateful_set_name(std::string_view network) {
  return std::string{network}.append(stateful_set_suffix);
}
/// The Secret with generated RPC credentials, made only when spec.secret is empty.
[[nodiscard]] inline std::string rpc_secret_name(std::string_view network) {
  return std::string{network} + "-rpc";
}

/// The Secret with bitcoin.conf.
[[nodiscard]] inline std::string conf_secret_name(std::string_view network) {
  return std::string{network} + "-conf";
}

inline constexpr std::string_view label_app = "app";
inline constexpr std::string_view label_name = "app.kubernetes.io/name";
inline constexpr std::string_view label_instance = "app.kubernetes.io/instance";
inline constexpr std::string_view label_managed_by = "app.kubernetes.io/managed-by";
inline constexpr std::string_view managed_by = "bitcoin-controller";
/// Selects what we made: the watches of children transfer nothing else.
inline constexpr std::string_view managed_selector =
    "app.kubernetes.io/managed-by=bitcoin-controller";

/// Annotation on every child: "<shape>-<content>", see digest.hpp.
inline constexpr std::string_view applied_annotation =
    "bitcoincontroller.christianb93.github.com/applied-configuration";

/// Annotation on the pods and on Secret `<name>-conf`: which bitcoin.conf, see
/// configuration_mark.hpp.
inline constexpr std::string_view configuration_annotation =
    "bitcoincontroller.christianb93.github.com/configuration";

/// Keys of the Secret with RPC credentials, as the Go controller named them.
inline constexpr std::string_view secret_user_key = "BC_RPC_USER";
inline constexpr std::string_view secret_password_key = "BC_RPC_PASSWORD";

/// The network that has to hear of `object`: the one whose child or pod would have this name; empty
/// when there is none. The name, because nobody can change it: from an object whose owner and
/// labels a user took away, nobody else would hear that it went. And a child of another name is
/// none of ours. Only a routing hint: decide() checks ownership by uid.
[[nodiscard]] k8s::object_key owner_key(const k8s::object& object);

}  // namespace btc::reconcile
