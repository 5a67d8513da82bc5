#include "k8s/io/tls.hpp"

#include "k8s/io/connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl.hpp>

namespace btc::k8s::io {

namespace ssl = boost::asio::ssl;

namespace {

[[nodiscard]] std::string read_pem(const pem_source& source,
                                   const host_access& host,
                                   const char* what) {
  if (source.file.empty()) {
    return source.data;
  }
  auto text = host.read_file(source.file);
  if (!text) {
    throw config_error(std::string{"cannot read "} + what + ' ' + source.file);
  }
  if (text->empty()) {  // as good as no file, which would mean the system's certificates
    throw config_error(std::string{what} + ' ' + source.file + " is empty; give PEM");
  }
  return std::move(*text);
}

/// Runs one step of the set-up and says which material it was that OpenSSL refused.
template <class Step>
void use(const pem_source& source, const char* what, Step step) {
  boost::system::error_code ec;
  step(ec);
  if (ec) {
    throw config_error(std::string{what} + ' ' + (source.file.empty() ? "(inline)" : source.file)
                       + " is not usable: " + ec.message() + "; give PEM");
  }
}

}  // namespace

tls_material::tls_material(const cluster_config& cluster, host_access host)
    : cluster_(cluster), host_(std::move(host)) {
  if (cluster_.tls) {
    contents_ = read();
    context_ = build(contents_);
  }
}

bool tls_material::reload() {
  if (!cluster_.tls) {
    return false;
  }
  auto fresh = read();
  if (fresh == contents_) {
    return false;
  }
  context_ = build(fresh);
  contents_ = std::move(fresh);
  session_.reset();
  return true;
}

void tls_material::remember(const connection& c) {
  SSL* const ssl = c.ssl();
  if (ssl == nullptr || SSL_get_SSL_CTX(ssl) != context_->native_handle()
      || (session_ != nullptr && SSL_session_reused(ssl) == 1)) {
    return;
  }
  if (SSL_SESSION_is_resumable(SSL_get0_session(ssl)) == 1) {
    session_.reset(SSL_get1_session(ssl));
  }
}

tls_material::contents tls_material::read() const {
  return {read_pem(cluster_.ca, host_, "certificate-authority"),
          read_pem(cluster_.client_certificate, host_, "client-certificate"),
          read_pem(cluster_.client_key, host_, "client-key")};
}

std::string tls_material::expired_client_certificate() const {
  const X509* certificate =
      context_ == nullptr ? nullptr : SSL_CTX_get0_certificate(context_->native_handle());
  if (certificate == nullptr || X509_cmp_current_time(X509_get0_notAfter(certificate)) > 0) {
    return {};
  }
  const auto& file = cluster_.client_certificate.file;
  return "client-certificate " + (file.empty() ? "(inline)" : file)
         + " has expired; give a certificate that is valid today";
}

std::shared_ptr<ssl::context> tls_material::build(const contents& c) const {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  auto* const handle = context->native_handle();
  SSL_CTX_set_min_proto_version(handle, TLS1_2_VERSION);
  // A connection that waits holds no buffers; one system call reads all that is there.
  SSL_CTX_set_mode(handle,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE
                       | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(handle, 1);
  if (cluster_.insecure_skip_tls_verify) {
    context->set_verify_mode(ssl::verify_none);
  } else {
    context->set_verify_mode(ssl::verify_peer);
    // Whom the cluster names is trusted, be it a root or an authority below one: as Go has it, and
    // as clusters whose authority was signed by a company's root need it.
    X509_STORE_set_flags(SSL_CTX_get_cert_store(handle), X509_V_FLAG_PARTIAL_CHAIN);
    use(cluster_.ca, "certificate-authority", [&](auto& ec) {
      if (c.ca.empty()) {
        context->set_default_verify_paths(ec);
      } else {
        context->add_certificate_authority(boost::asio::buffer(c.ca), ec);
      }
    });
  }
  if (!c.certificate.empty()) {
    use(cluster_.client_certificate, "client-certificate", [&](auto& ec) {
      context->use_certificate_chain(boost::asio::buffer(c.certificate), ec);
    });
    use(cluster_.client_key, "client-key", [&](auto& ec) {
      context->use_private_key(boost::asio::buffer(c.key), ssl::context::pem, ec);
    });
  }
  return context;
}

}  // namespace btc::k8s::io
