// The only file that speaks to the kernel about namespaces and mounts. It runs in a process of its
// own with one thread, just before that becomes bitcoind or a probe.
#include "test/node/container.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <grp.h>
#include <sched.h>
#include <stdexcept>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>

namespace btc::node {

namespace {

constexpr int start_error = 128;

void check(bool ok, const std::string& what) {
  if (!ok) {
    throw std::system_error{errno, std::system_category(), what};
  }
}

void join(const std::string& path, int type) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  check(fd >= 0, path);
  check(::setns(fd, type) == 0, "setns " + path);
  ::close(fd);
}

void mount_bind(const std::string& from, const std::string& to) {
  check(::mount(from.c_str(), to.c_str(), nullptr, MS_BIND | MS_REC, nullptr) == 0,
        "mount " + from + " at " + to);
}

void make_read_only(const std::string& path) {
  constexpr unsigned long flags = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID;
  check(::mount(nullptr, path.c_str(), nullptr, flags, nullptr) == 0, "read-only " + path);
}

/// What a program may expect of /dev. No /proc and no /sys: nothing here needs them.
void make_devices(const std::string& root) {
  std::filesystem::create_directories(root + "/dev");
  for (const char* name : {"null", "zero", "random", "urandom"}) {
    const auto inside = root + "/dev/" + name;
    std::ofstream{inside}.close();
    mount_bind(std::string{"/dev/"} + name, inside);
  }
}

/// /bin, /lib and so on: links into /usr, as on every merged system.
void make_links(const std::string& root) {
  for (const char* name : {"bin", "sbin", "lib", "lib64"}) {
    const auto outside = std::filesystem::path{"/"} / name;
    if (std::filesystem::is_symlink(outside)) {
      std::filesystem::create_symlink(std::filesystem::read_symlink(outside),
                                      std::filesystem::path{root} / name);
    }
  }
}

void make_root(const container_plan& plan) {
  check(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "private mounts");
  check(::mount("tmpfs", plan.root.c_str(), "tmpfs", MS_NOSUID, "mode=755,size=16m") == 0,
        "mount " + plan.root);
  make_devices(plan.root);
  make_links(plan.root);
  std::filesystem::create_directories(plan.root + "/home/bitcoin");
  for (const auto& bind : plan.binds) {
    std::filesystem::create_directories(plan.root + bind.to);
    mount_bind(bind.from, plan.root + bind.to);
  }
  for (const auto& bind : plan.binds) {
    if (bind.read_only) {
      make_read_only(plan.root + bind.to);  // last: a mount point may lie in it
    }
  }
}

void move_into(const container_plan& plan) {
  check(::chdir(plan.root.c_str()) == 0, plan.root);
  // Both the same: the old root lies over the new one, and goes (pivot_root(2)).
  check(::syscall(SYS_pivot_root, ".", ".") == 0, "pivot_root");
  check(::umount2(".", MNT_DETACH) == 0, "umount");
  check(::chdir("/") == 0, "/");
  if (plan.read_only_root) {
    make_read_only("/");
  }
}

void become_user(const container_plan& plan) {
  std::vector<gid_t> groups(plan.groups.begin(), plan.groups.end());
  check(::setgroups(groups.size(), groups.data()) == 0, "setgroups");
  check(::setgid(plan.group) == 0, "setgid");
  check(::setuid(plan.user) == 0, "setuid");
  check(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no_new_privs");
  // After setuid, which clears it: no bitcoind outlives the node, however that ends.
  check(::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0, "parent death signal");
}

[[nodiscard]] std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  std::ranges::transform(texts, std::back_inserter(out), [](auto& t) { return t.data(); });
  out.push_back(nullptr);
  return out;
}

void execute(const container_plan& plan, std::vector<std::string> arguments) {
  auto environment = plan.environment;
  ::signal(SIGPIPE, SIG_DFL);
  ::execvpe(arguments.at(0).c_str(), pointers(arguments).data(), pointers(environment).data());
  check(false, "cannot run " + arguments[0]);
}

int report(const std::exception& e) {
  std::fprintf(stderr, "bitcoin-test-node: %s\n", e.what());
  return start_error;
}

}  // namespace

int become_container(const container_plan& plan) {
  try {
    const auto parent = ::getppid();
    // Opened outside, written when everything stands: `enter` finds a whole container or none.
    std::ofstream pid_file{plan.pid_file};
    check(pid_file.is_open(), plan.pid_file);
    join(plan.net_namespace, CLONE_NEWNET);
    check(::unshare(CLONE_NEWNS) == 0, "unshare");
    make_root(plan);
    move_into(plan);
    become_user(plan);
    ::setenv("PATH", plan.environment.at(0).c_str() + std::strlen("PATH="), 1);
    if (::getppid() != parent) {
      return start_error;  // the node ended meanwhile
    }
    pid_file << ::getpid() << std::endl;
    pid_file.close();
    execute(plan, plan.arguments);
  } catch (const std::exception& e) {
    return report(e);
  }
  return start_error;
}

int enter_container(const container_plan& plan,
                    const std::vector<std::string>& arguments,
                    bool merge) {
  try {
    if (merge) {
      check(::dup2(STDOUT_FILENO, STDERR_FILENO) >= 0, "dup2");
    }
    const int pid = pid_of(plan);
    if (pid == 0) {
      throw std::runtime_error{"the container does not run"};
    }
    const auto namespaces = "/proc/" + std::to_string(pid) + "/ns/";
    join(namespaces + "net", CLONE_NEWNET);
    join(namespaces + "mnt", CLONE_NEWNS);
    check(::chdir("/") == 0, "/");
    become_user(plan);
    ::setenv("PATH", plan.environment.at(0).c_str() + std::strlen("PATH="), 1);
    execute(plan, arguments);
  } catch (const std::exception& e) {
    return report(e);
  }
  return start_error;
}

int pid_of(const container_plan& plan) {
  int pid = 0;
  std::ifstream{plan.pid_file} >> pid;
  return pid;
}

}  // namespace btc::node
