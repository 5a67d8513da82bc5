#include "actors/bitcoin/rpc.hpp"

#include "k8s/json_fields.hpp"

#include <algorithm>
#include <utility>

namespace btc::bitcoin {

namespace {

using json = nlohmann::json;

// src/rpc/protocol.h
constexpr std::int64_t client_node_already_added = -23;
constexpr std::int64_t client_node_not_added = -24;
constexpr std::int64_t in_warmup = -28;
constexpr std::int64_t client_node_not_connected = -29;

constexpr std::size_t message_bytes_max = 200;
/// Deepest nesting of an answer that we read; getpeerinfo has 4. A bound, because a hostile body
/// could otherwise be nested millions deep.
constexpr int answer_depth_max = 16;

[[nodiscard]] rpc_call address_call(std::string_view method,
                                    std::string_view address,
                                    std::string_view command) {
  auto params = json::array({address});
  if (!command.empty()) {
    params.emplace_back(command);
  }
  return {std::string{method}, std::move(params)};
}

/// One short printable line of whatever a stranger sent.
[[nodiscard]] std::string printable(std::string_view text) {
  std::string line{text.substr(0, message_bytes_max)};
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return line;
}

[[nodiscard]] rpc_verdict verdict_of_code(std::int64_t code) noexcept {
  switch (code) {
    case client_node_already_added:
    case client_node_not_added:
    case client_node_not_connected:
      return rpc_verdict::already_so;
    case in_warmup:
      return rpc_verdict::warming_up;
    default:
      return rpc_verdict::refused;
  }
}

/// An answer without JSON: all that is known is the status.
[[nodiscard]] rpc_outcome outcome_of_status(int http_status) {
  rpc_outcome out;
  out.message = "HTTP " + std::to_string(http_status);
  switch (http_status) {
    case 401:
      out.verdict = rpc_verdict::unauthorized;
      break;
    case 403:
      out.verdict = rpc_verdict::forbidden;
      break;
    case 503:
      out.verdict = rpc_verdict::warming_up;
      break;
    default:
      out.message += " without a JSON-RPC answer";
      break;
  }
  return out;
}

[[nodiscard]] rpc_outcome outcome_of(json& entry) {
  rpc_outcome out;
  if (const auto* error = k8s::member(entry, "error"); error != nullptr) {
    const auto code = k8s::integer_at(*error, "code");
    if (!code || *code < INT32_MIN || *code > INT32_MAX) {
      out.message = "an error without a code";
      return out;
    }
    out.verdict = verdict_of_code(*code);
    out.code = static_cast<int>(*code);
    out.message = printable(k8s::string_at(*error, "message"));
    return out;
  }
  const auto found = entry.find("result");
  if (found == entry.end()) {
    out.message = "neither a result nor an error";
    return out;
  }
  out.verdict = rpc_verdict::done;
  out.result = std::move(*found);
  return out;
}

/// Whether a text nests no deeper than an answer may: the parser has no such bound of its own.
[[nodiscard]] bool is_shallow(std::string_view body) noexcept {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < body.size() && depth <= answer_depth_max; ++i) {
    const char c = body[i];
    if (in_string) {
      i += c == '\\' ? 1U : 0U;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return depth <= answer_depth_max;
}

/// What does not parse, or is too deep to be an answer, becomes a discarded value.
[[nodiscard]] json parse(std::string_view body) {
  return is_shallow(body) ? json::parse(body, nullptr, false) : json(json::value_t::discarded);
}

/// The entries of a batch, each where its id says. What has no id of ours is passed over.
[[nodiscard]] std::vector<rpc_outcome> sorted(json entries, std::size_t calls) {
  rpc_outcome missing;
  missing.message = "no answer to this call";
  std::vector<rpc_outcome> all(calls, missing);
  std::vector<bool> seen(calls, false);
  for (auto& entry : entries) {
    const auto id = k8s::integer_at(entry, "id");
    if (!id || *id < 0 || static_cast<std::size_t>(*id) >= calls) {
      continue;
    }
    const auto at = static_cast<std::size_t>(*id);
    if (!seen[at]) {
      seen[at] = true;
      all[at] = outcome_of(entry);
    }
  }
  return all;
}

/// One outcome for each of a batch's calls.
[[nodiscard]] std::vector<rpc_outcome> repeated(const rpc_outcome& outcome, std::size_t calls) {
  std::vector<rpc_outcome> all;
  all.resize(calls, outcome);
  return all;
}

}  // namespace

rpc_call add_node(std::string_view address) {
  return address_call("addnode", address, "add");
}
rpc_call remove_node(std::string_view address) {
  return address_call("addnode", address, "remove");
}
rpc_call try_node(std::string_view address) {
  return address_call("addnode", address, "onetry");
}
rpc_call disconnect_node(std::string_view address) {
  return address_call("disconnectnode", address, {});
}

rpc_call disconnect_peer(std::int64_t id) {
  return {"disconnectnode", json::array({"", id})};
}

rpc_call generate_block() {
  return {"generatetodescriptor", json::array({1, "raw(51)#8lvh9jxk"})};
}

rpc_call block_header(std::string_view hash) {
  return {"getblockheader", json::array({hash})};
}

std::string batch_body(const std::vector<rpc_call>& calls) {
  const auto text_of = [](const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
  };
  std::string batch = "[";
  for (std::size_t i = 0; i < std::min(calls.size(), rpc_batch_calls_max); ++i) {
    batch += i == 0 ? R"({"id":)" : R"(,{"id":)";
    batch += std::to_string(i);
    batch += R"(,"jsonrpc":"2.0","method":)";
    batch += text_of(calls[i].method);
    batch += R"(,"params":)";
    batch += text_of(calls[i].params);
    batch += '}';
  }
  return batch + ']';
}

std::string_view to_string(rpc_verdict v) noexcept {
  switch (v) {
    case rpc_verdict::done:
      return "done";
    case rpc_verdict::already_so:
      return "already so";
    case rpc_verdict::warming_up:
      return "warming up";
    case rpc_verdict::unauthorized:
      return "unauthorized";
    case rpc_verdict::forbidden:
      return "forbidden";
    case rpc_verdict::refused:
      return "refused";
    case rpc_verdict::malformed:
      return "malformed answer";
  }
  return "unknown";
}

std::vector<rpc_outcome> parse_answer(int http_status, std::string_view body, std::size_t calls) {
  if (body.size() > rpc_answer_bytes_max) {
    rpc_outcome too_large;
    too_large.message = "more than " + std::to_string(rpc_answer_bytes_max) + " bytes";
    return repeated(too_large, calls);
  }
  auto document = parse(body);
  if (document.is_array()) {
    return sorted(std::move(document), calls);
  }
  if (!document.is_object()) {
    return repeated(outcome_of_status(http_status), calls);
  }
  if (document.contains("result") || document.contains("error")) {
    const auto whole = outcome_of(document);
    // A lone result answers a lone call; an error answers them all.
    if (calls == 1 || whole.verdict != rpc_verdict::done) {
      return repeated(whole, calls);
    }
  }
  return repeated(outcome_of_status(http_status), calls);
}

}  // namespace btc::bitcoin
