#pragma once

#include "actors/bitcoin/rpc_transport.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace btc::test {

/// A POST to a bitcoind that waits for the test's answer.
struct fake_post {
  bitcoin::rpc_request request{};
  std::chrono::milliseconds deadline{};
  bitcoin::rpc_transport::response_handler done{};

  void answer(int status, std::string body) const {
    done(bitcoin::rpc_response{status, std::move(body)});
  }
  void fail(k8s::api_error error) const { done(std::move(error)); }

  /// "10.0.0.1:18443"
  [[nodiscard]] std::string to() const { return request.host + ':' + std::to_string(request.port); }
  /// The batch that it is.
  [[nodiscard]] nlohmann::json calls() const {
    return nlohmann::json::parse(request.body, nullptr, false);
  }
  [[nodiscard]] std::vector<std::string> methods() const {
    std::vector<std::string> out;
    for (const auto& call : calls()) {
      out.push_back(call.value("method", ""));
    }
    return out;
  }
};

/// Records what the controller asks of nodes and lets the test answer when and how it wants.
class fake_rpc final : public bitcoin::rpc_transport {
 public:
  void post(bitcoin::rpc_request r,
            std::chrono::milliseconds deadline,
            response_handler done) override {
    posts.push_back({std::move(r), deadline, std::move(done)});
  }

  /// The oldest POST without an answer; the caller answers it. Fails the test when there is none.
  [[nodiscard]] fake_post take() {
    if (posts.empty()) {
      ADD_FAILURE() << "no POST waits for an answer";
      return {.done = [](auto&&) {}};
    }
    auto out = std::move(posts.front());
    posts.pop_front();
    return out;
  }

  std::deque<fake_post> posts{};
};

}  // namespace btc::test
