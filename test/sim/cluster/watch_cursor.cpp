#include "test/sim/cluster/watch_cursor.hpp"

#include "test/sim/cluster/statuses.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace btc::sim {

namespace {

[[nodiscard]] document event(std::string_view type, json object) {
  json out = json::object();
  out["type"] = type;
  out["object"] = std::move(object);
  return std::make_shared<const json>(std::move(out));
}

}  // namespace

watch_cursor::watch_cursor(const store& source,
                           const server_view& server,
                           const resource_type& type,
                           watch_options options)
    : store_(&source),
      server_(&server),
      type_(&type),
      options_(std::move(options)),
      epoch_(server.epoch()) {
  start();
}

void watch_cursor::start() {
  const auto id = type_->id;
  if (!options_.initial_state) {
    if (options_.since < store_->compacted()) {
      const auto oldest = std::to_string(store_->compacted() + 1);
      waiting_.push_back(event("ERROR",
                               *expired("too old resource version: "
                                        + std::to_string(options_.since) + " (" + oldest + ')')
                                    .body));
      failed_ = true;
    }
    position_ = store_->log(id).after(options_.since);
    return;
  }
  // A real server keeps the stream waiting until it has seen what the store had (KEP-3157).
  const auto& log = store_->log(id);
  position_ = options_.most_recent ? log.end() : server_->position(id);
  shown_ = options_.most_recent ? store_->version() : 0;
  for (const auto& [key, object] : options_.most_recent ? log.objects() : server_->objects(id)) {
    if (options_.what.matches(key, *object)) {
      waiting_.push_back(event("ADDED", *object));
    }
  }
  if (options_.initial_end && options_.bookmarks) {
    waiting_.push_back(make_bookmark(true));
  }
}

bool watch_cursor::ended() const noexcept {
  return (failed_ && waiting_.empty()) || epoch_ != server_->epoch()
         || position_ < store_->log(type_->id).first();
}

bool watch_cursor::ready() {
  const auto& log = store_->log(type_->id);
  while (waiting_.empty() && !ended()
         && position_ < std::min(server_->position(type_->id), log.end())) {
    if (auto next = event_of(log.at(position_++)); next != nullptr) {
      waiting_.push_back(std::move(next));
    }
  }
  return !waiting_.empty() && epoch_ == server_->epoch();
}

document watch_cursor::next() {
  if (!ready()) {
    return nullptr;
  }
  auto out = std::move(waiting_.front());
  waiting_.pop_front();
  return out;
}

document watch_cursor::event_of(const commit& c) const {
  const auto chosen = [&](const document& object) {
    return object != nullptr && options_.what.matches(c.key, *object);
  };
  const bool before = chosen(c.before);
  const bool after = chosen(c.after);
  if (before == after) {
    return before ? c.event : nullptr;
  }
  if (after) {
    return c.what == change::added ? c.event : event("ADDED", *c.after);
  }
  if (c.after == nullptr) {
    return c.event;
  }
  // It left the selection: the watcher is told that the old object went, at the new version.
  auto last = *c.before;
  last["metadata"]["resourceVersion"] = std::to_string(c.version);
  return event("DELETED", std::move(last));
}

document watch_cursor::make_bookmark(bool initial_end) const {
  const auto version = std::max(shown_, server_->version(type_->id));
  json metadata{{"resourceVersion", std::to_string(version)}};
  if (initial_end) {
    metadata["annotations"] = {{"k8s.io/initial-events-end", "true"}};
  }
  return event("BOOKMARK",
               {{"kind", type_->kind},
                {"apiVersion", type_->api_version()},
                {"metadata", std::move(metadata)}});
}

document watch_cursor::bookmark() {
  return !options_.bookmarks || ready() || ended() ? nullptr : make_bookmark(false);
}

}  // namespace btc::sim
