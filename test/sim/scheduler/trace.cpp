#include "test/sim/scheduler/trace.hpp"

#include <array>
#include <cstdio>

namespace btc::sim {

namespace {

// FNV-1a; the length of a text is mixed too, so that "ab","c" is not "a","bc".
constexpr std::uint64_t prime = 0x100000001b3U;

}  // namespace

void trace::mix(std::uint64_t value) noexcept {
  hash_ = (hash_ ^ value) * prime;
  hash_ ^= hash_ >> 29U;
}

void trace::mix(std::string_view text) noexcept {
  for (const char c : text) {
    hash_ = (hash_ ^ static_cast<unsigned char>(c)) * prime;
  }
  mix(text.size());
}

void trace::note(duration at, std::uint64_t decision, std::string_view who, std::string_view what) {
  if (lines_max_ == 0) {
    return;
  }
  if (entries_.size() == lines_max_) {
    entries_.pop_front();
    ++dropped_;
  }
  entries_.push_back({at, decision, std::string{who}, std::string{what}});
}

std::vector<std::string> trace::lines() const {
  std::vector<std::string> out;
  out.reserve(entries_.size());
  for (const auto& e : entries_) {
    std::array<char, 64> head{};
    const auto length = std::snprintf(head.data(),
                                      head.size(),
                                      "%9.3fs #%-5llu ",
                                      std::chrono::duration<double>(e.at).count(),
                                      static_cast<unsigned long long>(e.decision));
    out.push_back(std::string(head.data(), static_cast<std::size_t>(length)) + e.who + ": "
                  + e.what);
  }
  return out;
}

}  // namespace btc::sim
