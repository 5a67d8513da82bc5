#include "test/sim/cluster/core.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <utility>

namespace btc::sim {

namespace {

using std::chrono::sys_days;

constexpr auto epoch = sys_days{std::chrono::year{2026} / 1 / 1};

}  // namespace

std::string rfc3339(std::chrono::sys_seconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::array<char, 40> text{};
  const auto length = std::snprintf(text.data(),
                                    text.size(),
                                    "%04d-%02u-%02uT%02d:%02d:%02dZ",
                                    static_cast<int>(date.year()),
                                    static_cast<unsigned>(date.month()),
                                    static_cast<unsigned>(date.day()),
                                    static_cast<int>(clock.hours().count()),
                                    static_cast<int>(clock.minutes().count()),
                                    static_cast<int>(clock.seconds().count()));
  return {text.data(), static_cast<std::size_t>(length)};
}

core::core(std::shared_ptr<const cluster_model> model)
    : model_(std::move(model)), store_(model_->initial(), model_->initial_version()) {
  set_time(epoch);
}

bool core::served(const resource_type& type) const {
  return !type.custom
         || store_.log(type_id::custom_resource_definitions)
                .objects()
                .contains(type.group_resource());
}

void core::set_time(std::chrono::sys_seconds now) {
  if (now != now_ || now_text_.empty()) {
    now_ = now;
    now_text_ = rfc3339(now);
  }
}

std::string core::next_uid() {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string uid = "00000000-0000-4000-8000-000000000000";
  auto rest = ++uids_;
  for (auto at = uid.size(); rest != 0; rest >>= 4U) {
    uid[--at] = hex[rest & 0xFU];
  }
  return uid;
}

std::string core::next_suffix() {
  // The alphabet of apimachinery's util/rand: no vowels, so no words.
  constexpr std::string_view alphabet = "bcdfghjklmnpqrstvwxz2456789";
  constexpr std::uint64_t all = 27ULL * 27 * 27 * 27 * 27;
  constexpr std::uint64_t stride = 8'675'309;  // coprime to `all`: no suffix comes twice
  auto rest = ++suffixes_ * stride % all;
  std::string out;
  for (int i = 0; i < 5; ++i) {
    out += alphabet[rest % alphabet.size()];
    rest /= alphabet.size();
  }
  return out;
}

std::string core::next_service_address() {
  for (;;) {
    const auto n = ++service_addresses_;
    auto text = "10.96." + std::to_string(n / 250 % 256) + '.' + std::to_string(n % 250 + 2);
    if (used_addresses_.insert(text).second) {
      return text;
    }
  }
}

void core::use_service_address(const std::string& address) {
  used_addresses_.insert(address);
}

document core::put(const resource_type& type, const writer& w, json object) {
  const auto key = object_key_of(object);
  const auto& c = store_.put(type.id, key, std::move(object));
  auto stored = c.after;
  tell(type, w, c);
  return stored;
}

document core::remove(const resource_type& type, const writer& w, const std::string& key) {
  const auto& c = store_.remove(type.id, key);
  document last{c.event, &c.event->at("object")};
  tell(type, w, c);
  return last;
}

void core::tell(const resource_type& type, const writer& w, const commit& c) {
  if (observers_.empty()) {
    return;
  }
  const auto kept = c;  // an observer may write, and so move the history
  for (std::size_t i = 0; i < observers_.size(); ++i) {
    observers_[i]({type, kept, w.who, w.verb, w.subresource, w.manager});
  }
}

}  // namespace btc::sim
