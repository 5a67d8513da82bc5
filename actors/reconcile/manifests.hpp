#pragma once

#include "actors/bitcoin/rpc_auth.hpp"
#include "actors/reconcile/configuration_mark.hpp"
#include "actors/reconcile/digest.hpp"
#include "k8s/bitcoin_network.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace btc::reconcile {

/// A child as it should be: exactly the fields that we own.
struct manifest {
  nlohmann::json json{};  ///< carries `digest` as annotation
  reconcile::digest digest{};
};

/// The document alone, for a request: kept alive with its manifest, and never copied.
[[nodiscard]] inline std::shared_ptr<const nlohmann::json> document_of(
    const std::shared_ptr<const manifest>& m) {
  return {m, &m->json};
}

/// The children of a valid network, as they should be. Each manifest is made when it is first asked
/// for, and only its digest kept at rest: a decision that only looks at the Secrets, or finds a
/// child as it was last written, pays for none. The same input gives the same bytes in every
/// process, so making one late, or twice, changes nothing.
///
/// Belongs to one actor. Requests share the documents, which never change once they are made.
class desired_children {
 public:
  using user_ptr = std::shared_ptr<const bitcoin::rpc_credentials>;

  /// `user`: the credentials in the network's Secret; nullptr while they are not known or of no
  /// use. Then the pods keep the mark that they have in `seen`, so that all else can be put right
  /// and no pod restarts because a Secret went.
  /// `before`: what was wanted of the same version of the network under other credentials, or
  /// nullptr. What does not depend on them is taken over.
  desired_children(std::shared_ptr<const k8s::bitcoin_network> network,
                   user_ptr user,
                   const seen_configuration& seen,
                   const desired_children* before = nullptr);

  /// Made with the very credentials.
  [[nodiscard]] bool is_for(const bitcoin::rpc_credentials& user) const noexcept {
    return user_ != nullptr && *user_ == user;
  }

  [[nodiscard]] const std::shared_ptr<const manifest>& service() const;
  [[nodiscard]] const std::shared_ptr<const manifest>& stateful_set() const;
  /// Secret `<name>-conf`; nullptr while the credentials are not known.
  [[nodiscard]] const std::shared_ptr<const manifest>& conf() const;
  [[nodiscard]] const digest& service_digest() const;
  [[nodiscard]] const digest& stateful_set_digest() const;
  [[nodiscard]] const digest& conf_digest() const;
  /// Digest of the bitcoin.conf that the pods are started with (file_digest).
  [[nodiscard]] const std::string& configuration() const noexcept { return configuration_; }
  /// What the Secret with it and the pods carry, see configuration_mark.
  [[nodiscard]] const std::string& mark() const noexcept { return mark_; }

  /// Frees what can be made again. `network`: the newest object of the same version of the spec, so
  /// that no older one is kept.
  void rest(std::shared_ptr<const k8s::bitcoin_network> network) const noexcept;

 private:
  /// A manifest, and its digest from when it was made for the first time.
  struct part {
    std::shared_ptr<const manifest> made{};
    std::optional<reconcile::digest> digest{};

    void take(std::shared_ptr<const manifest> m);
  };

  mutable std::shared_ptr<const k8s::bitcoin_network> network_;
  user_ptr user_;
  std::string configuration_{};
  std::string mark_{};
  mutable part service_{};
  mutable part stateful_set_{};
  mutable part conf_{};
};

/// Name of the Secret with the credentials: spec.secret, or the generated one.
[[nodiscard]] std::string secret_name(const k8s::bitcoin_network& network);

/// `<name>-rpc` with the generated credentials, owned by the network. Not one of the
/// desired_children: its content is random, so it is made once and never compared.
[[nodiscard]] nlohmann::json rpc_secret_manifest(const k8s::bitcoin_network& network,
                                                 const std::string& password);

/// P2P and RPC ports of a chain; those of regtest for one that is unknown.
struct chain_ports {
  int rpc{0};
  int p2p{0};
};
[[nodiscard]] chain_ports ports_of(std::string_view chain) noexcept;

}  // namespace btc::reconcile
