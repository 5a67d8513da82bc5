#include "k8s/json_filter.hpp"
#include "k8s/json_tape.hpp"

#include <algorithm>

namespace btc::k8s {

namespace dom = simdjson::dom;

struct json_text::impl {
  dom::parser parser{};

  /// The buffers of the text before, for the next one: they are twenty times as large as the text,
  /// and hardly any text is longer than a watch line. No result depends on them.
  static std::unique_ptr<impl>& spare() {
    thread_local std::unique_ptr<impl> kept;
    return kept;
  }
};

namespace {

/// Buffers for longer texts, list pages, are given back.
constexpr std::size_t kept_text_bytes_max = std::size_t{16} << 10U;

}  // namespace

json_text::json_text() : impl_(std::move(impl::spare())) {
  if (impl_ == nullptr) {
    impl_ = std::make_unique<impl>();
  }
}

json_text::~json_text() {
  if (impl_->parser.capacity() <= kept_text_bytes_max) {
    impl::spare() = std::move(impl_);
  }
}

json_view json_text::parse(std::string_view text) {
  auto& parser = impl_->parser;
  if (parser.capacity() < text.size() || parser.max_depth() != json_depth_max) {
    const auto capacity = std::max(text.size(), kept_text_bytes_max);
    if (parser.allocate(capacity, json_depth_max) != simdjson::SUCCESS) {
      return {};
    }
  }
  dom::element root;
  const bool parsed = parser.parse(text.data(), text.size()).get(root) == simdjson::SUCCESS;
  return parsed ? tape_access::view(root) : json_view{};
}

}  // namespace btc::k8s
