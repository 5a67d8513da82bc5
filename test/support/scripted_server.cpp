#include "test/support/scripted_server.hpp"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <csignal>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <utility>

namespace btc::test {

namespace {

constexpr int patience_seconds = 20;

struct free_context {
  void operator()(SSL_CTX* p) const noexcept { SSL_CTX_free(p); }
};
using context_ptr = std::unique_ptr<SSL_CTX, free_context>;

template <class T, class Read>
[[nodiscard]] T* from_pem(const std::string& pem, Read read) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  T* out = read(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  return out;
}

[[nodiscard]] context_ptr make_context(const server_tls& tls) {
  context_ptr out{SSL_CTX_new(TLS_server_method())};
  if (tls.version_max != 0) {
    SSL_CTX_set_security_level(out.get(), 0);  // old versions are refused above it
    SSL_CTX_set_min_proto_version(out.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(out.get(), tls.version_max);
  }
  auto* certificate = from_pem<X509>(tls.own.certificate, PEM_read_bio_X509);
  auto* key = from_pem<EVP_PKEY>(tls.own.key, PEM_read_bio_PrivateKey);
  SSL_CTX_use_certificate(out.get(), certificate);
  SSL_CTX_use_PrivateKey(out.get(), key);
  X509_free(certificate);
  EVP_PKEY_free(key);
  if (!tls.client_authority.empty()) {
    auto* authority = from_pem<X509>(tls.client_authority, PEM_read_bio_X509);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(out.get()), authority);
    X509_free(authority);
    SSL_CTX_set_verify(out.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return out;
}

void tune(int socket) {
  const timeval patience{patience_seconds, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

std::string received_request::header(std::string_view name) const {
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a))
           == std::tolower(static_cast<unsigned char>(b));
  };
  const auto wanted = "\r\n" + std::string{name} + ": ";
  const auto at = std::search(head.begin(), head.end(), wanted.begin(), wanted.end(), same);
  if (at == head.end()) {
    return {};
  }
  const auto begin = at + static_cast<std::ptrdiff_t>(wanted.size());
  return {begin, std::find(begin, head.end(), '\r')};
}

// -- one connection -------------------------------------------------------------------------

server_peer::~server_peer() {
  close();
  SSL_free(ssl_);
}

bool server_peer::start_tls(const server_tls& tls) {
  const auto context = make_context(tls);
  ssl_ = SSL_new(context.get());  // holds the context
  SSL_set_fd(ssl_, socket_);
  return SSL_accept(ssl_) == 1;
}

bool server_peer::read_some() {
  std::array<char, 16'384> chunk{};
  const auto n = ssl_ != nullptr ? static_cast<ssize_t>(SSL_read(ssl_, chunk.data(), chunk.size()))
                                 : ::recv(socket_, chunk.data(), chunk.size(), 0);
  if (n <= 0) {
    return false;
  }
  buffer_.append(chunk.data(), static_cast<std::size_t>(n));
  return true;
}

std::optional<received_request> server_peer::read_request() {
  constexpr std::string_view end_of_head = "\r\n\r\n";
  auto end = buffer_.find(end_of_head);
  while (end == std::string::npos) {
    if (!read_some()) {
      return std::nullopt;
    }
    end = buffer_.find(end_of_head);
  }
  received_request out;
  out.head = buffer_.substr(0, end + 2);
  out.line = out.head.substr(0, out.head.find('\r'));
  buffer_.erase(0, end + end_of_head.size());
  const auto length = out.header("Content-Length");
  std::size_t size = 0;
  std::from_chars(length.data(), length.data() + length.size(), size);
  while (buffer_.size() < size) {
    if (!read_some()) {
      return std::nullopt;
    }
  }
  out.body = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return out;
}

void server_peer::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n =
        ssl_ != nullptr
            ? static_cast<ssize_t>(SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())))
            : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) {
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void server_peer::answer(int status, std::string_view body, std::string_view headers) {
  write("HTTP/1.1 " + std::to_string(status) + " x\r\nContent-Length: "
        + std::to_string(body.size()) + "\r\n" + std::string{headers} + "\r\n" + std::string{body});
}

void server_peer::begin_chunks(int status) {
  write("HTTP/1.1 " + std::to_string(status) + " x\r\nTransfer-Encoding: chunked\r\n\r\n");
}

void server_peer::chunk(std::string_view bytes) {
  std::array<char, 16> digits{};
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), bytes.size(), 16).ptr;
  std::string text{digits.data(), end};
  text.append("\r\n").append(bytes).append("\r\n");
  write(text);
}

