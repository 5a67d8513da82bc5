#pragma once

#include <boost/system/result.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace btc::k8s {

/// One entry of `Status.details.causes` (API conventions, "Response Status Kind").
struct status_cause {
  std::string reason{};
  std::string field{};
  std::string message{};
};

/// Longest wait that a server or a proxy may ask for: with a mistake in its answer it must not
/// stop the controller for a day. API servers ask for 1 to 5 s.
inline constexpr std::chrono::seconds retry_after_max{300};

/// Why a request to the API server did not give what was asked for.
///
/// A class with constructors rather than an aggregate: `boost::system::result<int, aggregate>`
/// would make `return 1;` ambiguous in C++20.
class api_error {
 public:
  api_error() = default;

  /// `code` is the HTTP status, or 0 when no complete HTTP answer arrived (connection refused,
  /// reset, deadline): then `reason` is one of the `reason_*` constants below. `reason` is
  /// otherwise `Status.reason`, for example "AlreadyExists".
  api_error(int code, std::string reason, std::string message);

  [[nodiscard]] int code() const noexcept { return code_; }
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }
  [[nodiscard]] const std::string& message() const noexcept { return message_; }
  [[nodiscard]] const std::vector<status_cause>& causes() const noexcept { return causes_; }
  /// What the server asked for in `Retry-After` or `details.retryAfterSeconds`, from 0 to
  /// `retry_after_max`.
  [[nodiscard]] std::optional<std::chrono::seconds> retry_after() const noexcept {
    return retry_after_;
  }

  /// The longer of a wait of our own and what the server asked for.
  [[nodiscard]] std::chrono::milliseconds wait_at_least(
      std::chrono::milliseconds own) const noexcept;
  /// No connection to the server was made, so nothing was done.
  [[nodiscard]] bool is_unreachable() const noexcept;

  api_error& with_retry_after(std::optional<std::chrono::seconds> wait) noexcept;
  api_error& with_causes(std::vector<status_cause> causes) noexcept;

  /// "409 AlreadyExists: services "x-svc" already exists"; never holds a credential.
  [[nodiscard]] std::string to_string() const;

 private:
  int code_{0};
  std::string reason_{};
  std::string message_{};
  std::optional<std::chrono::seconds> retry_after_{};
  std::vector<status_cause> causes_{};
};

// Reasons of our own for code 0. The outcome of a write that ended so is unknown, ...
inline constexpr std::string_view reason_timeout = "RequestTimeout";
inline constexpr std::string_view reason_connection_lost = "ConnectionLost";
inline constexpr std::string_view reason_malformed = "MalformedAnswer";
inline constexpr std::string_view reason_too_large = "AnswerTooLarge";
// ... but for these: nothing was sent.
inline constexpr std::string_view reason_unreachable = "Unreachable";
inline constexpr std::string_view reason_bad_certificate = "BadCertificate";
inline constexpr std::string_view reason_credentials = "CredentialsUnavailable";

/// What the caller does about an error. The only place that decides it is classify().
enum class error_class : std::uint8_t {
  retryable,       ///< wait and try again: no answer, 429, 5xx, 401 (the token is read again)
  conflict,        ///< observe again at once: 409 Conflict
  already_exists,  ///< 409 AlreadyExists: look at what is there
  not_found,       ///< 404 with a well-formed Status
  gone,            ///< 410: list again
  terminal,        ///< 400, 403, 405, 415, 422: the same request can never succeed
};

/// Total over every code and reason. A 404 without a Status body (an API server that is starting,
/// a proxy) is retryable and never "not found" (facts: API server start-up answers).
[[nodiscard]] error_class classify(const api_error& error) noexcept;

/// A creation was refused because its namespace is being deleted: none will ever succeed there.
[[nodiscard]] bool is_namespace_terminating(const api_error& error) noexcept;

[[nodiscard]] std::string_view to_string(error_class c) noexcept;

/// Found by boost::system::result::value() on an error, a bug of the caller: throws
/// std::runtime_error.
[[noreturn]] void throw_exception_from_error(const api_error& error,
                                             const boost::source_location& where);

template <class T>
using result = boost::system::result<T, api_error>;

}  // namespace btc::k8s
