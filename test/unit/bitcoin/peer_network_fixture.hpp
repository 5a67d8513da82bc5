#pragma once

#include "actors/bitcoin/peer_network.hpp"
#include "test/support/model_bitcoind.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace btc::bitcoin {

/// One network under a virtual clock, with nodes that answer after some milliseconds.
class peer_network_fixture : public testing::Test {
 protected:
  peer_network_fixture() {
    target_.uid = "uid-a";
    target_.chain = "regtest";
    target_.names = {"net-sts", "net-svc", "default", 18444};
    target_.credentials = std::make_shared<const rpc_credentials>(credentials("secret"));
  }

  [[nodiscard]] static bitcoin::rpc_credentials credentials(std::string password) {
    return {secret_text{"bitcoin-controller"}, secret_text{std::move(password)}};
  }
  [[nodiscard]] static std::string ip(std::int32_t ordinal) {
    return "10.0.0." + std::to_string(ordinal + 1);
  }
  [[nodiscard]] test::model_bitcoind& bitcoind(std::int32_t ordinal) {
    return world_.at[target_node(ordinal).ip];
  }
  [[nodiscard]] node_target& target_node(std::int32_t ordinal) {
    return *std::find_if(target_.nodes.begin(), target_.nodes.end(), [&](const auto& n) {
      return n.ordinal == ordinal;
    });
  }

  /// `count` pods that are ready, each with a bitcoind that has just started.
  void have(std::int32_t count) {
    target_.nodes_wanted = count;
    target_.nodes.clear();
    for (std::int32_t i = 0; i < count; ++i) {
      target_.nodes.push_back({i, "pod-" + std::to_string(i), 0, true, ip(i)});
      start(i);
    }
  }
  void start(std::int32_t ordinal) {
    auto& node = bitcoind(ordinal);
    node.restart();
    node.authorization = basic_authorization(*target_.credentials).reveal();
    world_.dns[target_.names.address_of(ordinal)] = target_node(ordinal).ip;
  }
  void tell() {
    std::vector<std::string> addresses;
    for (const auto& node : target_.nodes) {
      addresses.push_back(node.ip);
    }
    book_.set(target_.uid, addresses);
    net_.retarget(now_, std::make_shared<const network_target>(target_));
    collect();
  }

  /// Lets time pass; nodes that hang answer at their deadline.
  void pass(std::chrono::milliseconds time) {
    const auto end = now_ + time;
    for (;;) {
      send_what_is_due();
      const auto next = next_event();
      if (next > end) {
        break;
      }
      now_ = std::max(now_, next);
      net_.look(now_);
      deliver();
      collect();
    }
    now_ = end;
  }
  void send_what_is_due() {
    while (auto order = net_.next(now_, slow_too_)) {
      auto answer = world_.answer(order->request);
      const bool late = !answer && answer.error().reason() == k8s::reason_timeout;
      sent_.push_back(order->request.body);
      flying_.push_back({now_ + (late ? order->deadline : latency(order->ticket.ordinal)),
                         order->ticket,
                         std::move(answer)});
      per_node_max_ = std::max(per_node_max_, flying_to(order->request.host));
    }
    flying_max_ = std::max(flying_max_, flying_.size());
  }
  /// Each node has its own.
  [[nodiscard]] static std::chrono::milliseconds latency(std::int32_t ordinal) {
    return std::chrono::milliseconds{3 + 7 * (ordinal % 5)};
  }
  [[nodiscard]] std::size_t flying_to(const std::string& host) const {
    return static_cast<std::size_t>(std::count_if(
        flying_.begin(), flying_.end(), [&](const auto& f) { return f.ticket.host == host; }));
  }
  [[nodiscard]] peer_network::time_point next_event() const {
    auto next = net_.wake_at(slow_too_).value_or(peer_network::time_point::max());
    for (const auto& f : flying_) {
      next = std::min(next, f.lands_at);
    }
    return next;
  }
  void deliver() {
    for (std::size_t i = 0; i < flying_.size();) {
      if (flying_[i].lands_at > now_) {
        ++i;
        continue;
      }
      const auto landed = std::move(flying_[i]);
      flying_.erase(flying_.begin() + static_cast<std::ptrdiff_t>(i));
      static_cast<void>(net_.ended(now_, landed.ticket, landed.answer, book_));
    }
  }
  void collect() {
    if (auto report = net_.take_report(now_)) {
      reports_.push_back({now_, report});
    }
    refusals_ += net_.take_refusal(now_) ? 1U : 0U;
    for (auto& note : net_.take_notes()) {
      notes_.push_back(std::move(note));
    }
  }

  [[nodiscard]] const chain_report& last() const { return *reports_.back().report; }
  [[nodiscard]] std::size_t count(peer_note::kind what) const {
    return static_cast<std::size_t>(
        std::count_if(notes_.begin(), notes_.end(), [&](const auto& n) { return n.what == what; }));
  }
  /// Every pair of the topology has one connection, and no other pair any.
  void expect_topology() {
    std::size_t wanted = 0;
    std::size_t standing = 0;
    for (std::int32_t i = 0; i < target_.nodes_wanted; ++i) {
      for (const auto other : added_by(target_.shape, target_.nodes_wanted, i)) {
        ++wanted;
        EXPECT_EQ(world_.connections_between(target_node(i).ip, target_node(other).ip), 1U)
            << i << " and " << other;
      }
      standing += bitcoind(i).peers.size();
    }
    EXPECT_EQ(standing, wanted);
  }
  [[nodiscard]] bool polls_only() const {
    return std::all_of(sent_.begin(), sent_.end(), [](const auto& body) {
      return body == batch_body(poll_calls(false));
    });
  }

  struct flight {
    peer_network::time_point lands_at{};
    rpc_ticket ticket{};
    k8s::result<rpc_response> answer{rpc_response{}};
  };
  struct told {
    peer_network::time_point at{};
    std::shared_ptr<const chain_report> report{};
  };

  test::bitcoind_world world_{};
  network_target target_{};
  address_book book_{};
  peer_options options_{};
  std::mt19937 random_{1};
  peer_network::random jitter_{[this] { return static_cast<double>(random_() % 1'000) / 1'000; }};
  peer_network net_{options_, jitter_};
  peer_network::time_point now_{std::chrono::seconds{1'000'000}};
  bool slow_too_{true};
  std::vector<flight> flying_{};
  std::vector<std::string> sent_{};
  std::vector<told> reports_{};
  std::vector<peer_note> notes_{};
  std::size_t refusals_{0};
  std::size_t flying_max_{0};
  std::size_t per_node_max_{0};
};

}  // namespace btc::bitcoin
