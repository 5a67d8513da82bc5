#include "k8s/io/kubeconfig.hpp"

#include "k8s/base64.hpp"
#include "k8s/io/header_escape.hpp"

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <map>

namespace btc::k8s::io {

namespace {

/// An entry and the file that it stands in: relative paths are relative to that file.
struct entry {
  YAML::Node node{};
  std::string file{};
};

struct merged {
  std::map<std::string, entry> clusters{};
  std::map<std::string, entry> users{};
  std::map<std::string, entry> contexts{};
  std::string current_context{};
};

/// One field of an entry, with the words to complain about it.
class fields {
 public:
  fields(const entry& e, std::string where) : entry_(e), where_(std::move(where)) {}

  [[nodiscard]] std::string text(const char* key) const {
    const auto value = entry_.node[key];
    if (!value || value.IsNull()) {
      return {};
    }
    if (!value.IsScalar()) {
      fail(key, "give a string");
    }
    return value.Scalar();
  }

  [[nodiscard]] bool flag(const char* key) const {
    const auto value = text(key);
    if (!value.empty() && value != "true" && value != "false") {
      fail(key, "give true or false");
    }
    return value == "true";
  }

  [[nodiscard]] std::string path(const char* key) const {
    auto value = text(key);
    if (value.empty() || std::filesystem::path{value}.is_absolute()) {
      return value;
    }
    // Absolute, or "./plugin" would become a name that is looked up in PATH.
    const auto file = std::filesystem::absolute(entry_.file);
    return (file.parent_path() / value).lexically_normal().string();
  }

  /// `key` as a path and `key`-data as base64; the data wins, as in client-go.
  [[nodiscard]] pem_source pem(const std::string& key) const {
    const auto data_key = key + "-data";
    pem_source source;
    if (const auto encoded = text(data_key.c_str()); !encoded.empty()) {
      const auto decoded = decode_base64(encoded);
      if (!decoded) {
        fail(data_key.c_str(), "give base64");
      }
      source.data = *decoded;
      return source;
    }
    source.file = path(key.c_str());
    return source;
  }

  [[nodiscard]] const YAML::Node& node() const { return entry_.node; }
  [[nodiscard]] std::string name(const char* key) const {
    return entry_.file + ": " + where_ + "." + key;
  }
  [[noreturn]] void fail(const char* key, const std::string& rule) const {
    throw config_error(name(key) + " is not valid; " + rule);
  }

