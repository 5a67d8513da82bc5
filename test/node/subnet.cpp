#include "test/node/subnet.hpp"

#include <algorithm>
#include <charconv>

namespace btc::node {

namespace {

constexpr unsigned bits = 32;
constexpr unsigned our_prefix = 20;
constexpr subnet ours{(10U << 24U) | (192U << 16U), 10};

[[nodiscard]] std::uint32_t mask(unsigned prefix) noexcept {
  return prefix == 0 ? 0U : ~0U << (bits - prefix);
}

}  // namespace

bool subnet::overlaps(const subnet& other) const noexcept {
  const auto common = mask(std::min(prefix, other.prefix));
  return (base & common) == (other.base & common);
}

std::string to_string(std::uint32_t address) {
  std::string out;
  for (unsigned shift = bits; shift > 0; shift -= 8) {
    out += std::to_string((address >> (shift - 8)) & 0xFFU);
    out += shift > 8 ? "." : "";
  }
  return out;
}

std::optional<std::uint32_t> parse_address(std::string_view text) {
  std::uint32_t out = 0;
  const auto* at = text.data();
  const auto* const end = at + text.size();
  for (int part = 0; part < 4; ++part) {
    unsigned number = 0;
    const auto parsed = std::from_chars(at, end, number);
    const bool more = part < 3;
    if (parsed.ec != std::errc{} || number > 0xFFU || (parsed.ptr == end) == more
        || (more && *parsed.ptr != '.')) {
      return std::nullopt;
    }
    out = (out << 8U) | number;
    at = parsed.ptr + (more ? 1 : 0);
  }
  return out;
}

std::vector<subnet> routes_of(std::string_view text) {
  std::vector<subnet> out;
  while (!text.empty()) {
    const auto end = text.find_first_of(" \t\n");
    const auto word = text.substr(0, end);
    const auto slash = word.find('/');
    const auto address = parse_address(word.substr(0, slash));
    unsigned prefix = bits;
    if (slash != std::string_view::npos) {
      const auto digits = word.substr(slash + 1);
      std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
    }
    if (address && prefix >= 1 && prefix <= bits) {
      out.push_back({*address, prefix});
    }
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  return out;
}

std::optional<subnet> free_subnet(const std::vector<subnet>& taken, unsigned start) {
  constexpr unsigned count = 1U << (our_prefix - ours.prefix);
  for (unsigned i = 0; i < count; ++i) {
    const subnet candidate{ours.base + ((start + i) % count) * (1U << (bits - our_prefix)),
                           our_prefix};
    if (std::ranges::none_of(taken, [&](const subnet& t) { return t.overlaps(candidate); })) {
      return candidate;
    }
  }
  return std::nullopt;
}

bool address_pool::is_for_pods(std::uint32_t address) const noexcept {
  const auto offset = address - net_.base;
  return offset > 1 && offset < net_.size() - 1;
}

std::optional<std::uint32_t> address_pool::take() {
  for (std::uint32_t tries = net_.size(); tries > 0; --tries) {
    last_ = (last_ + 1) % net_.size();
    const auto address = net_.base + last_;
    if (is_for_pods(address) && held_.insert(address).second) {
      return address;
    }
  }
  return std::nullopt;
}

bool address_pool::take(std::uint32_t address) {
  return is_for_pods(address) && held_.insert(address).second;
}

}  // namespace btc::node
