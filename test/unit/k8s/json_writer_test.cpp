#include "k8s/json_writer.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace btc::k8s {
namespace {

using json = nlohmann::json;

TEST(JsonWriter, WritesTheVeryBytesOfDump) {
  for (const auto* text : {"null",
                           "true",
                           "false",
                           "0",
                           "-9223372036854775808",
                           "18446744073709551615",
                           "0.25",
                           "1e300",
                           R"("")",
                           R"("plain")",
                           R"("ü \" \\ \n \u0001 \u007f /")",
                           "[]",
                           "{}",
                           R"([1, [], {}, [{"a": null}]])",
                           R"({"b": {"x": "y"}, "a": [true, "t"], "ü\n": {}})"}) {
    const auto value = json::parse(text);
    EXPECT_EQ(to_json_text(value), value.dump()) << text;
  }
}

TEST(JsonWriter, ReplacesWhatIsNoUtf8) {
  EXPECT_EQ(to_json_text({{"k", "a\xff"}}), "{\"k\":\"a\xef\xbf\xbd\"}");
}

TEST(JsonWriter, AppendsToWhatIsThere) {
  std::string out{"x="};
  append_json(out, {1, 2});
  EXPECT_EQ(out, "x=[1,2]");
}

}  // namespace
}  // namespace btc::k8s
