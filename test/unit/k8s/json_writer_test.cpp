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

TEST(JsonWriter, SeesEveryByteThatNeedsAnEscapeWhereverItStands) {
  constexpr std::size_t longest = 17;  // two words and one byte
  for (std::size_t size = 1; size <= longest; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (char byte = 0; byte >= 0; ++byte) {
        std::string text(size, 'a');
        text[at] = byte;
        const json value = text;
        ASSERT_EQ(to_json_text(value), value.dump()) << "byte " << int{byte} << " at " << at;
        if (byte == 0x7f) {
          break;
        }
      }
    }
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
