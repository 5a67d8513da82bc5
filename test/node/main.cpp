#include "k8s/io/cluster_config.hpp"
#include "k8s/io/http_transport.hpp"
#include "k8s/io/io_thread.hpp"
#include "test/node/container.hpp"
#include "test/node/node.hpp"
#include "test/node/node_requests.hpp"
#include "test/node/pod_files.hpp"
#include "test/node/sandbox.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <nlohmann/json.hpp>

#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <future>
#include <stdexcept>
#include <sys/file.h>
#include <unistd.h>

namespace btc::node {
namespace {

namespace fs = std::filesystem;
namespace asio = boost::asio;

/// What a container gets when the node ends.
constexpr std::chrono::seconds last_grace{5};

/// Holds a file's lock until it is destroyed, or until the process ends.
class file_lock {
 public:
  enum class mode : std::uint8_t { wait, refuse };

  file_lock(const fs::path& path, mode m) {
    fs::create_directories(path.parent_path());
    fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd_ < 0 || ::flock(fd_, m == mode::wait ? LOCK_EX : LOCK_EX | LOCK_NB) != 0) {
      throw std::runtime_error{path.string() + " is held: a node of this id runs"};
    }
  }
  file_lock(const file_lock&) = delete;
  file_lock& operator=(const file_lock&) = delete;
  ~file_lock() { ::close(fd_); }

