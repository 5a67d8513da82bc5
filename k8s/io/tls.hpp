#pragma once

#include "k8s/io/cluster_config.hpp"

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

namespace btc::k8s::io {

class connection;

/// Certificates and keys as they were last read, and the TLS context made of them.
class tls_material {
 public:
  tls_material(const cluster_config& cluster, host_access host);

  /// Reads the files again and makes a new context if their bytes changed; true when it did. On
  /// failure the old context stays, and the error is thrown as config_error.
  bool reload();

  /// A sentence that names the client certificate when it is out of date; else empty.
  [[nodiscard]] std::string expired_client_certificate() const;

  /// Keeps the session of a connection that has served, so that later ones resume it: neither side
  /// has to prove itself once more. It is bound to the context, so new certificates end it.
  void remember(const connection& c);
  /// To be offered by the next connection; may be nullptr.
  [[nodiscard]] SSL_SESSION* session() const noexcept { return session_.get(); }

  /// nullptr for a cluster without TLS. Connections keep the context that they were made with.
  [[nodiscard]] std::shared_ptr<boost::asio::ssl::context> context() const noexcept {
    return context_;
  }

 private:
  struct contents {
    std::string ca{};
    std::string certificate{};
    std::string key{};
    friend bool operator==(const contents&, const contents&) = default;
  };
  [[nodiscard]] contents read() const;
  [[nodiscard]] std::shared_ptr<boost::asio::ssl::context> build(const contents& c) const;

  const cluster_config& cluster_;
  host_access host_;
  contents contents_{};
  std::shared_ptr<boost::asio::ssl::context> context_{};
  struct free_session {
    void operator()(SSL_SESSION* s) const noexcept { SSL_SESSION_free(s); }
  };
  std::unique_ptr<SSL_SESSION, free_session> session_{};
};

}  // namespace btc::k8s::io
