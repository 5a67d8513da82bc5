#include "test/sim/cluster/store.hpp"

#include "k8s/json_release.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>

namespace btc::sim {

namespace {

struct kept_event {
  kept_event() = default;
  kept_event(const kept_event&) = delete;
  kept_event& operator=(const kept_event&) = delete;
  ~kept_event() { k8s::release(value); }

  json value = json::object();
};

/// The event around `object`, and the object inside it, both in one allocation.
[[nodiscard]] std::pair<document, document> wrapped(change what, json object) {
  auto event = std::make_shared<kept_event>();
  event->value["type"] = event_type(what);
  auto& kept = event->value["object"] = std::move(object);
  return {document{event, &event->value}, document{event, &kept}};
}

}  // namespace

std::string_view event_type(change c) noexcept {
  switch (c) {
    case change::added:
      return "ADDED";
    case change::modified:
      return "MODIFIED";
    case change::deleted:
      break;
  }
  return "DELETED";
}

std::string object_key_of(std::string_view ns, std::string_view name) {
  std::string key;
  key.reserve(ns.size() + name.size() + 1);
  key += ns;
  key += ns.empty() ? "" : "/";
  key += name;
  return key;
}

std::string object_key_of(const json& object) {
  const auto& metadata = object.at("metadata");
  const auto ns = metadata.find("namespace");
  return object_key_of(
      ns == metadata.end() ? std::string_view{} : ns->get_ref<const std::string&>(),
      metadata.at("name").get_ref<const std::string&>());
}

std::uint64_t parse_version(std::string_view text) noexcept {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? value : 0;
}

std::uint64_t version_of(const json& object) noexcept {
  const auto metadata = object.find("metadata");
  if (metadata == object.end() || !metadata->is_object()) {
    return 0;
  }
  const auto version = metadata->find("resourceVersion");
  return version == metadata->end() || !version->is_string()
             ? 0
             : parse_version(version->get_ref<const std::string&>());
}

document resource_log::find(std::string_view key) const {
  const auto found = objects_.find(key);
  return found == objects_.end() ? nullptr : found->second;
}

std::size_t resource_log::after(std::uint64_t version) const noexcept {
  const auto found = std::upper_bound(
      commits_.begin(), commits_.end(), version, [](std::uint64_t v, const commit& c) {
        return v < c.version;
      });
  return first_ + static_cast<std::size_t>(found - commits_.begin());
}

object_map resource_log::state_at(std::size_t position) const {
  auto state = objects_;
  for (auto i = end(); i > std::max(position, first_); --i) {
    const auto& undone = at(i - 1);
    if (undone.before == nullptr) {
      state.erase(undone.key);
    } else {
      state[undone.key] = undone.before;
    }
  }
  return state;
}

store::store(const std::array<object_map, type_count>& initial, std::uint64_t version)
    : version_(version), compacted_(version) {
  for (std::size_t i = 0; i < type_count; ++i) {
    logs_[i].objects_ = initial[i];
  }
}

const commit& store::append(type_id type, commit c) {
  auto& log = logs_[index_of(type)];
  if (c.after == nullptr) {
    log.objects_.erase(c.key);
  } else {
    log.objects_[c.key] = c.after;
  }
  log.commits_.push_back(std::move(c));
  return log.commits_.back();
}

const commit& store::put(type_id type, const std::string& key, json object) {
  auto before = log(type).find(key);
  object["metadata"]["resourceVersion"] = std::to_string(++version_);
  const auto what = before == nullptr ? change::added : change::modified;
  auto [event, after] = wrapped(what, std::move(object));
  return append(type, {version_, what, key, std::move(before), std::move(after), std::move(event)});
}

const commit& store::remove(type_id type, const std::string& key) {
  auto before = log(type).objects().at(key);
  auto last = *before;
  last["metadata"]["resourceVersion"] = std::to_string(++version_);
  auto event = wrapped(change::deleted, std::move(last)).first;
  return append(type,
                {version_, change::deleted, key, std::move(before), nullptr, std::move(event)});
}

void store::compact(std::uint64_t version) {
  compacted_ = std::max(compacted_, std::min(version, version_));
  for (auto& log : logs_) {
    const auto keep = log.after(compacted_) - log.first_;
    log.commits_.erase(log.commits_.begin(),
                       log.commits_.begin() + static_cast<std::ptrdiff_t>(keep));
    log.first_ += keep;
  }
}

}  // namespace btc::sim
