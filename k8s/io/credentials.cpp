#include "k8s/io/credentials.hpp"

#include "k8s/base64.hpp"
#include "k8s/io/exec_process.hpp"
#include "k8s/json_fields.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
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

/// KUBERNETES_EXEC_INFO, as the ExecCredential API defines it.
[[nodiscard]] std::string exec_info(const cluster_config& cluster) {
  nlohmann::json info{{"apiVersion", cluster.exec->api_version},
                      {"kind", "ExecCredential"},
                      {"spec", {{"interactive", false}}}};
  if (cluster.exec->provide_cluster_info) {
    info["spec"]["cluster"] = {
        {"server",
         (cluster.tls ? "https://" : "http://") + authority(cluster.server) + cluster.path_prefix},
        {"tls-server-name", cluster.tls_server_name},
        {"insecure-skip-tls-verify", cluster.insecure_skip_tls_verify},
        {"certificate-authority-data", encode_base64(cluster.ca.data)}};
  }
  return info.dump();
}

/// How long until an RFC 3339 time; nothing when there is none.
[[nodiscard]] std::optional<std::chrono::seconds> until(const std::string& time) {
  std::tm parts{};
  std::istringstream in{time};
  in >> std::get_time(&parts, "%Y-%m-%dT%H:%M:%S");
  if (in.fail()) {
    return std::nullopt;
  }
  const auto at = std::chrono::system_clock::from_time_t(timegm(&parts));
  return std::chrono::duration_cast<std::chrono::seconds>(at - std::chrono::system_clock::now());
}

[[nodiscard]] api_error unavailable(std::string why) {
  return {0, std::string{reason_credentials}, std::move(why)};
}

}  // namespace

credentials::credentials(const cluster_config& cluster, host_access host, transport_limits limits)
    : cluster_(cluster), host_(std::move(host)), limits_(limits) {
  if (!cluster_.token.empty()) {
    header_ = "Bearer " + cluster_.token;
  } else if (!cluster_.username.empty()) {
    header_ = "Basic " + encode_base64(cluster_.username + ':' + cluster_.password);
  }
}

asio::awaitable<result<std::string>> credentials::authorization(
    std::chrono::steady_clock::time_point deadline) {
  const bool ages = !cluster_.token_file.empty() || cluster_.exec;
  if (ages && steady_clock::now() >= fresh_until_) {
    if (const auto error = co_await refresh(deadline)) {
      co_return *error;
    }
  }
  co_return header_;
}

asio::awaitable<std::optional<api_error>> credentials::refresh(steady_clock::time_point deadline) {
  if (cluster_.exec) {
    co_return co_await run_plugin(deadline);
  }
  read_token_file();
  co_return std::nullopt;
}

/// Keeps the old token when the file cannot be read: the kubelet swaps it by a rename, and an old
/// token is good for a while longer.
void credentials::read_token_file() {
  fresh_until_ = steady_clock::now() + limits_.reload_interval;
  auto token = trimmed(host_.read_file(cluster_.token_file).value_or(""));
  if (!token.empty()) {
    header_ = "Bearer " + token;
  }
}

asio::awaitable<std::optional<api_error>> credentials::run_plugin(
    steady_clock::time_point deadline) {
  const auto& plugin = *cluster_.exec;
  auto environment = plugin.env;
  environment.emplace_back("KUBERNETES_EXEC_INFO", exec_info(cluster_));
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now());
  // A named object: g++ 12 destroys a braced temporary in a co_await expression twice (its bug
  // 98401 and kin).
  process_spec program{plugin.command, plugin.args, std::move(environment)};
  const auto run =
      co_await run_process(std::move(program),
                           std::min<std::chrono::milliseconds>(limits_.exec_deadline, left),
                           limits_.exec_output_bytes_max);
  if (!run) {
    co_return unavailable("credential plugin " + plugin.command + ": " + run.error().message());
  }
  const auto document = nlohmann::json::parse(*run, nullptr, false);
  const auto* status = document.is_discarded() ? nullptr : member(document, "status");
  const auto token = status == nullptr ? std::string{} : string_at(*status, "token");
  if (token.empty()) {
    co_return unavailable("credential plugin " + plugin.command
                          + " printed no ExecCredential with status.token");
  }
  header_ = "Bearer " + token;
  // Without an expiry it is good until a 401.
  constexpr std::chrono::hours no_expiry{24};
  const auto life = until(string_at(*status, "expirationTimestamp"));
  constexpr std::chrono::seconds leeway{10};
  fresh_until_ = steady_clock::now() + (life ? std::max(*life - leeway, leeway) : no_expiry);
  co_return std::nullopt;
}

}  // namespace btc::k8s::io
