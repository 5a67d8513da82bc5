#include "test/sim/world/built_ins.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <set>
#include <utility>
#include <vector>

namespace btc::sim {

namespace {

using nlohmann::json;

[[nodiscard]] std::string member(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// Deletes children whose owner is gone, by uid, one a step and in any order.
class orphan_collector {
 public:
  explicit orphan_collector(cluster& c) : cluster_(c) {}

  [[nodiscard]] std::size_t runnable() {
    if (seen_ != cluster_.objects().version()) {
      seen_ = cluster_.objects().version();
      find_orphans();
    }
    return orphans_.size();
  }

  void step(std::size_t choice) {
    const auto [target, uid] = orphans_.at(choice);
    api_request r;
    r.method = k8s::method::del;
    r.target = target;
    r.who = administrator();
    r.agent = "kube-controller-manager";
    r.body = std::make_shared<const json>(json{{"kind", "DeleteOptions"},
                                               {"apiVersion", "v1"},
                                               {"preconditions", {{"uid", uid}}},
                                               {"propagationPolicy", "Background"}});
    static_cast<void>(cluster_.handle(r));
    seen_ = 0;
  }

 private:
  void find_orphans() {
    constexpr std::array<std::pair<type_id, const char*>, 3> places{{
        {type_id::services, "/api/v1/namespaces/default/services/"},
        {type_id::secrets, "/api/v1/namespaces/default/secrets/"},
        {type_id::stateful_sets, "/apis/apps/v1/namespaces/default/statefulsets/"},
    }};
    orphans_.clear();
    std::set<std::string> owners;
    for (const auto& [key, network] : cluster_.objects().log(type_id::bitcoin_networks).objects()) {
      owners.insert(member(network->at("metadata"), "uid"));
    }
    for (const auto& [type, path] : places) {
      for (const auto& [key, object] : cluster_.objects().log(type).objects()) {
        if (!is_owned(object->at("metadata"), owners)) {
          orphans_.emplace_back(path + member(object->at("metadata"), "name"),
                                member(object->at("metadata"), "uid"));
        }
      }
    }
  }
  [[nodiscard]] static bool is_owned(const json& metadata, const std::set<std::string>& owners) {
    const auto references = metadata.find("ownerReferences");
    if (references == metadata.end() || references->empty()) {
      return true;
    }
    for (const auto& reference : *references) {
      if (owners.contains(member(reference, "uid"))) {
        return true;
      }
    }
    return false;
  }

  cluster& cluster_;
  std::uint64_t seen_{0};
  std::vector<std::pair<std::string, std::string>> orphans_{};  ///< target and uid
};

}  // namespace

struct built_in_actors::impl {
  orphan_collector collector;
  bool paused{false};
};

built_in_actors::built_in_actors(cluster& c)
    : impl_(std::make_unique<impl>(impl{orphan_collector{c}})) {}

built_in_actors::~built_in_actors() = default;

std::size_t built_in_actors::count() const noexcept {
  return 1;
}

std::string_view built_in_actors::name(std::size_t) const {
  return "garbage-collector";
}

bool built_in_actors::runnable(std::size_t) {
  return !impl_->paused && impl_->collector.runnable() > 0;
}

void built_in_actors::step(std::size_t, choice_source& choices) {
  impl_->collector.step(choices.choose(impl_->collector.runnable()));
}

void built_in_actors::pause(std::size_t) {
  impl_->paused = true;
}

void built_in_actors::resume_all() {
  impl_->paused = false;
}

std::string built_in_actors::break_pod(choice_source&) {
  return {};
}

}  // namespace btc::sim
