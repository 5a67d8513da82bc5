#include "k8s/json_release.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace btc::k8s {
namespace {

using json = nlohmann::json;

TEST(JsonRelease, LeavesNothingInAnObjectOrAnArray) {
  json object{{"a", {{"b", {1, {{"c", "d"}}}}}}, {"e", "f"}};
  release(object);
  EXPECT_EQ(object, json::object());
  json array{{{"a", 1}}, json::array({2, json::array({3})})};
  release(array);
  EXPECT_EQ(array, json::array());
}

TEST(JsonRelease, LeavesAnyOtherValueAsItIs) {
  for (json value : {json("text"), json(1), json(0.5), json(true), json()}) {
    const auto before = value;
    release(value);
    EXPECT_EQ(value, before);
  }
}

}  // namespace
}  // namespace btc::k8s
