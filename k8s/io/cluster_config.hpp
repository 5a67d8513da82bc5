#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace btc::k8s::io {

/// A start-up misconfiguration: one line that names the file, the field, the value and what would
/// be right. Never holds a credential.
class config_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// PEM text, given inline or as a file that is read again when it changes.
struct pem_source {
  std::string data{};
  std::string file{};

  [[nodiscard]] bool empty() const noexcept { return data.empty() && file.empty(); }
};

/// An ExecCredential plugin (client.authentication.k8s.io).
struct exec_plugin {
  std::string command{};
  std::vector<std::string> args{};
  std::vector<std::pair<std::string, std::string>> env{};
  std::string api_version{};
  bool provide_cluster_info{false};
};

/// host:port, for the API server and for proxies.
struct endpoint {
  std::string host{};
  std::string port{};
};

/// A proxy that knows CONNECT.
struct proxy_endpoint : endpoint {
  std::string authorization{};  ///< value of Proxy-Authorization; empty: it asks for none
};

/// "host:port" as a URL or a Host header has it, with brackets around an IPv6 address.
[[nodiscard]] std::string authority(const endpoint& e);

/// The value of an Authorization header (RFC 7617).
[[nodiscard]] std::string basic_authorization(const std::string& user, const std::string& password);

/// How to reach one API server, and as whom. A value, complete after loading.
struct cluster_config {
  bool tls{true};  ///< false for http://, as `kubectl proxy` serves
  endpoint server{};
  std::string path_prefix{};  ///< of the server URL, without a trailing slash
  std::optional<proxy_endpoint> proxy{};
  pem_source ca{};                ///< empty: the system's certificates
  std::string tls_server_name{};  ///< empty: the host
  bool insecure_skip_tls_verify{false};
  std::string token{};
  std::string token_file{};  ///< wins over `token`, which is its first value
  std::string username{};
  std::string password{};
  pem_source client_certificate{};
  pem_source client_key{};
  std::optional<exec_plugin> exec{};
  /// Impersonate-User, Impersonate-Group, …
  std::vector<std::pair<std::string, std::string>> extra_headers{};
  std::string default_namespace{};
  std::string origin{};  ///< where it came from, for the log: "kubeconfig /x, context y"
};

/// File and environment access, injected for tests.
struct host_access {
  std::function<std::optional<std::string>(const std::string& name)> environment{};
  /// The content, or nothing when it cannot be read.
  std::function<std::optional<std::string>(const std::string& path)> read_file{};
};

[[nodiscard]] host_access this_host();

/// Finds the cluster: `kubeconfig` if not empty, $KUBECONFIG, the pod's ServiceAccount,
/// ~/.kube/config, in this order (controller-runtime's precedence). Throws config_error.
[[nodiscard]] cluster_config find_cluster(const std::string& kubeconfig,
                                          const std::string& context,
                                          const host_access& host);

/// The ServiceAccount of the pod that we run in, if we do.
[[nodiscard]] std::optional<cluster_config> in_cluster(const host_access& host);

/// "https://host:port/prefix" into its parts. Throws config_error naming `field`.
void parse_server_url(std::string_view url, std::string_view field, cluster_config& out);
/// "http://host:port" or "http://user:password@host:port". Only CONNECT proxies over plain HTTP are
/// spoken to.
[[nodiscard]] proxy_endpoint parse_proxy_url(std::string_view url, std::string_view field);

}  // namespace btc::k8s::io
