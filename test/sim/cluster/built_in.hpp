#pragma once

#include <cstddef>
#include <string_view>

namespace btc::sim {

/// Something in the cluster that acts by itself, but only when it is told to: a built-in
/// controller, the kubelets, the bitcoinds. The scheduler decides when, and which of the possible
/// steps.
class built_in {
 public:
  built_in() = default;
  built_in(const built_in&) = delete;
  built_in& operator=(const built_in&) = delete;
  virtual ~built_in() = default;

  [[nodiscard]] virtual std::string_view name() const noexcept = 0;
  /// How many different steps it could take now; 0 when it rests. Cheap when nothing was written.
  [[nodiscard]] virtual std::size_t runnable() = 0;
  /// Takes one of them, 0 ≤ choice < runnable().
  virtual void step(std::size_t choice) = 0;
};

}  // namespace btc::sim
