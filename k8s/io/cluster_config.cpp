#include "k8s/io/cluster_config.hpp"

#include "k8s/base64.hpp"
#include "k8s/io/kubeconfig.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <utility>

namespace btc::k8s::io {

namespace {

constexpr std::string_view account_directory = "/var/run/secrets/kubernetes.io/serviceaccount/";

[[nodiscard]] std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const auto end = std::min(text.find(separator, begin), text.size());
    if (end > begin) {
      parts.push_back(text.substr(begin, end - begin));
    }
    begin = end + 1;
  }
  return parts;
}

}  // namespace

host_access this_host() {
  return {[](const std::string& name) -> std::optional<std::string> {
            // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody ever changes the environment
            const char* value = std::getenv(name.c_str());
            return value == nullptr || *value == '\0' ? std::nullopt
                                                      : std::optional<std::string>{value};
          },
          [](const std::string& path) -> std::optional<std::string> {
            std::ifstream file{path, std::ios::binary};
            std::ostringstream text;
            // An empty file has no character to insert; a directory opens and cannot be read.
            if (!file
                || (file.peek() != std::ifstream::traits_type::eof() && !(text << file.rdbuf()))
                || file.bad()) {
              return std::nullopt;
            }
            return std::move(text).str();
          }};
}

std::string basic_authorization(const std::string& user, const std::string& password) {
  return "Basic " + encode_base64(user + ':' + password);
}

std::string authority(const endpoint& e) {
  return (e.host.find(':') == std::string::npos ? e.host : '[' + e.host + ']') + ':' + e.port;
}

std::optional<cluster_config> in_cluster(const host_access& host) {
  const auto address = host.environment("KUBERNETES_SERVICE_HOST");
  const auto port = host.environment("KUBERNETES_SERVICE_PORT");
  const auto token_file = std::string{account_directory} + "token";
  const auto token = host.read_file(token_file);
  if (!address || !port || !token) {
    return std::nullopt;
  }
  cluster_config config;
  config.server = {*address, *port};
  config.ca.file = std::string{account_directory} + "ca.crt";
  config.token_file = token_file;
  config.default_namespace =
      host.read_file(std::string{account_directory} + "namespace").value_or("default");
  config.origin = "the pod's ServiceAccount";
  return config;
}

cluster_config find_cluster(const std::string& kubeconfig,
                            const std::string& context,
                            const host_access& host) {
  if (!kubeconfig.empty()) {
    return load_kubeconfig({kubeconfig}, context, host);
  }
  if (const auto list = host.environment("KUBECONFIG")) {
    return load_kubeconfig(split(*list, ':'), context, host);
  }
  if (auto config = in_cluster(host)) {
    return *config;
  }
  const auto home = host.environment("HOME");
  if (home) {
    const auto path = *home + "/.kube/config";
    if (host.read_file(path)) {
      return load_kubeconfig({path}, context, host);
    }
  }
  throw config_error(
      "no cluster: give --kubeconfig FILE or KUBECONFIG, or run in a pod with a ServiceAccount");
}

void parse_server_url(std::string_view url, std::string_view field, cluster_config& out) {
  const auto parsed = boost::urls::parse_uri(url);
  using boost::urls::scheme;
  const bool known =
      parsed.has_value()
      && (parsed->scheme_id() == scheme::https || parsed->scheme_id() == scheme::http);
  if (!known || parsed->encoded_host().empty()) {
    // What stands before an @ may be a password.
    const auto shown = url.find('@') == std::string_view::npos ? " is \"" + std::string{url} + '"'
                                                               : " holds credentials, or is no URL";
    throw config_error(std::string{field} + shown + "; give a URL such as https://host:6443");
  }
  out.tls = parsed->scheme_id() == scheme::https;
  out.server.host = std::string{parsed->host_address()};
  out.server.port = parsed->has_port() && !parsed->port().empty() ? std::string{parsed->port()}
                    : out.tls                                     ? "443"
                                                                  : "80";
  out.path_prefix = std::string{parsed->encoded_path()};
  while (out.path_prefix.ends_with('/')) {
    out.path_prefix.pop_back();
  }
}

proxy_endpoint parse_proxy_url(std::string_view url, std::string_view field) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed.has_value() || parsed->scheme_id() != boost::urls::scheme::http
      || parsed->encoded_host().empty()) {
    throw config_error(std::string{field} + " is not usable; give http://host:port of a proxy that "
                                            "knows CONNECT, other kinds are not supported");
  }
  const bool has_port = parsed->has_port() && !parsed->port().empty();
  proxy_endpoint out{
      {std::string{parsed->host_address()}, has_port ? std::string{parsed->port()} : "80"}, {}};
  if (parsed->has_userinfo()) {
    out.authorization = basic_authorization(parsed->user(), parsed->password());
  }
  return out;
}

}  // namespace btc::k8s::io
