#pragma once

#include "test/sim/world/observer.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace btc::sim {

/// What an oracle saw.
struct violation {
  std::string oracle{};
  std::string what{};
};

/// A rule that every run must keep. It looks on (see observer) and remembers the first time that
/// the rule was broken. To add one: a small class, and a line in all_oracles.cpp.
class oracle : public observer {
 public:
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;
  [[nodiscard]] const std::optional<violation>& broken() const noexcept { return broken_; }
  [[nodiscard]] const std::string* complaint() const noexcept final {
    return broken_ ? &broken_->what : nullptr;
  }

 protected:
  void violated(std::string what) {
    if (!broken_) {
      broken_ = violation{std::string{name()}, std::move(what)};
    }
  }

 private:
  std::optional<violation> broken_{};
};

/// True for writes of the controller, as told by who asked.
[[nodiscard]] bool by_controller(const commit_notice& n);

}  // namespace btc::sim
