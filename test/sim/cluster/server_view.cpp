#include "test/sim/cluster/server_view.hpp"

#include <algorithm>

namespace btc::sim {

namespace {

[[nodiscard]] type_id type_at(std::size_t index) noexcept {
  return static_cast<type_id>(index);
}

}  // namespace

void server_view::fill(type_id type, std::size_t position, std::uint64_t version) {
  const auto& log = store_->log(type);
  auto& cache = caches_[index_of(type)];
  cache.position = std::max(position, log.first());
  cache.version = version;
  cache.objects = cache.position == log.end() ? log.objects() : log.state_at(cache.position);
}

void server_view::hold() {
  if (!follows_) {
    return;
  }
  for (std::size_t i = 0; i < type_count; ++i) {
    fill(type_at(i), store_->log(type_at(i)).end(), store_->version());
  }
  follows_ = false;
}

void server_view::follow() noexcept {
  follows_ = true;
  for (auto& cache : caches_) {
    cache.objects.clear();
  }
}

bool server_view::advance(type_id type) {
  if (behind(type) == 0) {
    return false;
  }
  const auto& log = store_->log(type);
  auto& cache = caches_[index_of(type)];
  if (cache.position < log.first()) {  // compacted under the server: it lists again
    fill(type, log.end(), store_->version());
    return true;
  }
  const auto& next = log.at(cache.position++);
  cache.version = next.version;
  if (next.after == nullptr) {
    cache.objects.erase(next.key);
  } else {
    cache.objects[next.key] = next.after;
  }
  return true;
}

void server_view::place(std::uint64_t version) {
  const auto reachable = std::clamp(version, store_->compacted(), store_->version());
  for (std::size_t i = 0; i < type_count; ++i) {
    fill(type_at(i), store_->log(type_at(i)).after(reachable), reachable);
  }
  follows_ = false;
  ++epoch_;
}

void server_view::progress() noexcept {
  for (std::size_t i = 0; i < type_count; ++i) {
    if (caches_[i].position == store_->log(type_at(i)).end()) {
      caches_[i].version = store_->version();
    }
  }
}

const object_map& server_view::objects(type_id type) const {
  return follows_ ? store_->log(type).objects() : caches_[index_of(type)].objects;
}

std::size_t server_view::position(type_id type) const {
  return follows_ ? store_->log(type).end() : caches_[index_of(type)].position;
}

std::size_t server_view::behind(type_id type) const {
  return store_->log(type).end() - position(type);
}

std::uint64_t server_view::version(type_id type) const {
  return follows_ ? store_->version() : caches_[index_of(type)].version;
}

}  // namespace btc::sim