 private:
  int fd_{-1};
};

struct options {
  std::string id{};
  std::string kubeconfig{};
  std::string ns{};
  std::string programs{};
  std::string pod{};  ///< ns/name
  std::string address{};
  int signal{SIGKILL};
  bool merge{false};
  std::string folder{};
  std::vector<std::string> arguments{};
};

void remove_remains(const node_names& names) {
  (void)run_script(remove_all_script(names));
  fs::remove_all(names.folder());
}

/// The bridge on a subnet that nobody has.
[[nodiscard]] address_pool make_network(const node_names& names) {
  const file_lock lock{names.subnet_lock(), file_lock::mode::wait};
  const auto taken = routes_of(run_script("ip -4 route show table all"));
  const auto start = static_cast<unsigned>(std::hash<std::string>{}(names.id));
  const auto found = free_subnet(taken, start);
  if (!found) {
    throw std::runtime_error{"no subnet of 10.192.0.0/10 is free"};
  }
  const address_pool pool{*found};
  (void)run_script(make_bridge_script(names, pool));
  return pool;
}

/// Runs the node until SIGTERM or SIGINT; in its own scope, everything of it is gone afterwards.
void serve(const options& o, const node_names& names) {
  const auto cluster = k8s::io::find_cluster(o.kubeconfig, "", k8s::io::this_host());
  fs::create_directories(names.folder() / "addresses");
  fs::permissions(names.folder(), fs::perms::owner_all);
  make_etc(names.etc());
  const auto pool = make_network(names);
  k8s::io::io_thread io;
  k8s::io::transport_options transport_options;
  transport_options.user_agent = "bitcoin-test-node";
  k8s::io::http_transport transport{io, cluster, transport_options};
  node_context context{.io = io.context(),
                       .transport = transport,
                       .names = names,
                       .addresses = pool,
                       .self = fs::read_symlink("/proc/self/exe"),
                       .programs = fs::canonical(o.programs)};
  node me{context, o.ns};
  std::promise<void> ended;
  asio::signal_set signals{io.context(), SIGTERM, SIGINT};
  signals.async_wait([&](boost::system::error_code error, int) {
    if (!error) {
      me.stop(last_grace, [&] { ended.set_value(); });
    }
  });
  asio::post(io.context(), [&] { me.start(); });
  say(names.node(),
      "runs pods at " + context.host_ip() + '/' + std::to_string(pool.prefix()) + ", files in "
          + names.folder().string());
  ended.get_future().wait();
  std::promise<void> deleted;
  asio::co_spawn(io.context(),
                 ask(transport, delete_node(names.node())),
                 [&](std::exception_ptr, const auto&) { deleted.set_value(); });
  deleted.get_future().wait();
  io.stop();
}

int run(const options& o) {
  const auto names = names_of(o.id);
  const file_lock lock{names.lock(), file_lock::mode::refuse};
  remove_remains(names);
  try {
    serve(o, names);
  } catch (...) {
    remove_remains(names);
    throw;
  }
  remove_remains(names);
  return 0;
}

int clean(const options& o) {
  const auto names = names_of(o.id);
  const file_lock lock{names.lock(), file_lock::mode::refuse};
  remove_remains(names);
  fs::remove(names.lock());
  return 0;
}

[[nodiscard]] k8s::object_key key_of(const std::string& pod) {
  const auto slash = pod.find('/');
  if (slash == std::string::npos) {
    throw std::invalid_argument{"pod \"" + pod + "\": NAMESPACE/NAME is right"};
  }
  return {pod.substr(0, slash), pod.substr(slash + 1)};
}

[[nodiscard]] container_plan read_plan(const fs::path& folder) {
  std::ifstream file{folder / "container.json"};
  if (!file) {
    throw std::runtime_error{"there is no pod in " + folder.string()};
  }
  return plan_from(nlohmann::json::parse(file));
}

int kill_pod(const options& o) {
  const auto pid = pid_of(read_plan(names_of(o.id).pod(key_of(o.pod))));
  if (pid == 0 || ::kill(pid, o.signal) != 0) {
    throw std::runtime_error{"the container of " + o.pod + " does not run"};
  }
  return 0;
}

int reserve(const options& o) {
  const auto file = names_of(o.id).reservation(key_of(o.pod));
  if (!parse_address(o.address)) {
    throw std::invalid_argument{"address \"" + o.address + "\" is no IPv4 address"};
  }
  replace_file(file, o.address + '\n', 0600);
  return 0;
}

int exec(const options& o) {
  const auto folder = o.folder.empty() ? names_of(o.id).pod(key_of(o.pod)) : fs::path{o.folder};
  return enter_container(read_plan(folder), o.arguments, o.merge);
}

/// One line a pod: namespace/name, process id, folder.
int list(const options& o) {
  const auto pods = names_of(o.id).folder() / "pods";
  if (!fs::exists(pods)) {
    return 0;
  }
  for (const auto& entry : fs::directory_iterator{pods}) {
    auto name = entry.path().filename().string();
    name.replace(name.find('_'), 1, "/");
    const auto pid = fs::exists(entry.path() / "pid") ? pid_of(read_plan(entry.path())) : 0;
    std::printf("%s %d %s\n", name.c_str(), pid, entry.path().c_str());
  }
  return 0;
}

using action = int (*)(const options&);

/// Subcommands with what each takes; `chosen` becomes the one that was given.
void describe(CLI::App& app, options& o, action& chosen) {
  const auto command = [&](const char* name, const char* help, action run_it) {
    auto* sub = app.add_subcommand(name, help);
    sub->callback([&chosen, run_it] { chosen = run_it; });
    return sub;
  };
  const auto with_id = [&](CLI::App* sub) {
    sub->add_option("ID", o.id, "the node's")->required();
    return sub;
  };
  const auto with_pod = [&](CLI::App* sub) {
    with_id(sub)->add_option("POD", o.pod, "NAMESPACE/NAME")->required();
    return sub;
  };
  auto* sub = with_id(command("run", "Be a node until SIGTERM or SIGINT", run));
  sub->add_option("--bitcoind", o.programs, "folder with bitcoind and bitcoin-cli")->required();
  sub->add_option("--kubeconfig", o.kubeconfig, "default: as kubectl finds it");
  sub->add_option("--namespace", o.ns, "take pods of this one only");
  with_id(command("clean", "Remove what a killed node left behind", clean));
  with_id(command("list", "The pods of a running node: name, process, folder", list));
  sub = with_pod(command("exec", "Run a program in a pod", exec));
  sub->add_option("COMMAND", o.arguments)->required();
  sub = with_pod(command("kill", "Kill a pod's bitcoind; the pod stays", kill_pod));
  sub->add_option("--signal", o.signal, "default 9");
  sub = with_pod(command("reserve", "The next pod of this name gets this address", reserve));
  sub->add_option("ADDRESS", o.address)->required();
  sub = command("enter", "What a probe does", exec);
  sub->group("");
  sub->add_flag("--merge", o.merge);
  sub->add_option("FOLDER", o.folder)->required();
  sub->add_option("COMMAND", o.arguments)->required();
  sub = command("container", "What a container does", [](const options& x) {
    return become_container(read_plan(x.folder));
  });
  sub->group("");
  sub->add_option("FOLDER", o.folder)->required();
}

int main_checked(int argc, char** argv) {
  CLI::App app{"A Kubernetes node that runs the controller's pods as processes, for tests."};
  app.require_subcommand(1);
  options o;
  action chosen = nullptr;
  describe(app, o, chosen);
  CLI11_PARSE(app, argc, argv);
  return chosen(o);
}

}  // namespace
}  // namespace btc::node

int main(int argc, char** argv) {
  try {
    return btc::node::main_checked(argc, argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bitcoin-test-node: %s\n", e.what());
    return 1;
  }
}
