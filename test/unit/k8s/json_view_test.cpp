#include "k8s/json_view.hpp"

#include "k8s/objects.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace btc::k8s {
namespace {

using json = nlohmann::json;
using testing::ElementsAre;

constexpr const char* example = R"({
  "null": null, "yes": true, "small": -7, "large": 18446744073709551615, "real": 2.5,
  "text": "ü\n\u0041", "list": [1, "two", null], "object": {"b": 1, "a": {"deep": "x"}}})";

enum class holder { document, text, packed };

/// The same document as each holder shows it: whatever holds of one view must hold of the others.
class JsonView : public testing::TestWithParam<holder> {
 protected:
  [[nodiscard]] json_view root() {
    switch (GetParam()) {
      case holder::document:
        return json_view{document_};
      case holder::text:
        return text_.parse(example);
      case holder::packed:
        break;
    }
    return packed_.view();
  }

 private:
  json document_ = json::parse(example);
  json_text text_{};
  packed_json packed_{document_};
};

TEST_P(JsonView, TellsTypes) {
  const std::vector<std::pair<const char*, json_type>> table{
      {"absent", json_type::absent},
      {"null", json_type::null},
      {"yes", json_type::boolean},
      {"small", json_type::integer},
      {"large", json_type::unsigned_integer},
      {"real", json_type::real},
      {"text", json_type::string},
      {"list", json_type::array},
      {"object", json_type::object},
  };
  for (const auto& [key, type] : table) {
    EXPECT_EQ(root()[key].type(), type) << key;
    EXPECT_EQ(static_cast<bool>(root()[key]), type > json_type::null) << key;
  }
}

TEST_P(JsonView, GivesValuesOfTheirTypeAndNothingOfAnother) {
  const auto view = root();
  EXPECT_EQ(view["text"].text(), "ü\nA");
  EXPECT_EQ(view["small"].text(), "");
  EXPECT_EQ(view["small"].integer(), -7);
  EXPECT_EQ(view["large"].integer(), std::nullopt);
  EXPECT_EQ(view["large"].unsigned_integer(), 18446744073709551615U);
  EXPECT_EQ(view["small"].unsigned_integer(), std::nullopt);
  EXPECT_EQ(view["real"].real(), 2.5);
  EXPECT_EQ(view["small"].real(), -7.0);
  EXPECT_EQ(view["text"].real(), std::nullopt);
  EXPECT_EQ(view["yes"].boolean(), true);
  EXPECT_EQ(view["text"].boolean(), std::nullopt);
}

TEST_P(JsonView, LooksIntoNestedObjectsOnly) {
  EXPECT_EQ(root()["object"]["a"]["deep"].text(), "x");
  EXPECT_EQ(root()["list"]["a"].type(), json_type::absent);
  EXPECT_EQ(root()["absent"]["a"]["b"].type(), json_type::absent);
}

TEST_P(JsonView, WalksElementsAndMembers) {
  std::vector<json_type> types;
  root()["list"].for_each_element([&](json_view v) { types.push_back(v.type()); });
  EXPECT_THAT(types, ElementsAre(json_type::integer, json_type::string, json_type::null));
  std::vector<std::string> keys;
  root()["object"].for_each_member(
      [&](std::string_view key, json_view) { keys.emplace_back(key); });
  EXPECT_THAT(keys, testing::UnorderedElementsAre("a", "b"));
  EXPECT_EQ(root()["list"].size(), 3U);
  EXPECT_EQ(root()["object"].size(), 2U);
  EXPECT_EQ(root()["text"].size(), 0U);
  root()["object"].for_each_element([](json_view) { ADD_FAILURE() << "an object has none"; });
  root()["list"].for_each_member([](auto, auto) { ADD_FAILURE() << "a list has none"; });
}

TEST_P(JsonView, CopiesToTheSameDocument) {
  EXPECT_EQ(root().copy(), json::parse(example));
}

