#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace btc::bitcoin {

// bitcoind's JSON-RPC over HTTP without a socket: what is sent, and what an answer means. Source:
// Bitcoin Core, doc/JSON-RPC-interface.md, src/httprpc.cpp, src/rpc/protocol.h; answers of a
// bitcoind 29.4 are in the tests.

/// Largest answer that is read. getpeerinfo of 125 peers, the longest that we ask for, has 200 KB.
inline constexpr std::size_t rpc_answer_bytes_max = 4U << 20U;
/// Calls in one batch: bitcoind works on them one after the other in one of its few RPC threads.
inline constexpr std::size_t rpc_batch_calls_max = 32;

/// One call; `params` by position.
struct rpc_call {
  std::string method{};
  nlohmann::json params = nlohmann::json::array();

  friend bool operator==(const rpc_call&, const rpc_call&) = default;
};

// The calls that change something. Addresses are "host:port".

/// Puts an address on the list that bitcoind keeps connected.
[[nodiscard]] rpc_call add_node(std::string_view address);
/// Takes it off again; the connection lives on until disconnect_node().
[[nodiscard]] rpc_call remove_node(std::string_view address);
/// Connects once and now: bitcoind looks at the list only once a minute after it has tried. Blocks
/// the RPC thread for as long as connecting takes, 5 s at most (-timeout).
[[nodiscard]] rpc_call try_node(std::string_view address);
[[nodiscard]] rpc_call disconnect_node(std::string_view address);
/// Ends one connection, by its id in getpeerinfo: of two to the same address the other one stays.
[[nodiscard]] rpc_call disconnect_peer(std::int64_t id);
/// Makes one block whose reward everybody may spend (the script is OP_TRUE): the controller has no
/// wallet and owns no coin.
[[nodiscard]] rpc_call generate_block();
[[nodiscard]] rpc_call block_header(std::string_view hash);

/// The body of a POST: a JSON-RPC 2.0 batch whose ids are the positions. At most
/// `rpc_batch_calls_max` calls, the rest is the caller's next batch.
[[nodiscard]] std::string batch_body(const std::vector<rpc_call>& calls);

/// What the caller does about an outcome.
enum class rpc_verdict : std::uint8_t {
  done,          ///< a result
  already_so,    ///< an error that says it was so before: -23, -24, -29; counts as success
  warming_up,    ///< -28 or HTTP 503 (loading, work queue full, going down): ask again later
  unauthorized,  ///< HTTP 401: read the Secret again; or this is a node of another network
  forbidden,     ///< HTTP 403: the method is not on our whitelist, or our address not on rpcallowip
  refused,       ///< any other RPC error
  malformed,     ///< no JSON-RPC answer: something else listens there, or it was cut off
};

[[nodiscard]] std::string_view to_string(rpc_verdict v) noexcept;

/// How one call ended.
struct rpc_outcome {
  rpc_verdict verdict{rpc_verdict::malformed};
  nlohmann::json result{};  ///< null unless `done`
  int code{0};              ///< RPC error code, 0 when there is none
  std::string message{};    ///< short, printable, for logs and conditions; never a credential
};

/// The outcomes of a batch of `calls` calls: always that many, in their order.
///
/// The body decides and the HTTP status only where the body says nothing: bitcoind answers errors
/// with 200 in 2.0 and in batches, with 500 or 404 in 1.x. Entries are matched by id; 1.0 ("error":
/// null beside the result) and 2.0 are both understood. An error for the batch as a whole is the
/// outcome of every call.
[[nodiscard]] std::vector<rpc_outcome> parse_answer(int http_status,
                                                    std::string_view body,
                                                    std::size_t calls);

}  // namespace btc::bitcoin
