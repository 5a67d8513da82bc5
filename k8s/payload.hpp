#pragma once

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>

namespace btc::k8s {

/// One JSON document on its way from the transport to a decoder.
///
/// The production transport fills `text` and nobody parses it before its reader. The simulated
/// cluster fills `document` instead, so that a simulation run parses nothing at all. Exactly one
/// of the two is set in a body that is not empty.
struct payload {
  std::string text{};
  std::shared_ptr<const nlohmann::json> document{};

  [[nodiscard]] bool empty() const noexcept { return text.empty() && document == nullptr; }
};

}  // namespace btc::k8s
