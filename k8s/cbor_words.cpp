#include "k8s/cbor_words.hpp"

#include <cstdint>

namespace btc::k8s {

namespace {

/// Open addressing, made by the compiler; 0 is an empty slot, else the index of the word plus one.
constexpr std::size_t slots = 1024;
using word_table = std::array<std::uint8_t, slots>;

/// Good enough to tell these words apart: hardly ever is a second slot looked at.
[[nodiscard]] constexpr std::size_t slot_of(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::size_t>(static_cast<unsigned char>(text[i]));
  };
  const auto last = text.size() - 1;
  return (text.size() * 37 + byte(0) * 5 + byte(last / 2) * 11 + byte(last) * 17) % slots;
}

[[nodiscard]] constexpr word_table make_table() noexcept {
  word_table table{};
  for (std::size_t i = 0; i < cbor_words.size(); ++i) {
    auto slot = slot_of(cbor_words[i]);
    while (table[slot] != 0) {
      slot = (slot + 1) % slots;
    }
    table[slot] = static_cast<std::uint8_t>(i + 1);
  }
  return table;
}

constexpr auto table = make_table();

}  // namespace

std::size_t find_cbor_word(std::string_view text) noexcept {
  if (text.empty()) {
    return cbor_words.size();
  }
  for (auto slot = slot_of(text); table[slot] != 0; slot = (slot + 1) % slots) {
    const std::size_t word = table[slot] - 1U;
    if (cbor_words[word] == text) {
      return word;
    }
  }
  return cbor_words.size();
}

}  // namespace btc::k8s
