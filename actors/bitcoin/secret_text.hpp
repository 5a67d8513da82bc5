#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace btc::bitcoin {

/// Bytes that must show up nowhere: they cannot be printed by accident (there is no operator<< and
/// no conversion), and their memory is overwritten when they go, so that no core dump holds
/// credentials of networks that are long gone.
class secret_text {
 public:
  secret_text() = default;
  explicit secret_text(std::string&& bytes) : bytes_(std::move(bytes)) {
    wipe(bytes);  // a short string is copied by a move, and stays where it was
  }
  secret_text(const secret_text&) = default;
  secret_text(secret_text&& other) noexcept : bytes_(std::move(other.bytes_)) {
    wipe(other.bytes_);
  }
  secret_text& operator=(const secret_text& other) {
    if (this != &other) {
      wipe(bytes_);
      bytes_ = other.bytes_;
    }
    return *this;
  }
  secret_text& operator=(secret_text&& other) noexcept {
    if (this != &other) {
      wipe(bytes_);
      bytes_ = std::move(other.bytes_);
      wipe(other.bytes_);
    }
    return *this;
  }
  ~secret_text() { wipe(bytes_); }

  /// The bytes, for the moment of their use. Never stored, logged or put into an error.
  [[nodiscard]] std::string_view reveal() const noexcept { return bytes_; }
  [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }

  friend bool operator==(const secret_text&, const secret_text&) = default;

 private:
  /// Through a volatile pointer: the compiler may drop a memset of memory that is about to be
  /// freed.
  static void wipe(std::string& bytes) noexcept {
    bytes.resize(bytes.capacity());  // within the capacity: never allocates, never throws
    volatile char* at = bytes.data();
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      at[i] = '\0';
    }
    bytes.clear();
  }

  std::string bytes_{};
};

}  // namespace btc::bitcoin
