#include "actors/app/controller.hpp"

#include "actors/app/admin_server.hpp"
#include "actors/app/event_loop_scheduler.hpp"
#include "actors/app/status_source.hpp"
#include "actors/bitcoin/io/http_rpc_transport.hpp"
#include "actors/supervisor_actor.hpp"
#include "actors/telemetry/stderr_sink.hpp"
#include "k8s/base64.hpp"
#include "k8s/io/http_transport.hpp"

#include <boost/asio/signal_set.hpp>
#include <openssl/rand.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <future>
#include <random>

namespace btc::app {

namespace {

constexpr std::size_t password_bytes = 24;

[[nodiscard]] std::string random_password() {
  std::array<unsigned char, password_bytes> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw std::runtime_error("OpenSSL has no random bytes");
  }
  return k8s::encode_base64({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

/// The admin server's questions go to the supervisor as messages.
class supervisor_status final : public status_source {
 public:
  explicit supervisor_status(messages::supervisor_actor to) : to_(std::move(to)) {}

  void query(handler done) override {
    caf::anon_send(
        to_,
        messages::status_requested{std::make_shared<const std::function<void(messages::report)>>(
            [done = std::move(done)](const messages::report& r) {
              if (r != nullptr && r->status) {
                done(*r->status);
              }
            })});
  }

 private:
  messages::supervisor_actor to_;
};

[[nodiscard]] k8s::io::transport_options transport_options_of(const settings& s,
                                                              std::string_view version,
                                                              telemetry::metrics& metrics,
                                                              const telemetry::logger& log) {
  k8s::io::transport_options options;
  options.user_agent = "bitcoin-controller/" + std::string{version};
  options.limits.connections_max = s.max_inflight_requests + k8s::watched_kinds;
  options.observe = [&metrics](const k8s::io::request_outcome& o) {
    metrics.request_answered(o.method, o.status);
    if (!o.watch) {
      metrics.request_took(o.method, o.took);
    }
  };
  options.warn = [&log](const std::string& text) {
    log.warn("transport-warning", "certificates or credentials need attention", {{"error", text}});
  };
  return options;
}

[[nodiscard]] actors::environment environment_of(const settings& s,
                                                 std::string_view version,
                                                 std::string api_server,
                                                 k8s::transport& transport,
                                                 bitcoin::rpc_transport& rpc,
                                                 telemetry::metrics& metrics,
                                                 const telemetry::logger& log) {
  actors::environment env{transport, rpc, metrics, log};
  env.limits.inflight_requests_max = s.max_inflight_requests;
  env.limits.turns_max = actors::turns_for(s.max_inflight_requests);
  env.limits.resync_interval = s.resync_interval;
  env.limits.rpc_interval = s.rpc_interval;
  env.limits.secret_interval = s.secret_interval;
  env.peers_by_ip = s.peer_address == peer_address::ip;
  env.namespaces = s.namespaces;
  env.wall_clock = [] { return std::chrono::system_clock::now(); };
  env.seed = [device = std::make_shared<std::random_device>()] {
    constexpr unsigned half = 32;
    return std::uint64_t{(*device)()} << half | (*device)();
  };
  env.password = random_password;
  env.version = std::string{version};
  env.api_server = std::move(api_server);
  return env;
}

/// CAF's own configuration: what is specific to 0.17 about starting a system stands here.
[[nodiscard]] caf::actor_system_config& configure(caf::actor_system_config& config,
                                                  boost::asio::io_context& loop) {
  event_loop_scheduler::install(config, loop);
  config.set("logger.verbosity", caf::atom("quiet"));
  return config;
}

/// Runs the actors until they have drained or failed.
[[nodiscard]] int run_actors(k8s::io::io_thread& io,
                             const settings& s,
                             const actors::environment& env) {
  caf::actor_system_config config;
  caf::actor_system system{configure(config, io.context())};
  std::promise<int> finished;
  auto supervisor = system.spawn(
      actors::supervisor,
      actors::supervisor_args{&env, [&finished](int code) { finished.set_value(code); }});
  supervisor_status source{supervisor};
  boost::asio::signal_set signals{io.context(), SIGTERM, SIGINT};
  signals.async_wait([&supervisor](boost::system::error_code ec, int) {
    if (!ec) {
      caf::anon_send(supervisor, messages::drain{});
    }
  });
  int code = exit_runtime;
  try {
    const admin_server admin{io.context(), {s.admin_address, {}}, source, env.metrics, env.log};
    env.log.info(
        "started",
        "watching for BitcoinNetworks",
        {{"version", env.version}, {"api_server", env.api_server}, {"admin_port", admin.port()}});
    code = finished.get_future().get();
  } catch (const std::runtime_error& e) {
    std::fprintf(stderr, "bitcoin-controller: %s\n", e.what());
    code = exit_configuration;
  }
  caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
  system.await_all_actors_done();
  io.stop();  // nobody calls back into a system that is going down
  return code;
}

}  // namespace

int run(const settings& s, std::string_view version) {
  telemetry::stderr_sink sink{s.log_format};
  const telemetry::logger log{sink, s.log_level};
  try {
    const auto cluster = k8s::io::find_cluster(s.kubeconfig, s.context, k8s::io::this_host());
    const auto api_server = k8s::io::authority(cluster.server);
    telemetry::metrics metrics{
        {std::string{version}, api_server, actors::turns_for(s.max_inflight_requests)}};
    k8s::io::io_thread io;
    k8s::io::http_transport transport{io, cluster, transport_options_of(s, version, metrics, log)};
    bitcoin::io::http_rpc_transport rpc{io, {}};
    log.debug("cluster", "found", {{"origin", cluster.origin}, {"api_server", api_server}});
    const auto env = environment_of(s, version, api_server, transport, rpc, metrics, log);
    return run_actors(io, s, env);
  } catch (const k8s::io::config_error& e) {
    std::fprintf(stderr, "bitcoin-controller: %s\n", e.what());
    return exit_configuration;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bitcoin-controller: %s\n", e.what());
    return exit_runtime;
  }
}

}  // namespace btc::app
