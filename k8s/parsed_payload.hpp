#pragma once

#include "k8s/api_error.hpp"
#include "k8s/json_view.hpp"
#include "k8s/kind.hpp"
#include "k8s/payload.hpp"

#include <memory>
#include <optional>

namespace btc::k8s {

/// A payload that can be looked into, whichever form it has. Text goes through the fast parser;
/// what that does not take goes through the slow one, which says what is wrong with it, and where.
class parsed_payload {
 public:
  parsed_payload(kind k, const payload& p);

  /// Why there is no root; nothing when there is one.
  [[nodiscard]] const std::optional<api_error>& error() const noexcept { return error_; }
  /// Valid as long as this object; absent after an error.
  [[nodiscard]] json_view root() const noexcept { return root_; }

 private:
  std::optional<json_text> text_{};
  std::shared_ptr<const nlohmann::json> document_{};
  json_view root_{};
  std::optional<api_error> error_{};
};

}  // namespace btc::k8s
