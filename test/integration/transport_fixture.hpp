#pragma once

#include "k8s/io/http_transport.hpp"
#include "k8s/request.hpp"
#include "test/support/scripted_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace btc::test {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

/// A directory of the test's own, removed with it.
class scratch_directory {
 public:
  scratch_directory() {
    std::string name{(std::filesystem::temp_directory_path() / "bitcoin-test-XXXXXX").string()};
    path_ = ::mkdtemp(name.data());
  }
  scratch_directory(const scratch_directory&) = delete;
  scratch_directory& operator=(const scratch_directory&) = delete;
  ~scratch_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  /// Replaced by a rename, as the kubelet does it. Returns the path.
  std::string write(const std::string& name,
                    const std::string& text,
                    bool executable = false) const {
    const auto target = path_ / name;
    const auto fresh = path_ / (name + ".new");
    std::ofstream{fresh} << text;
    if (executable) {
      std::filesystem::permissions(fresh, std::filesystem::perms::owner_all);
    }
    std::filesystem::rename(fresh, target);
    return target.string();
  }
  [[nodiscard]] std::string path(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_{};
};

/// The real transport against a scripted server. Every wait is bounded; none has a hoped-for
/// length.
class transport_fixture : public testing::Test {
 protected:
  using reply = k8s::result<k8s::response>;
  static constexpr auto patience = 20s;  ///< longer than anything here takes on a busy machine

  ~transport_fixture() override {
    thread_.stop();
    transport_.reset();
  }

  /// TLS to `server` by the authority of this fixture; tests change it before the first call.
  [[nodiscard]] k8s::io::cluster_config cluster_of(const scripted_server& server) const {
    k8s::io::cluster_config out;
    out.server = {"localhost", std::to_string(server.port())};
    out.ca.data = authority_.certificate();
    return out;
  }
  [[nodiscard]] server_tls tls() const { return {authority_.issue(), {}, 0}; }

  void connect(const k8s::io::cluster_config& cluster) {
    options_.warn = [this](const std::string& text) {
      const std::lock_guard lock{mutex_};
      warnings_.push_back(text);
    };
    transport_ = std::make_unique<k8s::io::http_transport>(thread_, cluster, options_);
  }
  void connect(const scripted_server& server) { connect(cluster_of(server)); }

  [[nodiscard]] static k8s::request a_get() {
    return k8s::get_request(k8s::kind::pod, {"ns", "x"});
  }

  [[nodiscard]] std::future<reply> send(k8s::request r,
                                        std::chrono::milliseconds deadline = patience) {
    auto done = std::make_shared<std::promise<reply>>();
    auto out = done->get_future();
    transport_->send(std::move(r), deadline, [done](reply a) { done->set_value(std::move(a)); });
    return out;
  }
  [[nodiscard]] static reply get(std::future<reply> f) {
    if (f.wait_for(2 * patience) != std::future_status::ready) {
      ADD_FAILURE() << "no answer";
      return k8s::api_error{};
    }
    return f.get();
  }
  [[nodiscard]] reply call(k8s::request r, std::chrono::milliseconds deadline = patience) {
    return get(send(std::move(r), deadline));
  }
  /// "200 body", or the error's text.
  [[nodiscard]] std::string outcome(k8s::request r = a_get(),
                                    std::chrono::milliseconds deadline = patience) {
    const auto a = call(std::move(r), deadline);
    return a ? std::to_string(a->status) + ' ' + a->body.text : a.error().to_string();
  }
  [[nodiscard]] std::vector<std::string> warnings() {
    const std::lock_guard lock{mutex_};
    return warnings_;
  }

  // Declared in the order in which they may go, last first.
  std::mutex mutex_{};
  std::vector<std::string> warnings_{};
  test_authority authority_{};
  k8s::io::transport_options options_{};
  k8s::io::io_thread thread_{};
  std::unique_ptr<k8s::io::http_transport> transport_{};
};

}  // namespace btc::test
