#include "k8s/api_error.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace btc::k8s {
namespace {

struct class_case {
  const char* name;
  int code;
  const char* reason;
  error_class expected;
};

class Classify : public testing::TestWithParam<class_case> {};

TEST_P(Classify, SaysWhatTheCallerDoes) {
  const auto& row = GetParam();
  EXPECT_EQ(to_string(classify({row.code, row.reason, "text"})), to_string(row.expected));
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    Classify,
    testing::Values(class_case{"Timeout", 0, "RequestTimeout", error_class::retryable},
                    class_case{"Unreachable", 0, "Unreachable", error_class::retryable},
                    class_case{"LostConnection", 0, "ConnectionLost", error_class::retryable},
                    class_case{"BadCertificate", 0, "BadCertificate", error_class::retryable},
                    class_case{"Malformed", 0, "MalformedAnswer", error_class::retryable},
                    class_case{"Redirect", 302, "", error_class::retryable},
                    class_case{"BadRequest", 400, "BadRequest", error_class::terminal},
                    class_case{"TokenRefused", 401, "Unauthorized", error_class::retryable},
                    class_case{"Forbidden", 403, "Forbidden", error_class::terminal},
                    class_case{"NotFound", 404, "NotFound", error_class::not_found},
                    class_case{"PathNotInstalledYet", 404, "", error_class::retryable},
                    class_case{"NotFoundOfAProxy", 404, "PageNotFound", error_class::retryable},
                    class_case{"MethodNotAllowed", 405, "MethodNotAllowed", error_class::terminal},
                    class_case{"SlowRequest", 408, "", error_class::retryable},
                    class_case{"Conflict", 409, "Conflict", error_class::conflict},
                    class_case{"AlreadyExists", 409, "AlreadyExists", error_class::already_exists},
                    class_case{"BareConflict", 409, "", error_class::conflict},
                    class_case{"Gone", 410, "Gone", error_class::gone},
                    class_case{"Expired", 410, "Expired", error_class::gone},
                    class_case{"TooLarge", 413, "RequestEntityTooLarge", error_class::terminal},
                    class_case{"MediaType", 415, "UnsupportedMediaType", error_class::terminal},
                    class_case{"Invalid", 422, "Invalid", error_class::terminal},
                    class_case{"TooManyRequests", 429, "TooManyRequests", error_class::retryable},
                    class_case{"InternalError", 500, "InternalError", error_class::retryable},
                    class_case{"BadGateway", 502, "", error_class::retryable},
                    class_case{"Unavailable", 503, "ServiceUnavailable", error_class::retryable},
                    class_case{"ServerTimeout", 504, "Timeout", error_class::retryable},
                    class_case{"NoCodeOfHttp", 999, "", error_class::retryable},
                    class_case{"Negative", -1, "", error_class::retryable}),
    [](const auto& row) { return row.param.name; });

TEST(ClassifyTotal, AnApplyOfAnUnknownFieldIsNotTriedAgainForEver) {
  const std::string text =
      "failed to create typed patch object (ns/x-sts; apps/v1, Kind=StatefulSet): "
      ".spec.template.spec.affinity.podAntiAfinity: field not declared in schema";
  EXPECT_EQ(classify({500, "", text}), error_class::terminal);
  EXPECT_EQ(classify({503, "", text}), error_class::retryable);
}

TEST(ClassifyTotal, EveryOtherClientErrorIsTerminalAndEverythingElseIsRetried) {
  for (int code = 0; code < 700; ++code) {
    switch (code) {
      case 401:
      case 404:
      case 408:
      case 409:
      case 410:
      case 429:
        continue;  // in the table
      default:
        break;
    }
    const auto expected =
        code >= 400 && code < 500 ? error_class::terminal : error_class::retryable;
    EXPECT_EQ(classify({code, "", ""}), expected) << code;
  }
}

TEST(ErrorClass, HasANameForEachValueAndOneForStrangers) {
  EXPECT_EQ(to_string(error_class::retryable), "retryable");
  EXPECT_EQ(to_string(error_class::conflict), "conflict");
  EXPECT_EQ(to_string(error_class::already_exists), "already_exists");
  EXPECT_EQ(to_string(error_class::not_found), "not_found");
  EXPECT_EQ(to_string(error_class::gone), "gone");
  EXPECT_EQ(to_string(error_class::terminal), "terminal");
  EXPECT_EQ(to_string(static_cast<error_class>(99)), "unknown");
}

TEST(ApiError, ReadsAsCodeReasonAndMessage) {
  EXPECT_EQ(api_error(409, "AlreadyExists", "services \"x-svc\" already exists").to_string(),
            "409 AlreadyExists: services \"x-svc\" already exists");
  EXPECT_EQ(api_error(0, "Unreachable", "cannot connect").to_string(),
            "Unreachable: cannot connect");
  EXPECT_EQ(api_error(502, "", "").to_string(), "502 Unknown");
}

TEST(ApiError, ValueOfAnErrorThrowsWithItsText) {
  const result<int> failed = api_error{503, "ServiceUnavailable", "later"};
  try {
    static_cast<void>(failed.value());
    FAIL() << "no exception";
  } catch (const std::runtime_error& e) {
    EXPECT_NE(std::string{e.what()}.find("503 ServiceUnavailable: later"), std::string::npos);
  }
}

TEST(ApiError, KnowsANamespaceThatIsBeingDeletedByItsCauseAlone) {
  const std::vector<status_cause> ends{{"NamespaceTerminating", "metadata.namespace", "it ends"}};
  EXPECT_TRUE(is_namespace_terminating(api_error{403, "Forbidden", "no"}.with_causes(ends)));
  EXPECT_FALSE(is_namespace_terminating({403, "Forbidden", "because it is being terminated"}));
  EXPECT_FALSE(is_namespace_terminating(api_error{500, "", "no"}.with_causes(ends)));
}

}  // namespace
}  // namespace btc::k8s
