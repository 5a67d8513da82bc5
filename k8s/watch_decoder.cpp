#include "k8s/watch_decoder.hpp"

#include <utility>

namespace btc::k8s {

void watch_decoder::feed(std::string_view bytes, std::vector<payload>& lines) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    append(bytes.substr(0, end));
    if (end == std::string_view::npos) {
      return;
    }
    end_line(lines);
    bytes.remove_prefix(end + 1);
  }
}

void watch_decoder::append(std::string_view bytes) {
  if (skipping_) {
    return;
  }
  if (partial_.size() + bytes.size() > line_bytes_max_) {
    skipping_ = true;
    ++oversized_;
    std::string{}.swap(partial_);
    return;
  }
  partial_ += bytes;
}

void watch_decoder::end_line(std::vector<payload>& lines) {
  skipping_ = false;
  if (partial_.ends_with('\r')) {
    partial_.pop_back();
  }
  if (!partial_.empty()) {
    lines.push_back({std::exchange(partial_, {}), nullptr});
  }
}

std::size_t watch_decoder::take_oversized() noexcept {
  return std::exchange(oversized_, 0);
}

}  // namespace btc::k8s
