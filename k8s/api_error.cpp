#include "k8s/api_error.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace btc::k8s {

api_error::api_error(int code, std::string reason, std::string message)
    : code_(code), reason_(std::move(reason)), message_(std::move(message)) {}

std::chrono::milliseconds api_error::wait_at_least(std::chrono::milliseconds own) const noexcept {
  return retry_after_ ? std::max<std::chrono::milliseconds>(own, *retry_after_) : own;
}

bool api_error::is_unreachable() const noexcept {
  return code_ == 0 && reason_ == reason_unreachable;
}

api_error& api_error::with_retry_after(std::optional<std::chrono::seconds> wait) noexcept {
  retry_after_ = wait;
  if (retry_after_) {
    retry_after_ = std::clamp(*retry_after_, std::chrono::seconds{0}, retry_after_max);
  }
  return *this;
}

api_error& api_error::with_causes(std::vector<status_cause> causes) noexcept {
  causes_ = std::move(causes);
  return *this;
}

std::string api_error::to_string() const {
  std::string text = code_ == 0 ? std::string{} : std::to_string(code_) + ' ';
  text += reason_.empty() ? "Unknown" : reason_;
  if (!message_.empty()) {
    text += ": ";
    text += message_;
  }
  return text;
}

namespace {

/// An apply of a field that the schema does not know is answered like a bad moment of the server,
/// with 500 and without a reason (structured-merge-diff's error, kubernetes issue 122480), but no
/// second try can succeed.
[[nodiscard]] bool is_untypable(const api_error& error) noexcept {
  constexpr int internal_error = 500;
  return error.code() == internal_error
         && error.message().starts_with("failed to create typed patch object");
}

}  // namespace

error_class classify(const api_error& error) noexcept {
  switch (error.code()) {
    case 409:
      return error.reason() == "AlreadyExists" ? error_class::already_exists
                                               : error_class::conflict;
    case 410:
      return error_class::gone;
    case 404:
      // Only a Status of the API machinery says NotFound; a bare 404 comes from a server that has
      // not installed its paths yet, or from a proxy, and proves nothing.
      return error.reason() == "NotFound" ? error_class::not_found : error_class::retryable;
    case 401:
    case 408:
    case 429:
      return error_class::retryable;
    default:
      break;
  }
  if ((error.code() >= 400 && error.code() < 500) || is_untypable(error)) {
    return error_class::terminal;
  }
  return error_class::retryable;
}

bool is_namespace_terminating(const api_error& error) noexcept {
  constexpr int forbidden = 403;
  return error.code() == forbidden
         && std::any_of(error.causes().begin(), error.causes().end(), [](const status_cause& c) {
              return c.reason == "NamespaceTerminating";
            });
}

std::string_view to_string(error_class c) noexcept {
  switch (c) {
    case error_class::retryable:
      return "retryable";
    case error_class::conflict:
      return "conflict";
    case error_class::already_exists:
      return "already_exists";
    case error_class::not_found:
      return "not_found";
    case error_class::gone:
      return "gone";
    case error_class::terminal:
      return "terminal";
  }
  return "unknown";
}

void throw_exception_from_error(const api_error& error, const boost::source_location& where) {
  throw std::runtime_error(error.to_string() + " (" + where.file_name() + ':'
                           + std::to_string(where.line()) + ')');
}

}  // namespace btc::k8s
