#include "k8s/objects.hpp"

#include "k8s/bitcoin_network.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace btc::k8s {
namespace {

using json = nlohmann::json;

TEST(PackedJson, GivesBackWhatWasPutIn) {
  for (const auto* text : {"{}",
                           "[]",
                           "null",
                           "\"text\"",
                           "-9223372036854775808",
                           "18446744073709551615",
                           "0.25",
                           R"({"a": [1, {"b": null}], "c": {"d": true}, "é": "ü"})"}) {
    const auto value = json::parse(text);
    EXPECT_EQ(packed_json{value}.unpack(), value) << text;
    json_text parser;
    EXPECT_EQ(packed_json{parser.parse(text)}.unpack(), value) << text;
  }
}

TEST(PackedJson, KeepsNumbersOfEveryLength) {
  for (const auto magnitude :
       {0LL, 23LL, 24LL, 255LL, 256LL, 65'535LL, 65'536LL, 4'294'967'296LL}) {
    for (const auto number : {magnitude, -magnitude, -magnitude - 1}) {
      EXPECT_EQ(packed_json{json(number)}.view().integer(), number);
    }
  }
}

TEST(PackedJson, FindsWhatStandsBehindLongNeighbours) {
  const packed_json packed{{{"a", std::string(70'000, 'x')},
                            {"b", std::vector<int>(300, 7)},
                            {"c", {{"deep", {1, {{"er", "end"}}}}}}}};
  EXPECT_EQ(packed.view()["a"].text().size(), 70'000U);
  EXPECT_EQ(packed.view()["b"].size(), 300U);
  EXPECT_EQ(packed.view()["c"]["deep"].copy()[1].at("er"), "end");
  EXPECT_FALSE(packed.view()["d"]);
}

TEST(PackedJson, ShowsNothingUntilItIsGivenSomething) {
  EXPECT_EQ(packed_json{}.view().type(), json_type::absent);
}

TEST(PackedJson, HoldsNullUntilItIsGivenSomething) {
  EXPECT_TRUE(packed_json{}.unpack().is_null());
}

TEST(ObjectPointer, IsCastToItsOwnKindOnly) {
  const object_ptr object = std::make_shared<pod>();
  EXPECT_NE(as<pod>(object), nullptr);
  EXPECT_EQ(as<service>(object), nullptr);
  EXPECT_EQ(as<bitcoin_network>(object), nullptr);
  EXPECT_EQ(as<pod>(object_ptr{}), nullptr);
}

TEST(Kind, NamesAreTheApiServersOwn) {
  EXPECT_EQ(info(kind::bitcoin_network).name, "BitcoinNetwork");
  EXPECT_EQ(info(kind::stateful_set).api_version, "apps/v1");
  EXPECT_EQ(info(kind::pod).plural, "pods");
  EXPECT_EQ(info(kind::secret).root, "/api/v1");
  for (std::size_t k = 0; k < all_kinds; ++k) {
    EXPECT_TRUE(info(static_cast<kind>(k)).root.ends_with(info(static_cast<kind>(k)).api_version));
  }
}

}  // namespace
}  // namespace btc::k8s
