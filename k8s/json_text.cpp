#include "k8s/json_filter.hpp"
#include "k8s/json_tape.hpp"

namespace btc::k8s {

namespace dom = simdjson::dom;

struct json_text::impl {
  dom::parser parser{};
};

json_text::json_text() : impl_(std::make_unique<impl>()) {}

json_text::~json_text() = default;

json_view json_text::parse(std::string_view text) {
  auto& parser = impl_->parser;
  if (parser.capacity() < text.size() || parser.max_depth() != json_depth_max) {
    if (parser.allocate(text.size(), json_depth_max) != simdjson::SUCCESS) {
      return {};
    }
  }
  dom::element root;
  const bool parsed = parser.parse(text.data(), text.size()).get(root) == simdjson::SUCCESS;
  return parsed ? tape_access::view(root) : json_view{};
}

}  // namespace btc::k8s
