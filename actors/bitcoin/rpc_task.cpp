#include "actors/bitcoin/rpc_task.hpp"

#include <algorithm>
#include <utility>

namespace btc::bitcoin {

namespace {

/// Calls at the end of a connect batch that ask what came of it.
constexpr std::size_t closing_questions = 2;

[[nodiscard]] rpc_result result_of(const k8s::api_error& error) noexcept {
  if (error.reason() == k8s::reason_timeout) {
    return rpc_result::timeout;
  }
  if (error.is_unreachable()) {
    return rpc_result::unreachable;
  }
  const bool answered =
      error.reason() == k8s::reason_malformed || error.reason() == k8s::reason_too_large;
  return answered ? rpc_result::malformed : rpc_result::lost;
}

[[nodiscard]] rpc_result result_of(rpc_verdict v) noexcept {
  switch (v) {
    case rpc_verdict::done:
    case rpc_verdict::already_so:
      return rpc_result::ok;
    case rpc_verdict::warming_up:
      return rpc_result::warming_up;
    case rpc_verdict::unauthorized:
      return rpc_result::unauthorized;
    case rpc_verdict::forbidden:
      return rpc_result::forbidden;
    case rpc_verdict::refused:
      return rpc_result::refused;
    case rpc_verdict::malformed:
      break;
  }
  return rpc_result::malformed;
}

template <class Answer>
[[nodiscard]] Answer failed(rpc_result result, const std::string& trouble) {
  Answer out;
  out.result = result;
  out.trouble = trouble;
  return out;
}

template <class Answer>
[[nodiscard]] Answer failed(const rpc_outcome& outcome) {
  return failed<Answer>(result_of(outcome.verdict),
                        std::string{to_string(outcome.verdict)} + ": " + outcome.message);
}

template <class Answer>
[[nodiscard]] Answer failed(const k8s::api_error& error) {
  return failed<Answer>(result_of(error), error.message());
}

template <class Answer>
[[nodiscard]] Answer unknown_shape() {
  return failed<Answer>(rpc_result::malformed, "an answer of a shape that no bitcoind gives");
}

}  // namespace

std::vector<rpc_call> poll_calls(bool crowded) {
  std::vector<rpc_call> calls{{"getblockchaininfo"}, {"getnetworkinfo"}, {"getaddednodeinfo"}};
  if (crowded) {
    calls.push_back({"getpeerinfo"});
  }
  return calls;
}

std::vector<rpc_call> connect_calls(std::vector<rpc_call> told) {
  told.resize(std::min(told.size(), rpc_batch_calls_max - closing_questions));
  told.push_back({"getnetworkinfo"});
  told.push_back({"getaddednodeinfo"});
  return told;
}

poll_answer read_poll(const k8s::result<rpc_response>& answer, std::size_t calls) {
  if (!answer) {
    return failed<poll_answer>(answer.error());
  }
  const auto outcomes = parse_answer(answer->status, answer->body, calls);
  for (const auto& outcome : outcomes) {
    if (outcome.verdict != rpc_verdict::done) {
      return failed<poll_answer>(outcome);
    }
  }
  auto chain = decode_blockchain_info(outcomes[0].result);
  auto network = decode_network_info(outcomes[1].result);
  auto listed = decode_added_nodes(outcomes[2].result);
  const bool with_peers = calls == poll_calls(true).size();
  auto peers = with_peers ? decode_peers(outcomes.back().result) : std::nullopt;
  if (!chain || !network || !listed || (with_peers && !peers)) {
    return unknown_shape<poll_answer>();
  }
  return {rpc_result::ok, {}, *std::move(chain), *network, *std::move(listed), std::move(peers)};
}

connect_answer read_connect(const k8s::result<rpc_response>& answer, std::size_t calls) {
  if (!answer) {
    return failed<connect_answer>(answer.error());
  }
  const auto outcomes = parse_answer(answer->status, answer->body, calls);
  for (const auto& outcome : {outcomes.at(calls - closing_questions), outcomes.at(calls - 1)}) {
    if (outcome.verdict != rpc_verdict::done) {
      return failed<connect_answer>(outcome);
    }
  }
  auto network = decode_network_info(outcomes[calls - closing_questions].result);
  auto listed = decode_added_nodes(outcomes[calls - 1].result);
  if (!network || !listed) {
    return unknown_shape<connect_answer>();
  }
  return {rpc_result::ok, {}, *network, *std::move(listed)};
}

call_answer read_call(const k8s::result<rpc_response>& answer) {
  if (!answer) {
    return failed<call_answer>(answer.error());
  }
  auto outcome = std::move(parse_answer(answer->status, answer->body, 1).front());
  if (outcome.verdict != rpc_verdict::done) {
    return failed<call_answer>(outcome);
  }
  return {rpc_result::ok, {}, std::move(outcome.result)};
}

}  // namespace btc::bitcoin
