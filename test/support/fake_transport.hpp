#pragma once

#include "k8s/transport.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace btc::test {

[[nodiscard]] inline k8s::response http_answer(int status, nlohmann::json body) {
  k8s::response out;
  out.status = status;
  out.body.document = std::make_shared<const nlohmann::json>(std::move(body));
  return out;
}

/// "GET /api/v1/…": how tests name a request.
[[nodiscard]] inline std::string text_of(const k8s::request& r) {
  return std::string{to_string(r.method)} + ' ' + r.target;
}

/// The test's end of a watch stream; the actor's end is the k8s::watch_stream.
class stream_control {
 public:
  /// The actor waits for a batch; it asks for one at a time.
  [[nodiscard]] bool reading() const noexcept { return reader_ != nullptr; }
  [[nodiscard]] std::size_t reads() const noexcept { return reads_; }
  /// The actor has let go of the stream.
  [[nodiscard]] bool closed() const noexcept { return closed_; }

  void give(k8s::stream_batch batch) {
    ASSERT_TRUE(reading()) << "nobody reads the stream";
    std::exchange(reader_, nullptr)(std::move(batch));
  }
  void give_lines(const std::vector<nlohmann::json>& documents) {
    k8s::stream_batch batch;
    for (const auto& document : documents) {
      batch.lines.push_back({{}, std::make_shared<const nlohmann::json>(document)});
    }
    give(std::move(batch));
  }
  /// The end of the stream; clean without an error.
  void end(std::optional<k8s::api_error> error = {}) {
    k8s::stream_batch batch;
    batch.ended = true;
    batch.error = std::move(error);
    give(std::move(batch));
  }

 private:
  friend class fake_stream;
  k8s::watch_stream::batch_handler reader_{};
  std::size_t reads_{0};
  bool closed_{false};
};

class fake_stream final : public k8s::watch_stream {
 public:
  explicit fake_stream(std::shared_ptr<stream_control> control) : control_(std::move(control)) {}
  ~fake_stream() override {
    control_->closed_ = true;
    control_->reader_ = nullptr;
  }
  void read(batch_handler done) override {
    EXPECT_FALSE(control_->reading()) << "two reads at a time";
    ++control_->reads_;
    control_->reader_ = std::move(done);
  }

 private:
  std::shared_ptr<stream_control> control_;
};

/// A unary request that waits for the test's answer.
struct fake_call {
  k8s::request request{};
  std::chrono::milliseconds deadline{};
  k8s::transport::response_handler done{};

  void answer(int status, nlohmann::json body) const { done(http_answer(status, std::move(body))); }
  void fail(k8s::api_error error) const { done(std::move(error)); }
};

/// An opening of a watch that waits for the test's answer.
struct fake_opening {
  k8s::request request{};
  std::chrono::milliseconds open_deadline{};
  std::chrono::milliseconds life_deadline{};
  k8s::transport::open_handler done{};

  [[nodiscard]] std::shared_ptr<stream_control> accept() const {
    auto control = std::make_shared<stream_control>();
    done(k8s::response{200, {}, {}}, std::make_unique<fake_stream>(control));
    return control;
  }
  void refuse(int status, nlohmann::json body) const {
    done(http_answer(status, std::move(body)), nullptr);
  }
  void fail(k8s::api_error error) const { done(std::move(error), nullptr); }
};

/// Records what the actors ask for and lets the test answer when and how it wants.
class fake_transport final : public k8s::transport {
 public:
  void send(k8s::request r, std::chrono::milliseconds deadline, response_handler done) override {
    fail_if(failing_calls);
    calls.push_back({std::move(r), deadline, std::move(done)});
  }
  void open_watch(k8s::request r,
                  std::chrono::milliseconds open_deadline,
                  std::chrono::milliseconds life_deadline,
                  open_handler done) override {
    fail_if(failing_openings);
    openings.push_back({std::move(r), open_deadline, life_deadline, std::move(done)});
  }

  /// The oldest request without an answer; the caller answers it. Fails the test when there is
  /// none.
  [[nodiscard]] fake_call take_call() { return take(calls); }
  [[nodiscard]] fake_opening take_opening() { return take(openings); }

  std::deque<fake_call> calls{};
  std::deque<fake_opening> openings{};
  /// How many of the next ones throw: a bug in whoever asks.
  int failing_calls{0};
  int failing_openings{0};

 private:
  static void fail_if(int& failing) {
    if (failing > 0) {
      --failing;
      throw std::runtime_error("a bug");
    }
  }
  template <class T>
  [[nodiscard]] static T take(std::deque<T>& from) {
    if (from.empty()) {
      ADD_FAILURE() << "no request waits for an answer";
      T nothing;
      nothing.done = [](auto&&...) {};
      return nothing;
    }
    auto out = std::move(from.front());
    from.pop_front();
    return out;
  }
};

}  // namespace btc::test