void server_peer::serve(std::string_view body) {
  while (read_request()) {
    answer(200, body);
  }
}

bool server_peer::wait_closed() {
  while (read_some()) {
  }
  return errno != EAGAIN && errno != EWOULDBLOCK;
}

void server_peer::reset() {
  const linger hard{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  if (const int socket = socket_.exchange(-1); socket >= 0) {
    ::close(socket);
  }
}

void server_peer::close() {
  if (const int socket = socket_.exchange(-1); socket >= 0) {
    if (ssl_ != nullptr && SSL_is_init_finished(ssl_) == 1) {
      SSL_shutdown(ssl_);
    }
    ::close(socket);
  }
}

std::string server_peer::client_name() const {
  const X509* certificate = ssl_ == nullptr ? nullptr : SSL_get0_peer_certificate(ssl_);
  if (certificate == nullptr) {
    return {};
  }
  std::array<char, 256> name{};
  X509_NAME_get_text_by_NID(
      X509_get_subject_name(certificate), NID_commonName, name.data(), name.size());
  return name.data();
}

bool server_peer::resumed() const {
  return ssl_ != nullptr && SSL_session_reused(ssl_) == 1;
}

// -- the server -----------------------------------------------------------------------------

scripted_server::scripted_server(std::optional<server_tls> tls) : tls_(std::move(tls)) {
  std::signal(SIGPIPE, SIG_IGN);  // SSL_write has no MSG_NOSIGNAL
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  constexpr int backlog = 128;
  if (::bind(listener_, generic, size) != 0 || ::listen(listener_, backlog) != 0
      || ::getsockname(listener_, generic, &size) != 0) {
    throw std::runtime_error("no listening socket on loopback");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread{[this] { accept_all(); }};
}

scripted_server::~scripted_server() {
  ending_ = true;
  ::shutdown(listener_, SHUT_RDWR);  // wakes accept()
  acceptor_.join();
  ::close(listener_);
  for (const auto& peer : peers_) {
    ::shutdown(peer->socket_, SHUT_RDWR);
  }
  for (auto& thread : threads_) {
    thread.join();
  }
}

void scripted_server::next(script s) {
  const std::lock_guard lock{mutex_};
  next_.push_back(std::move(s));
}

void scripted_server::always(script s) {
  const std::lock_guard lock{mutex_};
  always_ = std::move(s);
}

void scripted_server::use(server_tls tls) {
  const std::lock_guard lock{mutex_};
  tls_ = std::move(tls);
}

void scripted_server::accept_all() {
  while (!ending_) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) {
      continue;
    }
    tune(socket);
    ++connections_;
    auto& peer = *peers_.emplace_back(std::make_unique<server_peer>(socket));
    threads_.emplace_back([this, &peer] { run(peer); });
  }
}

void scripted_server::run(server_peer& peer) {
  std::optional<server_tls> tls;
  {
    const std::lock_guard lock{mutex_};
    tls = tls_;
  }
  if (!tls || peer.start_tls(*tls)) {
    take_script()(peer);
  }
  peer.close();
}

scripted_server::script scripted_server::take_script() {
  const std::lock_guard lock{mutex_};
  if (next_.empty()) {
    return always_;
  }
  auto out = std::move(next_.front());
  next_.pop_front();
  return out;
}

}  // namespace btc::test
