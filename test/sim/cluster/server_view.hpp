#pragma once

#include "test/sim/cluster/store.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace btc::sim {

/// What one API server has seen of the store: its watch cache. A server follows the store, or is
/// held and moved by hand, each resource on its own, as lag does.
class server_view {
 public:
  explicit server_view(const store& source) : store_(&source) {}

  [[nodiscard]] bool follows() const noexcept { return follows_; }
  /// Sees from now on only what advance() shows it.
  void hold();
  /// Has seen everything, now and from now on.
  void follow() noexcept;
  /// Sees the next commit of a resource; false when there is none.
  bool advance(type_id type);
  /// Goes to the state at `version`, also backwards: the state of another server that lagged.
  /// Open watches of the server end. At most as far back as the history goes.
  void place(std::uint64_t version);
  /// Learns that no commit is missing (a progress notification): only versions move.
  void progress() noexcept;

  [[nodiscard]] const object_map& objects(type_id type) const;
  /// Commits of the resource that the server has seen, counted from the first ever.
  [[nodiscard]] std::size_t position(type_id type) const;
  /// Commits of the resource that it has not seen.
  [[nodiscard]] std::size_t behind(type_id type) const;
  [[nodiscard]] std::uint64_t version(type_id type) const;
  /// Changes when place() ends the watches.
  [[nodiscard]] std::uint64_t epoch() const noexcept { return epoch_; }

 private:
  struct cached {
    object_map objects{};
    std::size_t position{0};
    std::uint64_t version{0};
  };

  void fill(type_id type, std::size_t position, std::uint64_t version);

  const store* store_;
  bool follows_{true};
  std::uint64_t epoch_{0};
  std::array<cached, type_count> caches_{};
};

}  // namespace btc::sim
