#include "k8s/io/credentials.hpp"

#include "k8s/base64.hpp"
#include "k8s/io/exec_process.hpp"
#include "k8s/io/use_tuple.hpp"
#include "k8s/json_fields.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <ctime>
#include <iomanip>
#include <sstream>

namespace btc::k8s::io {

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

[[nodiscard]] std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) {
    text.pop_back();
  }
  return text;
}

/// KUBERNETES_EXEC_INFO, as the ExecCredential API defines it; without the extension `config`.
[[nodiscard]] std::string exec_info(const cluster_config& cluster, const host_access& host) {
  nlohmann::json info{{"apiVersion", cluster.exec->api_version},
                      {"kind", "ExecCredential"},
                      {"spec", {{"interactive", false}}}};
  if (cluster.exec->provide_cluster_info) {
    const auto& ca = cluster.ca;
    auto& about = info["spec"]["cluster"];
    about = {
        {"server",
         (cluster.tls ? "https://" : "http://") + authority(cluster.server) + cluster.path_prefix},
        {"tls-server-name", cluster.tls_server_name},
        {"insecure-skip-tls-verify", cluster.insecure_skip_tls_verify},
        {"certificate-authority-data",
         encode_base64(ca.file.empty() ? ca.data : host.read_file(ca.file).value_or(""))}};
    if (cluster.proxy) {
      about["proxy-url"] = "http://" + authority(*cluster.proxy);
    }
  }
  return info.dump();
}

/// Seconds east of UTC of what follows an RFC 3339 time's seconds: "Z", ".5+01:00".
[[nodiscard]] std::optional<std::chrono::seconds> zone_of(std::istream& in) {
  if (in.peek() == '.') {
    in.get();
    while (std::isdigit(in.peek()) != 0) {
      in.get();
    }
  }
  const auto sign = in.get();
  if (sign == 'Z' || sign == 'z') {
    return std::chrono::seconds{0};
  }
  std::tm offset{};
  in >> std::get_time(&offset, "%H:%M");
  if ((sign != '+' && sign != '-') || in.fail()) {
    return std::nullopt;
  }
  const std::chrono::seconds east{(offset.tm_hour * 60 + offset.tm_min) * 60};
  return sign == '+' ? east : -east;
}

/// How long until an RFC 3339 time; nothing when there is none.
[[nodiscard]] std::optional<std::chrono::seconds> until(const std::string& time) {
  std::tm parts{};
  std::istringstream in{time};
  in >> std::get_time(&parts, "%Y-%m-%dT%H:%M:%S");
  const auto zone = in.fail() ? std::nullopt : zone_of(in);
  if (!zone) {
    return std::nullopt;
  }
  const auto at = std::chrono::system_clock::from_time_t(timegm(&parts)) - *zone;
  return std::chrono::duration_cast<std::chrono::seconds>(at - std::chrono::system_clock::now());
}

[[nodiscard]] api_error unavailable(std::string why) {
  return {0, std::string{reason_credentials}, std::move(why)};
}

}  // namespace

/// One run of the plugin, and who waits for it: each with a deadline of its own.
struct credentials::plugin_run {
  std::vector<std::shared_ptr<asio::steady_timer>> waiting{};
  std::optional<api_error> error{};
  bool over{false};

  void end(std::optional<api_error> with) {
    error = std::move(with);
    over = true;
    for (const auto& timer : waiting) {
      timer->cancel();
    }
  }
};

credentials::credentials(const cluster_config& cluster,
                         host_access host,
                         const transport_options& options)
    : cluster_(cluster), host_(std::move(host)), options_(options) {
  if (!cluster_.token.empty()) {
    header_ = "Bearer " + cluster_.token;
  } else if (!cluster_.username.empty()) {
    header_ = basic_authorization(cluster_.username, cluster_.password);
  }
  const auto& file = cluster_.token_file;
  if (!file.empty() && cluster_.token.empty() && !host_.read_file(file)) {
    throw config_error("cannot read tokenFile " + file + "; give a file that holds a token");
  }
}

asio::awaitable<result<std::string>> credentials::authorization(time_point deadline) {
  const bool ages = !cluster_.token_file.empty() || cluster_.exec;
  if (ages && steady_clock::now() >= fresh_until_) {
    if (!cluster_.exec) {
      read_token_file();
    } else if (const auto error = co_await renew(deadline)) {
      co_return *error;
    }
  }
  co_return header_;
}

void credentials::invalidate(const std::string& used) noexcept {
  if (header_ == used) {
    fresh_until_ = {};
  }
}

asio::awaitable<std::optional<api_error>> credentials::renew(time_point deadline) {
  if (const auto run = under_way_) {
    const auto timer =
        std::make_shared<asio::steady_timer>(co_await asio::this_coro::executor, deadline);
    run->waiting.push_back(timer);
    co_await timer->async_wait(use_tuple);
    co_return run->over ? run->error
                        : unavailable("credential plugin " + cluster_.exec->command
                                      + " has not ended within the deadline");
  }
  const auto run = under_way_ = std::make_shared<plugin_run>();
  auto error = co_await run_plugin(deadline);
  under_way_.reset();
  run->end(error);
  co_return error;
}

/// Keeps the old token when the file cannot be read: the kubelet swaps it by a rename, and an old
/// token is good for a while longer.
void credentials::read_token_file() {
  fresh_until_ = steady_clock::now() + options_.limits.reload_interval;
  auto token = trimmed(host_.read_file(cluster_.token_file).value_or(""));
  if (!token.empty()) {
    header_ = "Bearer " + token;
  } else if (options_.warn) {
    options_.warn("tokenFile " + cluster_.token_file + " holds no token; the last one is kept");
  }
}

asio::awaitable<std::optional<api_error>> credentials::run_plugin(time_point deadline) {
  const auto& plugin = *cluster_.exec;
  auto environment = plugin.env;
  environment.emplace_back("KUBERNETES_EXEC_INFO", exec_info(cluster_, host_));
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now());
  // A named object: g++ 12 destroys a braced temporary in a co_await expression twice (its bug
  // 98401 and kin).
  process_spec program{plugin.command, plugin.args, std::move(environment)};
  const auto run =
      co_await run_process(std::move(program),
                           std::min<std::chrono::milliseconds>(options_.limits.exec_deadline, left),
                           options_.limits.exec_output_bytes_max);
  if (!run) {
    co_return unavailable("credential plugin " + plugin.command + ": " + run.error().message());
  }
  const auto document = nlohmann::json::parse(*run, nullptr, false);
  const auto* status = document.is_discarded() ? nullptr : member(document, "status");
  const auto token = status == nullptr ? std::string{} : string_at(*status, "token");
  if (token.empty()) {
    co_return unavailable("credential plugin " + plugin.command
                          + " printed no ExecCredential with status.token; client certificates of"
                            " plugins are not supported");
  }
  header_ = "Bearer " + token;
  constexpr std::chrono::hours no_expiry{24};  // or until a 401
  const auto life = until(string_at(*status, "expirationTimestamp"));
  constexpr std::chrono::seconds leeway{10};
  fresh_until_ = steady_clock::now() + (life ? std::max(*life - leeway, leeway) : no_expiry);
  co_return std::nullopt;
}

}  // namespace btc::k8s::io