INSTANTIATE_TEST_SUITE_P(Every,
                         JsonView,
                         testing::Values(holder::document, holder::text, holder::packed),
                         [](const auto& row) {
                           return row.param == holder::document ? "Document"
                                  : row.param == holder::text   ? "Text"
                                                                : "Packed";
                         });

TEST(AJsonView, ThatIsEmptyIsAbsent) {
  EXPECT_EQ(json_view{}.type(), json_type::absent);
  EXPECT_TRUE(json_view{}.copy().is_null());
}

struct text_case {
  const char* name;
  std::string bytes;
};

class BrokenText : public testing::TestWithParam<text_case> {};

TEST_P(BrokenText, GivesNothingAndLeavesNoTrace) {
  json_text text;
  EXPECT_EQ(text.parse(GetParam().bytes).type(), json_type::absent);
  EXPECT_EQ(text.parse("[1]").size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Table,
                         BrokenText,
                         testing::Values(text_case{"Nothing", ""},
                                         text_case{"Blank", " \n"},
                                         text_case{"Text", "hello"},
                                         text_case{"TwoDocuments", "{} {}"},
                                         text_case{"TwoNumbers", "1 2"},
                                         text_case{"TrailingCommaInAnObject", R"({"a": 1,})"},
                                         text_case{"TrailingCommaInAnArray", "[1,]"},
                                         text_case{"NoComma", R"(["a" "b"])"},
                                         text_case{"NoColon", R"({"a" 1})"},
                                         text_case{"KeyNoText", R"({1: 1})"},
                                         text_case{"OpenObject", R"({"a": {"b": 1})"},
                                         text_case{"OpenArray", R"([[1])"},
                                         text_case{"OpenText", R"({"a": "b)"},
                                         text_case{"Mismatched", R"({"a": [1}])"},
                                         text_case{"HalfAWord", R"([tru])"},
                                         text_case{"HalfNull", R"([nul])"},
                                         text_case{"LeadingZero", R"([01])"},
                                         text_case{"BareWord", R"([x])"},
                                         text_case{"ControlByte", "[\"a\x01\"]"},
                                         text_case{"BadEscape", R"(["\q"])"},
                                         text_case{"LoneSurrogate", R"(["\ud800x"])"},
                                         text_case{"BadUtf8", "[\"\xff\"]"},
                                         text_case{"ZeroByte", std::string{"[1\0]", 4}},
                                         text_case{"ByteOrderMarkAlone", "\xef\xbb\xbf"}),
                         [](const auto& row) { return row.param.name; });

TEST(JsonText, GivesNothingForEveryBeginningOfADocument) {
  const std::string_view whole = R"({"a": [1, -2.5e3, true, null, "\u00e9ü"], "b": {"c": {}}})";
  json_text text;
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_EQ(text.parse(whole.substr(0, length)).type(), json_type::absent) << length;
  }
  EXPECT_TRUE(text.parse(whole));
}

TEST(JsonText, ReadsEscapesAndSurrogatePairs) {
  json_text text;
  EXPECT_EQ(text.parse(R"({"\u00e9": "a\n\"\\\u20ac\ud83d\ude00"})")["é"].text(), "a\n\"\\€😀");
}

TEST(JsonText, ReadsNothingBehindItsText) {
  json_text text;
  const std::string_view longer = "[1, 2]3}";
  EXPECT_EQ(text.parse(longer.substr(0, 6)).size(), 2U);
  EXPECT_EQ(text.parse(longer).type(), json_type::absent);
}

TEST(JsonText, RefusesWhatIsNestedTooDeep) {
  json_text text;
  EXPECT_FALSE(text.parse(std::string(200, '[') + std::string(200, ']')));
  EXPECT_TRUE(text.parse(std::string(100, '[') + std::string(100, ']')));
}

TEST(JsonText, TakesTextsOfGrowingLength) {
  json_text text;
  for (const std::size_t length : {10U, 100'000U, 10U}) {
    EXPECT_EQ(text.parse('"' + std::string(length, 'x') + '"').text().size(), length);
  }
}

}  // namespace
}  // namespace btc::k8s
