#pragma once

#include <cstddef>
#include <memory>

namespace btc::bitcoin::io {

/// Overwrites memory before it is given back: for HTTP headers that hold a credential.
template <class T>
struct wiping_allocator {
  using value_type = T;

  wiping_allocator() = default;
  template <class U>
  explicit(false) wiping_allocator(const wiping_allocator<U>&) noexcept {}

  [[nodiscard]] T* allocate(std::size_t n) { return std::allocator<T>{}.allocate(n); }
  void deallocate(T* p, std::size_t n) noexcept {
    // Through a volatile pointer: the compiler may drop a memset of memory that is about to go.
    volatile auto* bytes = reinterpret_cast<volatile unsigned char*>(p);
    for (std::size_t i = 0; i < n * sizeof(T); ++i) {
      bytes[i] = 0;
    }
    std::allocator<T>{}.deallocate(p, n);
  }

  friend bool operator==(const wiping_allocator&, const wiping_allocator&) = default;
};

}  // namespace btc::bitcoin::io
