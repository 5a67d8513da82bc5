#pragma once

#include "messages/reports.hpp"

#include <caf/actor_system.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_behavior.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <any>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace btc::test {

/// What a probe received, in order.
class inbox {
 public:
  template <class Message>
  void put(const Message& m) {
    messages_.emplace_back(m);
    if (reaction_) {
      reaction_(messages_.back());
    }
  }
  /// What the probe does at each message, for the few that a test cannot do without.
  void react(std::function<void(const std::any&)> reaction) { reaction_ = std::move(reaction); }

  /// All messages of this type so far.
  template <class Message>
  [[nodiscard]] std::vector<Message> all() const {
    std::vector<Message> out;
    for (const auto& m : messages_) {
      if (const auto* found = std::any_cast<Message>(&m)) {
        out.push_back(*found);
      }
    }
    return out;
  }
  template <class Message>
  [[nodiscard]] std::size_t count() const {
    return all<Message>().size();
  }
  void clear() { messages_.clear(); }

 private:
  std::vector<std::any> messages_{};
  std::function<void(const std::any&)> reaction_{};
};

/// A stand-in for any actor of the protocol: keeps every message, answers nothing but reports.
template <class Handle>
class probe {
 public:
  explicit probe(caf::actor_system& system)
      : inbox_(std::make_shared<inbox>()), handle_(spawn(system, typename Handle::signatures{})) {}

  [[nodiscard]] const Handle& handle() const noexcept { return handle_; }
  [[nodiscard]] inbox& got() const noexcept { return *inbox_; }
  template <class Message>
  [[nodiscard]] std::vector<Message> all() const {
    return inbox_->template all<Message>();
  }
  template <class Message>
  [[nodiscard]] std::size_t count() const {
    return inbox_->template count<Message>();
  }

 private:
  template <class Message>
  [[nodiscard]] static auto row(
      const std::shared_ptr<inbox>& in,
      caf::typed_mpi<caf::detail::type_list<Message>, caf::output_tuple<void>>) {
    return [in](const Message& m) { in->put(m); };
  }
  template <class Message>
  [[nodiscard]] static auto row(
      const std::shared_ptr<inbox>& in,
      caf::typed_mpi<caf::detail::type_list<Message>, caf::output_tuple<messages::report>>) {
    return [in](const Message& m) -> messages::report {
      in->put(m);
      return std::make_shared<messages::actor_reports>();
    };
  }

  template <class... Signatures>
  [[nodiscard]] Handle spawn(caf::actor_system& system, caf::detail::type_list<Signatures...>) {
    // An argument rather than a capture: CAF 0.17 binds a reference to nothing without one, which
    // UBSan reports.
    return system.spawn([](const std::shared_ptr<inbox>& in) ->
                        typename Handle::behavior_type { return {row(in, Signatures{})...}; },
                        inbox_);
  }

  std::shared_ptr<inbox> inbox_;
  Handle handle_;
};

}  // namespace btc::test
