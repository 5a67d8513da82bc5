#include "test/sim/world/built_ins.hpp"

namespace btc::sim {

struct built_in_actors::impl {
  cluster& cluster_;
};

built_in_actors::built_in_actors(cluster& c) : impl_(std::make_unique<impl>(impl{c})) {}
built_in_actors::~built_in_actors() = default;
std::size_t built_in_actors::count() const noexcept {
  return 0;
}
std::string_view built_in_actors::name(std::size_t) const {
  return {};
}
bool built_in_actors::runnable(std::size_t) {
  return false;
}
void built_in_actors::step(std::size_t, choice_source&) {}
void built_in_actors::pause(std::size_t) {}
void built_in_actors::resume_all() {}
std::string built_in_actors::break_pod(choice_source&) {
  return {};
}

}  // namespace btc::sim
