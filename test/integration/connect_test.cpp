#include "k8s/io/resolve.hpp"
#include "k8s/io/tls_stream.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/beast/core/error.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <future>
#include <optional>
#include <vector>

namespace btc::k8s::io {
namespace {

using boost::asio::ip::tcp;
using std::chrono_literals::operator""s;
using testing::HasSubstr;
namespace asio = boost::asio;

const auto loopback = asio::ip::address_v4::loopback();

/// A host that answers nobody: its queue is full, so the kernel drops each further SYN.
class silent_host {
 public:
  explicit silent_host(asio::io_context& io) : acceptor_(io, {loopback, 0}) {
    acceptor_.listen(0);
    for (auto& socket : full_) {
      socket.emplace(io);
      socket->async_connect(address(), [](boost::system::error_code) {});
    }
  }
  [[nodiscard]] tcp::endpoint address() const { return acceptor_.local_endpoint(); }

 private:
  tcp::acceptor acceptor_;
  std::array<std::optional<tcp::socket>, 4> full_{};
};

class Connect : public testing::Test {
 protected:
  [[nodiscard]] boost::system::error_code connect(const std::vector<tcp::endpoint>& addresses,
                                                  std::chrono::seconds patience) {
    const auto list =
        tcp::resolver::results_type::create(addresses.begin(), addresses.end(), "host", "service");
    tls_stream stream{io_};
    auto done =
        asio::co_spawn(io_, stream.connect(list, clock::now() + patience), asio::use_future);
    return end_of(done);
  }
  [[nodiscard]] result<tcp::resolver::results_type> find(const endpoint& to,
                                                         clock::time_point deadline) {
    auto done = asio::co_spawn(io_, resolve(to, deadline), asio::use_future);
    return end_of(done);
  }

  /// The connections that fill the silent host's queue are never over.
  template <class T>
  [[nodiscard]] T end_of(std::future<T>& done) {
    while (done.wait_for(0s) != std::future_status::ready) {
      io_.run_one();
    }
    return done.get();
  }

  asio::io_context io_{};
  silent_host silent_{io_};
  tcp::acceptor good_{io_, {loopback, 0}};
};

TEST_F(Connect, ASilentAddressKeepsNobodyFromTheNext) {
  EXPECT_EQ(connect({silent_.address(), good_.local_endpoint()}, 5s), boost::system::error_code{});
}

TEST_F(Connect, ARefusedAddressLeadsToTheNextAtOnce) {
  const auto gone = tcp::acceptor{io_, {loopback, 0}}.local_endpoint();
  EXPECT_EQ(connect({gone, good_.local_endpoint()}, 60s), boost::system::error_code{});
}

TEST_F(Connect, TellsOfTheDeadlineWhenNobodyAnswers) {
  EXPECT_EQ(connect({silent_.address()}, 1s),
            boost::system::error_code{boost::beast::error::timeout});
}

TEST_F(Connect, WithoutAnAddressThereIsNoHost) {
  EXPECT_EQ(connect({}, 1s), boost::system::error_code{asio::error::host_not_found});
}

TEST_F(Connect, ANumericAddressAsksNobody) {
  const auto found = find({"::1", "6443"}, clock::now() - 1s);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->begin()->endpoint(), (tcp::endpoint{asio::ip::address_v6::loopback(), 6443}));
}

TEST_F(Connect, ALookupEndsAtItsDeadline) {
  const auto found = find({"localhost", "6443"}, clock::now() - 1s);
  ASSERT_FALSE(found);
  EXPECT_TRUE(found.error().is_unreachable());
  EXPECT_THAT(found.error().message(), HasSubstr("cannot resolve localhost:6443: no answer"));
}

TEST_F(Connect, FindsTheAddressesOfAName) {
  const auto found = find({"localhost", "6443"}, clock::now() + 60s);
  ASSERT_TRUE(found) << found.error().to_string();
  EXPECT_FALSE(found->empty());
}

}  // namespace
}  // namespace btc::k8s::io
