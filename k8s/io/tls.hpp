#pragma once

#include "k8s/io/cluster_config.hpp"

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

namespace btc::k8s::io {

/// Certificates and keys as they were last read, and the TLS context made of them.
class tls_material {
 public:
  tls_material(const cluster_config& cluster, host_access host);

  /// Reads the files again and makes a new context if their bytes changed; true when it did. On
  /// failure the old context stays, and the error is thrown as config_error.
  bool reload();

  /// A sentence that names the client certificate when it is out of date; else empty.
  [[nodiscard]] std::string expired_client_certificate() const;

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
};

}  // namespace btc::k8s::io
