#pragma once

#include "test/support/actor_fixture.hpp"

#include <memory>
#include <string>
#include <utility>

namespace btc::test {

/// A stand-in for the api actor: keeps the calls, and the test answers them in order.
class api_probe {
 public:
  explicit api_probe(probe<messages::api_actor> calls) : calls_(std::move(calls)) {}

  [[nodiscard]] const messages::api_actor& handle() const noexcept { return calls_.handle(); }
  /// Calls that were not taken yet.
  [[nodiscard]] std::size_t waiting() const { return calls_.count<messages::api_call>() - taken_; }
  /// The oldest call that was not taken yet. Fails the test when there is none.
  [[nodiscard]] messages::api_call take() {
    const auto all = calls_.all<messages::api_call>();
    if (taken_ >= all.size()) {
      ADD_FAILURE() << "no call waits for an answer";
      return {0, std::make_shared<const k8s::request>(), {}, {}};
    }
    return all[taken_++];
  }

  static void answer(const messages::api_call& call, nlohmann::json body) {
    k8s::payload payload;
    payload.document = std::make_shared<const nlohmann::json>(std::move(body));
    give(call, std::move(payload));
  }
  static void refuse(const messages::api_call& call, k8s::api_error error) {
    give(call, std::move(error));
  }

 private:
  static void give(const messages::api_call& call, k8s::result<k8s::payload> body) {
    if (call.sender) {
      caf::anon_send(
          call.sender,
          messages::api_answer{call.id,
                               std::make_shared<const k8s::result<k8s::payload>>(std::move(body))});
    }
  }

  probe<messages::api_actor> calls_;
  std::size_t taken_{0};
};

}  // namespace btc::test