 private:
  const entry& entry_;
  std::string where_;
};

void take_named(const YAML::Node& root,
                const char* outer,
                const char* inner,
                const std::string& file,
                std::map<std::string, entry>& out) {
  const auto list = root[outer];
  if (!list || !list.IsSequence()) {
    return;
  }
  for (const auto& item : list) {
    if (!item.IsMap()) {
      throw config_error(file + ": " + outer + " is not valid; give a list of maps with name and "
                         + inner);
    }
    const auto name = item["name"];
    const auto content = item[inner];
    if (name && name.IsScalar() && content && content.IsMap()) {
      out.try_emplace(name.Scalar(), entry{content, file});
    }
  }
}

void take_file(const std::string& path, const std::string& text, merged& out) {
  YAML::Node root;
  try {
    root = YAML::Load(text);
  } catch (const YAML::Exception& e) {
    throw config_error(path + ":" + std::to_string(e.mark.line + 1) + ": not YAML: " + e.msg);
  }
  if (!root.IsMap()) {
    throw config_error(path + ": not a kubeconfig; give a file of kind Config");
  }
  take_named(root, "clusters", "cluster", path, out.clusters);
  take_named(root, "users", "user", path, out.users);
  take_named(root, "contexts", "context", path, out.contexts);
  const auto current = root["current-context"];
  if (out.current_context.empty() && current && current.IsScalar()) {
    out.current_context = current.Scalar();
  }
}

[[nodiscard]] merged read_all(const std::vector<std::string>& paths, const host_access& host) {
  merged out;
  bool any = false;
  for (const auto& path : paths) {
    const auto text = host.read_file(path);
    if (text) {
      take_file(path, *text, out);
      any = true;
    } else if (paths.size() == 1) {
      throw config_error("cannot read kubeconfig " + path
                         + "; give a file that exists and is readable");
    }
  }
  if (!any) {
    throw config_error("none of the files in KUBECONFIG can be read");
  }
  return out;
}

[[nodiscard]] const entry& find(const std::map<std::string, entry>& entries,
                                const std::string& name,
                                const std::string& what,
                                const std::string& file) {
  const auto found = entries.find(name);
  if (found == entries.end()) {
    std::string known;
    for (const auto& [key, value] : entries) {
      known += (known.empty() ? "" : ", ") + key;
    }
    throw config_error("kubeconfig " + file + " has no " + what + " \"" + name + "\"; there is "
                       + (known.empty() ? "none" : known));
  }
  return found->second;
}

void read_cluster(const fields& f, cluster_config& out) {
  parse_server_url(f.text("server"), f.name("server"), out);
  out.ca = f.pem("certificate-authority");
  out.tls_server_name = f.text("tls-server-name");
  out.insecure_skip_tls_verify = f.flag("insecure-skip-tls-verify");
  if (out.insecure_skip_tls_verify && !out.ca.empty()) {
    f.fail("insecure-skip-tls-verify", "leave out certificate-authority with it");
  }
  if (const auto proxy = f.text("proxy-url"); !proxy.empty()) {
    out.proxy = parse_proxy_url(proxy, f.name("proxy-url"));
  }
}

[[nodiscard]] exec_plugin read_exec(const fields& f) {
  exec_plugin plugin{f.path("command"), {}, {}, f.text("apiVersion"), f.flag("provideClusterInfo")};
  // A bare name is looked up in PATH, only something with a slash is relative to the file.
  if (f.text("command").find('/') == std::string::npos) {
    plugin.command = f.text("command");
  }
  if (plugin.command.empty()) {
    f.fail("command", "name the plugin");
  }
  if (plugin.api_version != "client.authentication.k8s.io/v1"
      && plugin.api_version != "client.authentication.k8s.io/v1beta1") {
    f.fail("apiVersion", "give client.authentication.k8s.io/v1 or v1beta1");
  }
  if (f.text("interactiveMode") == "Always") {
    f.fail("interactiveMode", "a controller has no terminal; give Never or IfAvailable");
  }
  for (const auto& argument : f.node()["args"]) {
    plugin.args.push_back(argument.as<std::string>());
  }
  for (const auto& variable : f.node()["env"]) {
    plugin.env.emplace_back(variable["name"].as<std::string>(),
                            variable["value"].as<std::string>());
  }
  return plugin;
}

void read_impersonation(const fields& f, cluster_config& out) {
  const auto add = [&](const char* header, const std::string& value) {
    if (!value.empty()) {
      out.extra_headers.emplace_back(header, value);
    }
  };
  add("Impersonate-User", f.text("as"));
  add("Impersonate-Uid", f.text("as-uid"));
  for (const auto& group : f.node()["as-groups"]) {
    add("Impersonate-Group", group.as<std::string>());
  }
  for (const auto& extra : f.node()["as-user-extra"]) {
    for (const auto& value : extra.second) {
      add(("Impersonate-Extra-" + header_escape(extra.first.as<std::string>())).c_str(),
          value.as<std::string>());
    }
  }
}

void read_user(const entry& user, const std::string& where, cluster_config& out) {
  const fields f{user, where};
  out.client_certificate = f.pem("client-certificate");
  out.client_key = f.pem("client-key");
  if (out.client_certificate.empty() != out.client_key.empty()) {
    f.fail("client-certificate", "give client-certificate and client-key together");
  }
  out.token = f.text("token");
  out.token_file = f.path("tokenFile");
  out.username = f.text("username");
  out.password = f.text("password");
  if (user.node["auth-provider"]) {
    f.fail("auth-provider", "it was removed from Kubernetes; use exec");
  }
  if (const auto exec = user.node["exec"]) {
    const entry inner{exec, user.file};
    out.exec = read_exec(fields{inner, where + ".exec"});
  }
  read_impersonation(f, out);
}

}  // namespace

cluster_config load_kubeconfig(const std::vector<std::string>& paths,
                               const std::string& context,
                               const host_access& host) {
  const auto all = read_all(paths, host);
  const auto& name = context.empty() ? all.current_context : context;
  if (name.empty()) {
    throw config_error("kubeconfig " + paths.front()
                       + ": current-context is empty; set it or give --context");
  }
  try {
    const auto& chosen = find(all.contexts, name, "context", paths.front());
    const fields f{chosen, "contexts[" + name + "]"};
    cluster_config out;
    out.default_namespace = f.text("namespace");
    const auto cluster = f.text("cluster");
    read_cluster({find(all.clusters, cluster, "cluster", chosen.file), "clusters[" + cluster + "]"},
                 out);
    if (const auto user = f.text("user"); !user.empty()) {
      read_user(find(all.users, user, "user", chosen.file), "users[" + user + "]", out);
    }
    out.origin = "kubeconfig " + paths.front() + ", context " + name;
    return out;
  } catch (const YAML::Exception& e) {
    throw config_error("kubeconfig " + paths.front() + ": " + e.what());
  }
}

}  // namespace btc::k8s::io
