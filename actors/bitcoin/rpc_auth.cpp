#include "actors/bitcoin/rpc_auth.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>

namespace btc::bitcoin {

namespace {

/// As many as rpcauth.py draws.
constexpr std::size_t salt_hex_digits = 32;

[[nodiscard]] const unsigned char* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}

struct free_context {
  void operator()(EVP_MAC_CTX* c) const noexcept { EVP_MAC_CTX_free(c); }
};

/// HMAC-SHA-256 without a key, to be copied: looking the algorithms up takes OpenSSL 3 longer than
/// the computation.
[[nodiscard]] const std::unique_ptr<EVP_MAC_CTX, free_context>& keyless_hmac() {
  static const auto context = [] {
    const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> mac{
        EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr), &EVP_MAC_free};
    std::unique_ptr<EVP_MAC_CTX, free_context> made{mac == nullptr ? nullptr
                                                                   : EVP_MAC_CTX_new(mac.get())};
    std::string digest{OSSL_DIGEST_NAME_SHA2_256};
    const std::array parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
        OSSL_PARAM_construct_end()};
    if (made == nullptr || EVP_MAC_CTX_set_params(made.get(), parameters.data()) != 1) {
      throw std::runtime_error("HMAC-SHA256 is not available");
    }
    return made;
  }();
  return context;
}

[[nodiscard]] bool is_printable_ascii(char c) noexcept {
  return c >= ' ' && c <= '~';
}

}  // namespace

std::string rpc_user_problem(std::string_view user) {
  if (user.empty()) {
    return "is empty";
  }
  if (user.size() > rpc_user_bytes_max) {
    return "is longer than " + std::to_string(rpc_user_bytes_max) + " bytes";
  }
  if (!std::all_of(user.begin(), user.end(), is_printable_ascii)) {
    return "has a character that is not printable ASCII (a line break at the end, perhaps)";
  }
  if (user.find_first_of(":$#") != std::string_view::npos) {
    return "has one of the characters : $ #, which bitcoin.conf gives a meaning";
  }
  if (user.front() == ' ' || user.back() == ' ') {
    return "begins or ends with a space, which bitcoin.conf drops";
  }
  if (user == controller_user || user == cookie_user) {
    return "is the name of a user that the controller or bitcoind makes itself";
  }
  return {};
}

std::string rpc_password_problem(std::string_view password) {
  if (password.empty()) {
    return "is empty";
  }
  if (password.size() > rpc_password_bytes_max) {
    return "is longer than " + std::to_string(rpc_password_bytes_max) + " bytes";
  }
  return {};
}

std::string hmac_sha256_hex(std::string_view key, std::string_view message) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  std::size_t size = 0;
  const std::unique_ptr<EVP_MAC_CTX, free_context> context{EVP_MAC_CTX_dup(keyless_hmac().get())};
  if (context == nullptr || EVP_MAC_init(context.get(), bytes_of(key), key.size(), nullptr) != 1
      || EVP_MAC_update(context.get(), bytes_of(message), message.size()) != 1
      || EVP_MAC_final(context.get(), mac.data(), &size, mac.size()) != 1) {
    throw std::runtime_error("HMAC-SHA256 is not available");
  }
  std::string hex;
  hex.reserve(2 * size);
  for (std::size_t i = 0; i < size; ++i) {
    hex += digits[mac[i] >> 4U];
    hex += digits[mac[i] & 0xfU];
  }
  return hex;
}

std::string rpcauth_value(const rpc_credentials& credentials, std::string_view network_uid) {
  const auto salt =
      hmac_sha256_hex(credentials.password.reveal(), network_uid).substr(0, salt_hex_digits);
  std::string value{credentials.user.reveal()};
  value += ':';
  value += salt;
  value += '$';
  value += hmac_sha256_hex(salt, credentials.password.reveal());
  return value;
}

rpc_credentials controller_credentials(const secret_text& user_password,
                                       std::string_view network_uid) {
  // The prefix keeps it apart from the salt, which is public to whoever reads bitcoin.conf.
  auto message = std::string{controller_user} + ' ';
  message += network_uid;
  return {secret_text{std::string{controller_user}},
          secret_text{hmac_sha256_hex(user_password.reveal(), message)}};
}

secret_text basic_authorization(const rpc_credentials& credentials) {
  constexpr std::string_view scheme = "Basic ";
  std::string plain;
  plain.reserve(credentials.user.reveal().size() + 1 + credentials.password.reveal().size());
  plain += credentials.user.reveal();
  plain += ':';
  plain += credentials.password.reveal();
  const secret_text joined{std::move(plain)};
  const auto bytes = joined.reveal();
  const auto encoded_size = (bytes.size() + 2) / 3 * 4;
  std::string header{scheme};
  header.resize(scheme.size() + encoded_size + 1);  // EVP_EncodeBlock ends with a NUL
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(header.data() + scheme.size()),
                  bytes_of(bytes),
                  static_cast<int>(bytes.size()));
  header.pop_back();
  return secret_text{std::move(header)};
}

}  // namespace btc::bitcoin
