#include "test/support/test_certificates.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <memory>
#include <stdexcept>

namespace btc::test {

namespace {

template <auto Free>
struct freed {
  template <class T>
  void operator()(T* p) const noexcept {
    Free(p);
  }
};
using key_ptr = std::unique_ptr<EVP_PKEY, freed<EVP_PKEY_free>>;
using x509_ptr = std::unique_ptr<X509, freed<X509_free>>;
using bio_ptr = std::unique_ptr<BIO, freed<BIO_free>>;

void must(bool done, const char* what) {
  if (!done) {
    throw std::runtime_error(std::string{"OpenSSL: "} + what);
  }
}

[[nodiscard]] std::string text_of(BIO* bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

[[nodiscard]] std::string pem_of(X509* certificate) {
  const bio_ptr bio{BIO_new(BIO_s_mem())};
  must(PEM_write_bio_X509(bio.get(), certificate) == 1, "write certificate");
  return text_of(bio.get());
}

[[nodiscard]] std::string pem_of(EVP_PKEY* key) {
  const bio_ptr bio{BIO_new(BIO_s_mem())};
  must(PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
       "write key");
  return text_of(bio.get());
}

[[nodiscard]] bio_ptr reading(const std::string& pem) {
  return bio_ptr{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
}

[[nodiscard]] x509_ptr read_certificate(const issued& from) {
  const auto text = reading(from.certificate);
  x509_ptr out{PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr)};
  must(out != nullptr, "read a certificate");
  return out;
}

[[nodiscard]] key_ptr read_key(const issued& from) {
  const auto text = reading(from.key);
  key_ptr out{PEM_read_bio_PrivateKey(text.get(), nullptr, nullptr, nullptr)};
  must(out != nullptr, "read a key");
  return out;
}

void add_name(X509_NAME* name, const char* field, const std::string& value) {
  if (!value.empty()) {
    must(X509_NAME_add_entry_by_txt(name,
                                    field,
                                    MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(value.c_str()),
                                    -1,
                                    -1,
                                    0)
             == 1,
         field);
  }
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  if (value.empty()) {
    return;
  }
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  auto* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  must(extension != nullptr, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

/// All but issuer and signature.
[[nodiscard]] x509_ptr draft(const certificate_wish& wish, EVP_PKEY* key) {
  static std::atomic<long> serial{1};
  x509_ptr out{X509_new()};
  constexpr long version_3 = 2;
  X509_set_version(out.get(), version_3);
  ASN1_INTEGER_set(X509_get_serialNumber(out.get()), serial++);
  X509_gmtime_adj(X509_getm_notBefore(out.get()), wish.begins_in_seconds);
  X509_gmtime_adj(X509_getm_notAfter(out.get()), wish.ends_in_seconds);
  X509_set_pubkey(out.get(), key);
  add_name(X509_get_subject_name(out.get()), "O", wish.organization);
  add_name(X509_get_subject_name(out.get()), "CN", wish.common_name);
  return out;
}

}  // namespace

namespace {

/// Signed by `above`, or by itself where there is none.
[[nodiscard]] issued make_authority(const std::string& name, const issued* above) {
  const key_ptr key{EVP_EC_gen("P-256")};
  must(key != nullptr, "make a key");
  const auto certificate = draft({.common_name = name, .names = ""}, key.get());
  const auto issuer = above == nullptr ? nullptr : read_certificate(*above);
  const auto issuer_key = above == nullptr ? nullptr : read_key(*above);
  X509* const signer = above == nullptr ? certificate.get() : issuer.get();
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(signer));
  const auto extend = [&](int nid, const char* value) {
    add_extension(certificate.get(), signer, nid, value);
  };
  extend(NID_basic_constraints, "critical,CA:TRUE");
  extend(NID_key_usage, "critical,keyCertSign,cRLSign");
  // Two authorities have one name, as after a rotation: only this tells them apart.
  extend(NID_subject_key_identifier, "hash");
  EVP_PKEY* const signing = above == nullptr ? key.get() : issuer_key.get();
  must(X509_sign(certificate.get(), signing, EVP_sha256()) > 0, "sign");
  return {pem_of(certificate.get()), pem_of(key.get())};
}

}  // namespace

test_authority::test_authority() : self_(make_authority("test authority", nullptr)) {}

test_authority::test_authority(const test_authority* above)
    : self_(make_authority("issuing test authority", &above->self_)) {}

issued test_authority::issue(const certificate_wish& wish) const {
  const auto own = read_certificate(self_);
  const auto own_key = read_key(self_);
  const key_ptr key{EVP_EC_gen("P-256")};
  must(key != nullptr, "make a key");
  const auto certificate = draft(wish, key.get());
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(own.get()));
  add_extension(certificate.get(), own.get(), NID_subject_alt_name, wish.names);
  add_extension(certificate.get(), own.get(), NID_authority_key_identifier, "keyid:always");
  must(X509_sign(certificate.get(), own_key.get(), EVP_sha256()) > 0, "sign");
  return {pem_of(certificate.get()), pem_of(key.get())};
}

}  // namespace btc::test
