#pragma once

#include "actors/reconcile/observed.hpp"
#include "actors/reconcile/status.hpp"

#include <optional>
#include <string>

namespace btc::reconcile {

/// Why nodes cannot start for want of their image, when a pod of the present template says so.
/// Holds back nothing: the StatefulSet replaces no further pod until this one is ready, and the
/// next image replaces this one.
///
/// A pod of an older template says nothing of spec.image as it is now, and while the built-in
/// controller has not seen the newest template, no pod does.
[[nodiscard]] std::optional<degradation> image_trouble(const observed& o);

/// The kubelet alternates between ErrImagePull and ImagePullBackOff for as long as an image cannot
/// be pulled; a status that followed would change all the time.
[[nodiscard]] std::string steady_reason(const std::string& waiting_reason);

}  // namespace btc::reconcile
