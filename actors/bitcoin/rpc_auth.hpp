#pragma once

#include "actors/bitcoin/secret_text.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace btc::bitcoin {

/// Name and password of one user of bitcoind's JSON-RPC. Both come from a Secret.
struct rpc_credentials {
  secret_text user{};
  secret_text password{};

  friend bool operator==(const rpc_credentials&, const rpc_credentials&) = default;
};

/// The user that the controller itself speaks as, in every network.
inline constexpr std::string_view controller_user = "bitcoin-controller";
/// The user of bitcoind's own cookie file (src/rpc/request.cpp: COOKIEAUTH_USER).
inline constexpr std::string_view cookie_user = "__cookie__";

/// bitcoind reads at most 8192 bytes of HTTP headers (src/httpserver.cpp: MAX_HEADERS_SIZE), and
/// the credentials travel in one as base64, a third longer.
inline constexpr std::size_t rpc_user_bytes_max = 128;
inline constexpr std::size_t rpc_password_bytes_max = 4096;

/// Why a name cannot be a user of bitcoind; empty when it can. The sentence tells the rule and
/// holds no byte of the name, which is a secret too.
///
/// Refused: ':' and '$', which part the fields of -rpcauth (and ':' those of HTTP's Basic scheme);
/// '#', which begins a comment in bitcoin.conf; what is not printable ASCII, which clients encode
/// each in its own way (RFC 7617, section 2.1); spaces at the ends, which bitcoin.conf drops; the
/// names of the controller's own user and of the cookie.
[[nodiscard]] std::string rpc_user_problem(std::string_view user);

/// The same for a password: any bytes do, but not none and not too many.
[[nodiscard]] std::string rpc_password_problem(std::string_view password);

/// HMAC-SHA256 in lower-case hexadecimal.
[[nodiscard]] std::string hmac_sha256_hex(std::string_view key, std::string_view message);

/// `user:salt$hmac`, the value of -rpcauth, by the algorithm of Bitcoin Core's
/// share/rpcauth/rpcauth.py: hmac = HMAC-SHA256(key = salt's hex digits, password).
///
/// rpcauth.py draws the salt; here it is the first 16 bytes of HMAC-SHA256(key = password, the
/// network's uid), so that every controller at every time renders the same bytes and no pod
/// restarts for a new salt, while two networks with one password still show different hashes.
/// Somebody who can read the hash gains nothing: guessing a password from the salt costs what
/// guessing it from the hash costs.
[[nodiscard]] std::string rpcauth_value(const rpc_credentials& credentials,
                                        std::string_view network_uid);

/// The controller's own user in a network: its password follows from the user's, so that it needs
/// no place to be kept, survives a restart, changes with a rotation, and is another in each
/// network. A pod of another network therefore refuses it, which is how one is told
/// (peer_plan.hpp).
[[nodiscard]] rpc_credentials controller_credentials(const secret_text& user_password,
                                                     std::string_view network_uid);

/// "Basic …", the value of the HTTP header Authorization.
[[nodiscard]] secret_text basic_authorization(const rpc_credentials& credentials);

}  // namespace btc::bitcoin
