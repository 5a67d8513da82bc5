#include "actors/reconcile/image_trouble.hpp"

#include "actors/reconcile/nodes.hpp"
#include "actors/reconcile/ownership.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace btc::reconcile {

namespace {

struct image_problem {
  std::string_view waiting_reason;
  std::string_view sentence;
};

/// pkg/kubelet/images/types.go
constexpr std::array<image_problem, 6> problems{{
    {"ErrImageNeverPull",
     "is not on the Kubernetes node, and spec.imagePullPolicy is Never; bring it there, or allow "
     "to pull it"},
    {"ImageInspectError", "cannot be read on the Kubernetes node; name another"},
    {"ImagePullBackOff", "cannot be pulled; correct it, or spec.imagePullSecrets"},
    {"InvalidImageName", "is not the name of an image; give one such as bitcoin/bitcoin:30.2"},
    {"RegistryUnavailable", "cannot be pulled, its registry does not answer; name another"},
    {"SignatureValidationFailed", "has no valid signature; name another"},
}};

[[nodiscard]] const image_problem* find_problem(const k8s::pod& pod) {
  const auto reason = steady_reason(pod.waiting_reason);
  const auto* const found = std::find_if(problems.begin(), problems.end(), [&](const auto& entry) {
    return entry.waiting_reason == reason;
  });
  return found == problems.end() ? nullptr : found;
}

[[nodiscard]] bool is_of_present_template(const k8s::pod& pod, const k8s::stateful_set& set) {
  const auto* revision = k8s::find(pod.meta.labels, "controller-revision-hash");
  return revision == nullptr || set.update_revision.empty() || *revision == set.update_revision;
}

}  // namespace

std::string steady_reason(const std::string& waiting_reason) {
  return waiting_reason == "ErrImagePull" ? "ImagePullBackOff" : waiting_reason;
}

std::optional<degradation> image_trouble(const observed& o) {
  const auto* set = own_stateful_set(o);
  if (set == nullptr || set->observed_generation != set->meta.generation) {
    return std::nullopt;
  }
  for (const auto& n : nodes_of(o)) {
    const auto* problem = n.pod->meta.deleting ? nullptr : find_problem(*n.pod);
    if (problem != nullptr && is_of_present_template(*n.pod, *set)) {
      return degradation{"ImageNotPulled",
                         "spec.image is \"" + o.network->spec.image + "\" and "
                             + std::string{problem->sentence} + " ("
                             + std::string{problem->waiting_reason} + ')',
                         false};
    }
  }
  return std::nullopt;
}

}  // namespace btc::reconcile
