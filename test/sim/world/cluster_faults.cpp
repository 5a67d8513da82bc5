#include "test/sim/cluster/statuses.hpp"
#include "test/sim/world/world.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

/// Faults of the cluster and of the ways to it: servers that fail, lag or forget, watches that
/// break, controllers that sleep, and time that jumps.
namespace btc::sim {

using nlohmann::json;

// -- servers ------------------------------------------------------------------------------

void world::break_connections() {
  for (const auto& s : wire_.streams) {
    if (!s->closed && !s->ended) {
      s->ended = true;
      s->silent = false;
      s->extra.clear();
      s->error = connection_lost();
    }
  }
}

std::string world::fail_over() {
  server_ = (server_ + 1) % server_count;
  break_connections();
  return "to server " + std::to_string(server_);
}

std::string world::lag() {
  const auto s = choices_.choose(server_count);
  cluster_.server(s).hold();
  return "server " + std::to_string(s) + " stops following the store";
}

std::string world::go_back(std::optional<std::uint32_t> target) {
  const auto& store = cluster_.objects();
  const auto oldest = std::max(store.compacted(), cluster_.model().initial_version());
  const auto span = store.version() - oldest + 1;
  const auto back = pick(static_cast<std::size_t>(span), target);
  server_ = (server_ + 1) % server_count;
  cluster_.server(server_).place(store.version() - back);
  break_connections();
  return "to server " + std::to_string(server_) + ", which shows version "
         + std::to_string(store.version() - back) + " of " + std::to_string(store.version());
}

std::string world::compact() {
  cluster_.compact(cluster_.objects().version());
  return "up to version " + std::to_string(cluster_.objects().version());
}

// -- watches ------------------------------------------------------------------------------

std::string world::harm_watch(fault f, std::optional<std::uint32_t> target) {
  if (wire_.streams.empty()) {
    return {};
  }
  auto& s = *wire_.streams[pick(wire_.streams.size(), target)];
  auto what = "of " + std::string{k8s::info(s.kind).plural};
  if (f == fault::cut_watch) {
    const auto how = choices_.choose(3);
    s.ended = true;
    s.silent = false;
    if (how == 1) {
      s.error = connection_lost();
    }
    s.truncated = how == 2;
    what += how == 0 ? ", cleanly" : how == 1 ? ", by a reset" : ", inside a line";
  } else if (f == fault::silence_watch) {
    if (s.ended) {
      return {};  // its end is on its way, and would never arrive
    }
    s.silent = true;
  } else if (f == fault::expire_watch) {
    const auto status = expired("too old resource version: 1 (2)");
    s.extra.push_back(
        {{}, std::make_shared<const json>(json{{"type", "ERROR"}, {"object", *status.body}})});
  } else if (choices_.choose(2) == 0) {
    s.extra.push_back({"{\"type\":\"MODIFIED\",\"object\":{", nullptr});
  } else {
    ++s.oversized;
  }
  return what;
}

// -- built-in controllers and time --------------------------------------------------------

std::string world::pause_builtins() {
  const auto i = choices_.choose(built_ins_.count());
  built_ins_.pause(i);
  return std::string{built_ins_.name(i)};
}

std::string world::jump() {
  constexpr std::array<std::chrono::seconds, 4> distances{std::chrono::seconds{31},
                                                          std::chrono::seconds{61},
                                                          std::chrono::seconds{600},
                                                          std::chrono::seconds{7200}};
  const auto by = distances[choices_.choose(distances.size())];
  advance_to(now_ + by);
  return "by " + std::to_string(by.count()) + " s";
}

}  // namespace btc::sim
