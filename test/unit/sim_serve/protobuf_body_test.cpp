#include "test/sim/serve/protobuf_body.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace btc::sim {
namespace {

using json = nlohmann::json;

/// As kubectl 1.36 sends `create secret generic y --from-literal=a=b -n kk2`.
std::string recorded_secret() {
  static constexpr unsigned char bytes[] = {
      0x6b, 0x38, 0x73, 0x00, 0x0a, 0x0c, 0x0a, 0x02, 0x76, 0x31, 0x12, 0x06, 0x53, 0x65,
      0x63, 0x72, 0x65, 0x74, 0x12, 0x20, 0x0a, 0x14, 0x0a, 0x01, 0x79, 0x12, 0x00, 0x1a,
      0x03, 0x6b, 0x6b, 0x32, 0x22, 0x00, 0x2a, 0x00, 0x32, 0x00, 0x38, 0x00, 0x42, 0x00,
      0x12, 0x06, 0x0a, 0x01, 0x61, 0x12, 0x01, 0x62, 0x1a, 0x00, 0x1a, 0x00, 0x22, 0x00};
  return {reinterpret_cast<const char*>(bytes), sizeof bytes};
}

TEST(ProtobufBody, ReadsASecretAsKubectlSendsIt) {
  const auto decoded = decode_protobuf(recorded_secret());
  ASSERT_TRUE(decoded);
  EXPECT_EQ(*decoded,
            json({{"apiVersion", "v1"},
                  {"kind", "Secret"},
                  {"metadata", {{"name", "y"}, {"namespace", "kk2"}}},
                  {"data", {{"a", "Yg=="}}}}));
}

TEST(ProtobufBody, GivesNothingForEveryShorterOrDamagedBody) {
  const auto whole = recorded_secret();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    // What is cut off at the end of the envelope may still be a whole document.
    static_cast<void>(decode_protobuf(whole.substr(0, length)));
    auto damaged = whole;
    damaged[length] = '\x7f';
    static_cast<void>(decode_protobuf(damaged));
  }
  EXPECT_FALSE(decode_protobuf(whole.substr(0, 4)));
  EXPECT_FALSE(decode_protobuf(whole.substr(0, 30)));
  EXPECT_FALSE(decode_protobuf(""));
  EXPECT_FALSE(decode_protobuf("{}"));
}

TEST(ProtobufBody, RefusesAKindThatIsNotInItsTable) {
  auto pod = recorded_secret();
  pod.replace(pod.find("Secret"), 6, "Widget");
  EXPECT_FALSE(decode_protobuf(pod));
}

}  // namespace
}  // namespace btc::sim
