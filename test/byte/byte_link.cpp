#include "test/byte/byte_link.hpp"

#include <algorithm>
#include <array>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace btc::test {

namespace {

constexpr int poll_ms = 20'000;  // longer than any test waits for anything
constexpr std::size_t read_bytes = 16 * 1024;

[[nodiscard]] sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

[[nodiscard]] int connected_to(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = loopback(port);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket);
    return -1;
  }
  return socket;
}

void send_at_once(int socket) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

[[nodiscard]] bool send_all(int socket, const char* bytes, std::size_t count) {
  while (count > 0) {
    const auto n = ::send(socket, bytes, count, MSG_NOSIGNAL);
    if (n <= 0) {
      return false;
    }
    bytes += n;
    count -= static_cast<std::size_t>(n);
  }
  return true;
}

/// A close that throws away what was not sent is a RST.
void close_with_reset(int socket) {
  const linger now{1, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(socket);
}

/// Passes on what has come; false when there will be no more.
[[nodiscard]] bool up(int client, int server) {
  std::array<char, read_bytes> buffer{};
  const auto n = ::recv(client, buffer.data(), buffer.size(), 0);
  return n > 0 && send_all(server, buffer.data(), static_cast<std::size_t>(n));
}

}  // namespace

byte_link::byte_link(std::uint16_t server_port) : server_port_(server_port) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(0);
  socklen_t length = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), length) != 0
      || ::listen(listener_, SOMAXCONN) != 0
      || ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    throw std::runtime_error("byte_link cannot listen on loopback");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

byte_link::~byte_link() {
  ending_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  {
    const std::lock_guard lock{mutex_};
    for (const auto& c : connections_) {
      if (!c.ended) {
        ::shutdown(c.client, SHUT_RDWR);
        ::shutdown(c.server, SHUT_RDWR);
      }
    }
  }
  for (auto& c : connections_) {
    c.thread.join();
  }
}

void byte_link::next(const link_plan& plan) {
  const std::lock_guard lock{mutex_};
  plans_.push_back(plan);
}

link_plan byte_link::take_plan() {
  const std::lock_guard lock{mutex_};
  if (plans_.empty()) {
    return {};
  }
  const auto plan = plans_.front();
  plans_.pop_front();
  return plan;
}

void byte_link::accept_all() {
  while (!ending_) {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) {
      continue;  // aborted meanwhile, or the end
    }
    forget_ended();
    auto& c = connections_.emplace_back();
    c.client = client;
    c.server = connected_to(server_port_);
    c.plan = take_plan();
    send_at_once(c.client);
    send_at_once(c.server);
    c.thread = std::thread([this, &c] { carry(c); });
  }
}

void byte_link::forget_ended() {
  connections_.remove_if([this](connection& c) {
    {
      const std::lock_guard lock{mutex_};
      if (!c.ended) {
        return false;
      }
    }
    c.thread.join();
    return true;
  });
}

void byte_link::carry(connection& c) {
  bool open = c.server >= 0;
  while (open) {
    std::array<pollfd, 2> both{pollfd{c.client, POLLIN, 0}, pollfd{c.server, POLLIN, 0}};
    open = ::poll(both.data(), both.size(), poll_ms) > 0;
    if (open && both[0].revents != 0) {
      open = up(c.client, c.server);
    }
    if (open && both[1].revents != 0) {
      open = down(c);
    }
  }
  const std::lock_guard lock{mutex_};
  if (c.plan.end == link_plan::then::rst && c.sent >= c.plan.bytes_max) {
    close_with_reset(c.client);
  } else {
    ::close(c.client);
  }
  ::close(c.server);
  c.ended = true;
}

bool byte_link::down(connection& c) {
  std::array<char, read_bytes> buffer{};
  const auto n = ::recv(c.server, buffer.data(), buffer.size(), 0);
  if (n <= 0) {
    return false;
  }
  const auto count = std::min(static_cast<std::size_t>(n), c.plan.bytes_max - c.sent);
  if (c.plan.flip_at && *c.plan.flip_at >= c.sent && *c.plan.flip_at < c.sent + count) {
    buffer.at(*c.plan.flip_at - c.sent) ^= 1;
  }
  const auto piece = c.plan.piece_bytes == 0 ? std::max<std::size_t>(count, 1) : c.plan.piece_bytes;
  for (std::size_t at = 0; at < count; at += piece) {
    if (!send_all(c.client, buffer.data() + at, std::min(piece, count - at))) {
      return false;
    }
  }
  c.sent += count;
  passed_ += count;
  return c.sent < c.plan.bytes_max || c.plan.end == link_plan::then::silence;
}

}  // namespace btc::test
