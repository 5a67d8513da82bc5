#pragma once

#include "test/integration/transport_fixture.hpp"
#include "test/sim/serve/frontend.hpp"
#include "test/sim/serve/https_server.hpp"
#include "test/support/source_dir.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <future>
#include <string>
#include <thread>
#include <utility>

namespace btc::test {

/// The simulated cluster behind real HTTP and TLS, on a thread of its own.
class served_cluster {
 public:
  explicit served_cluster(const test_authority& authority)
      : server_(io_,
                sim::https_options{.identity = authority.issue(),
                                   .client_authority = authority.certificate()},
                frontend_),
        thread_([this] { io_.run(); }) {}
  served_cluster(const served_cluster&) = delete;
  served_cluster& operator=(const served_cluster&) = delete;
  ~served_cluster() {
    boost::asio::post(io_, [this] { server_.stop(); });
    guard_.reset();
    thread_.join();
  }

  [[nodiscard]] std::uint16_t port() const { return server_.port(); }

  /// Runs `f` on the server's thread, where alone cluster and faults may be touched, and waits.
  template <class F>
  auto on_thread(F f) {
    std::packaged_task<decltype(f())()> task(std::move(f));
    auto done = task.get_future();
    boost::asio::post(io_, [&task] { task(); });
    return done.get();
  }

  /// A request of the administrator that must succeed.
  void write(k8s::method method, const std::string& target, const sim::json& body) {
    on_thread([&] {
      sim::api_request r;
      r.method = method;
      r.target = target;
      r.content_type = method == k8s::method::patch ? "application/merge-patch+json" : "";
      r.body = body.is_null() ? nullptr : std::make_shared<const sim::json>(body);
      r.who = sim::administrator();
      const auto answer = cluster_.handle(r);
      EXPECT_LT(answer.status, 300) << (answer.body ? answer.body->dump() : answer.text);
      server_.wake();
    });
  }

  void set_trouble(sim::trouble t) {
    on_thread([&] { cluster_.set_trouble(0, t); });
  }
  void set_chaos(const sim::chaos_settings& s) {
    on_thread([&] { faults_.settings = s; });
  }
  std::size_t cut_streams() {
    return on_thread([this] { return server_.cut_streams(); });
  }

 private:
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{
      io_.get_executor()};
  sim::cluster cluster_{sim::cluster_model::load(source_path("."))};
  sim::token_office tokens_{};
  sim::chaos faults_{1};
  sim::pod_journal journal_{};
  sim::frontend frontend_{cluster_, tokens_, faults_, journal_};
  sim::https_server server_;
  std::thread thread_;
};

/// A pod that no node runs.
[[nodiscard]] inline sim::json a_pod(const std::string& name) {
  return {{"apiVersion", "v1"},
          {"kind", "Pod"},
          {"metadata", {{"name", name}}},
          {"spec", {{"containers", {{{"name", "c"}, {"image", "example/c:1"}}}}}}};
}

/// The production transport against that cluster, as an administrator.
class served_fixture : public transport_fixture {
 protected:
  served_fixture() { connect_through(served_.port()); }

  /// A new transport, to the server itself or to something between.
  void connect_through(std::uint16_t port) {
    k8s::io::cluster_config to;
    to.server = {"localhost", std::to_string(port)};
    to.ca.data = authority_.certificate();
    to.client_certificate.data = client_.certificate;
    to.client_key.data = client_.key;
    connect(to);
  }

  issued client_ =
      authority_.issue({.common_name = "admin", .organization = "system:masters", .names = {}});
  served_cluster served_{authority_};
};

}  // namespace btc::test
