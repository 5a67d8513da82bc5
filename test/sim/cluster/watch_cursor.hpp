#pragma once

#include "test/sim/cluster/selectors.hpp"
#include "test/sim/cluster/server_view.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>

namespace btc::sim {

/// What a watch asked for.
struct watch_options {
  selection what{};
  std::uint64_t since{0};     ///< events after this version
  bool initial_state{false};  ///< what is there comes first, as ADDED
  bool most_recent{false};    ///< of that what the store has, not what the server has seen of it
  bool initial_end{false};    ///< and a bookmark says where it ends (KEP-3157)
  bool bookmarks{false};      ///< allowWatchBookmarks
};

/// One open watch on one server. The caller takes the events one by one, when it likes; the cluster
/// must outlive the cursor.
class watch_cursor {
 public:
  watch_cursor(const store& source,
               const server_view& server,
               const resource_type& type,
               watch_options options);

  /// True when next() has something to give.
  [[nodiscard]] bool ready();
  /// The next event, {"type", "object"}, that the server has seen; null when there is none yet or
  /// the stream has ended.
  [[nodiscard]] document next();
  /// True when no event will come any more: after an ERROR event, or when the server went back.
  [[nodiscard]] bool ended() const noexcept;
  /// A bookmark for the place where the stream stands, all events before it taken; null when the
  /// client did not ask for bookmarks or events wait.
  [[nodiscard]] document bookmark();

  [[nodiscard]] const resource_type& type() const noexcept { return *type_; }

 private:
  void start();
  [[nodiscard]] document event_of(const commit& c) const;
  [[nodiscard]] document make_bookmark(bool initial_end) const;

  const store* store_;
  const server_view* server_;
  const resource_type* type_;
  watch_options options_;
  std::size_t position_{0};
  std::uint64_t shown_{0};  ///< version of the most recent state that it began with
  std::uint64_t epoch_;
  std::deque<document> waiting_{};
  bool failed_{false};
};

}  // namespace btc::sim
