#include "test/sim/serve/tokens.hpp"

#include "test/sim/cluster/api.hpp"
#include "test/sim/cluster/base64.hpp"

#include <nlohmann/json.hpp>
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <stdexcept>

namespace btc::sim {

namespace {

constexpr std::size_t key_bytes = 32;
constexpr std::size_t token_bytes_max = 8192;
constexpr const char* issuer = "https://kubernetes.default.svc";

[[nodiscard]] json to_payload(const token_claims& c) {
  json about = {{"namespace", c.ns},
                {"serviceaccount", {{"name", c.account}, {"uid", c.account_uid}}}};
  if (!c.secret.empty()) {
    about["secret"] = {{"name", c.secret}, {"uid", c.secret_uid}};
  }
  return {{"aud", json::array({issuer})},
          {"iss", issuer},
          {"sub", c.user()},
          {"iat", c.issued_at.time_since_epoch().count()},
          {"nbf", c.issued_at.time_since_epoch().count()},
          {"exp", c.expires_at.time_since_epoch().count()},
          {"kubernetes.io", std::move(about)}};
}

[[nodiscard]] token_claims from_payload(const json& payload) {
  const auto& about = payload.at("kubernetes.io");
  const auto& account = about.at("serviceaccount");
  const auto time = [&payload](const char* name) {
    return std::chrono::sys_seconds{std::chrono::seconds{payload.at(name).get<std::int64_t>()}};
  };
  token_claims claims{about.at("namespace"),
                      account.at("name"),
                      account.at("uid"),
                      time("iat"),
                      time("exp"),
                      {},
                      {}};
  if (const auto secret = about.find("secret"); secret != about.end()) {
    claims.secret = secret->at("name");
    claims.secret_uid = secret->at("uid");
  }
  return claims;
}

}  // namespace

token_office::token_office() : key_(key_bytes, '\0') {
  if (RAND_bytes(reinterpret_cast<unsigned char*>(key_.data()), static_cast<int>(key_.size()))
      != 1) {
    throw std::runtime_error("OpenSSL has no random bytes for the key of tokens");
  }
}

std::string token_office::sign(std::string_view text) const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  HMAC(EVP_sha256(),
       key_.data(),
       static_cast<int>(key_.size()),
       reinterpret_cast<const unsigned char*>(text.data()),
       text.size(),
       digest.data(),
       &length);
  return base64_url({reinterpret_cast<const char*>(digest.data()), length});
}

std::string token_office::issue(const token_claims& claims) const {
  const json head = {{"alg", "HS256"}, {"typ", "JWT"}};
  const auto text = base64_url(head.dump()) + '.' + base64_url(to_payload(claims).dump());
  return text + '.' + sign(text);
}

std::optional<token_claims> token_office::check(std::string_view token,
                                                std::chrono::sys_seconds now) const {
  const auto dot = token.rfind('.');
  if (token.size() > token_bytes_max || dot == std::string_view::npos) {
    return std::nullopt;
  }
  const auto text = token.substr(0, dot);
  const auto given = token.substr(dot + 1);
  const auto expected = sign(text);
  if (given.size() != expected.size()
      || CRYPTO_memcmp(given.data(), expected.data(), given.size()) != 0) {
    return std::nullopt;
  }
  const auto payload = decode_base64(text.substr(text.find('.') + 1));
  const auto parsed = json::parse(payload.value_or(""), nullptr, false);
  if (parsed.is_discarded()) {
    return std::nullopt;
  }
  auto claims = from_payload(parsed);  // ours by its signature, so its shape is known
  return now < claims.expires_at ? std::optional{std::move(claims)} : std::nullopt;
}

}  // namespace btc::sim
