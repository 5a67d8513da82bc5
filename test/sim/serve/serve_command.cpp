#include "test/sim/serve/serve_command.hpp"

#include "test/sim/cluster/cluster.hpp"
#include "test/sim/serve/access_files.hpp"
#include "test/sim/serve/frontend.hpp"
#include "test/sim/serve/https_server.hpp"
#include "test/sim/serve/live_cluster.hpp"
#include "test/sim/serve/node_listeners.hpp"
#include "test/sim/serve/tokens.hpp"
#include "test/support/test_certificates.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <nlohmann/json.hpp>

#include <csignal>
#include <cstdio>
#include <stdexcept>
#include <system_error>
#include <unistd.h>

namespace btc::sim {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::milliseconds tick{50};
constexpr std::chrono::hours token_lifetime{72};
constexpr long certificate_seconds = 72L * 3600;
constexpr const char* account_namespace = "bitcoin-controller";
constexpr const char* account_name = "bitcoin-controller-sva";

/// Pods of two clusters on one machine should not take the same loopback addresses.
[[nodiscard]] std::string pod_network() {
  return "127." + std::to_string(16 + ::getpid() % 200);
}

/// The directory of the kubeconfigs; a temporary one goes with the object.
class access_directory {
 public:
  explicit access_directory(fs::path given) : path_(std::move(given)), temporary_(path_.empty()) {
    if (temporary_) {
      auto pattern = (fs::temp_directory_path() / "bitcoin-simulated-XXXXXX").string();
      if (::mkdtemp(pattern.data()) == nullptr) {
        throw std::runtime_error("cannot make a directory like " + pattern);
      }
      path_ = pattern;
    } else {
      fs::create_directories(path_);
    }
  }
  access_directory(const access_directory&) = delete;
  access_directory& operator=(const access_directory&) = delete;
  ~access_directory() {
    if (temporary_) {
      std::error_code ignored;
      fs::remove_all(path_, ignored);
    }
  }

  [[nodiscard]] fs::path file(const char* name) const { return path_ / name; }

 private:
  fs::path path_;
  bool temporary_;
};

[[nodiscard]] std::string account_token(const cluster& c, const token_office& tokens) {
  const auto account = c.objects()
                           .log(type_id::service_accounts)
                           .find(object_key_of(account_namespace, account_name));
  if (!account) {
    return {};  // deploy/rbac.yaml of somebody else
  }
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return tokens.issue({account_namespace,
                       account_name,
                       account->at("metadata").value("uid", ""),
                       now,
                       now + token_lifetime,
                       {},
                       {}});
}

/// Everything that runs, in the order in which it is made; destroyed backwards.
class served_cluster {
 public:
  explicit served_cluster(const serve_options& o)
      : directory_(o.directory),
        faults_(o.seed),
        live_(cluster_model::load(o.repository),
              live_options{o.speed, o.pods, pod_network()},
              faults_),
        frontend_(live_.api(), tokens_, faults_, live_.journal()),
        server_(io_, make_https(o), frontend_),
        nodes_(io_,
               [this](const node_address& at, const std::string& who, const std::string& body) {
                 return live_.rpc(at, who, body);
               }),
        timer_(io_),
        signals_(io_, SIGINT, SIGTERM),
        outages_(io_, SIGUSR1, SIGUSR2) {
    if (o.chaos) {
      faults_.settings = default_chaos();
    }
    write_access(o);
  }

  void run() {
    signals_.async_wait([this](boost::system::error_code, int) {
      stopping_ = true;
      server_.stop();
      nodes_.set({});
      timer_.cancel();
      outages_.cancel();
    });
    await_outage();
    last_ = std::chrono::steady_clock::now();
    schedule();
    io_.run();
  }

 private:
  [[nodiscard]] https_options make_https(const serve_options& o) const {
    https_options h;
    h.address = o.address;
    h.port = o.port;
    h.identity = authority_.issue(
        {.common_name = "kube-apiserver",
         .names = "IP:127.0.0.1,IP:" + o.address + ",DNS:localhost,DNS:kubernetes.default.svc",
         .ends_in_seconds = certificate_seconds});
    h.client_authority = authority_.certificate();
    return h;
  }

  void write_access(const serve_options& o) {
    const cluster_entry entry{"https://" + o.address + ':' + std::to_string(server_.port()),
                              authority_.certificate()};
    const auto admin = directory_.file("admin.kubeconfig");
    const auto controller = directory_.file("controller.kubeconfig");
    write_kubeconfig(admin,
                     entry,
                     authority_.issue({.common_name = "admin",
                                       .organization = "system:masters",
                                       .names = {},
                                       .ends_in_seconds = certificate_seconds}));
    std::printf("export KUBECONFIG='%s'\n", admin.c_str());
    if (const auto token = account_token(live_.api(), tokens_); !token.empty()) {
      write_kubeconfig(controller, entry, token);
      std::printf("export CONTROLLER_KUBECONFIG='%s'\n", controller.c_str());
    }
    std::printf("# serving on %s\n", entry.server.c_str());
    std::fflush(stdout);
  }

  void await_outage() {
    outages_.async_wait([this](boost::system::error_code ended, int signal) {
      if (ended) {
        return;
      }
      out_ = signal == SIGUSR1;
      if (out_) {
        server_.interrupt();
      } else if (!server_.resume()) {
        std::fprintf(stderr, "port %d is taken meanwhile; send SIGUSR2 again\n", server_.port());
        out_ = true;
      }
      await_outage();
    });
  }

  void schedule() {
    timer_.expires_after(tick);
    timer_.async_wait([this](boost::system::error_code) {
      if (stopping_) {
        return;
      }
      const auto now = std::chrono::steady_clock::now();
      const auto passed = std::chrono::floor<std::chrono::milliseconds>(now - last_);
      last_ += passed;
      if (!out_) {
        step(passed);
      }
      schedule();
    });
  }

  void step(std::chrono::milliseconds passed) {
    if (live_.advance(passed).cut_streams) {
      server_.cut_streams();
    }
    nodes_.set(live_.nodes());
    server_.wake();
  }

  access_directory directory_;
  test::test_authority authority_{};
  token_office tokens_{};
  chaos faults_;
  live_cluster live_;
  asio::io_context io_{1};
  frontend frontend_;
  https_server server_;
  node_listeners nodes_;
  asio::steady_timer timer_;
  asio::signal_set signals_;
  asio::signal_set outages_;
  std::chrono::steady_clock::time_point last_{};
  bool stopping_{false};
  bool out_{false};  ///< between SIGUSR1 and SIGUSR2: no server, and nobody who would ask it
};

}  // namespace

int serve(const serve_options& options) {
  try {
    served_cluster served(options);
    served.run();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bitcoin-controller-sim serve: %s\n", error.what());
    return 1;
  }
}

int serve_command(const std::vector<std::string>& arguments,
                  const std::filesystem::path& repository) {
  const auto parsed = parse_serve_options(arguments, repository);
  if (const auto* exit = std::get_if<serve_exit>(&parsed)) {
    std::fputs(exit->text.c_str(), exit->code == 0 ? stdout : stderr);
    return exit->code;
  }
  return serve(std::get<serve_options>(parsed));
}

}  // namespace btc::sim
