#include "test/sim/serve/chaos.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace btc::sim {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(Chaos, IsQuietUntilItIsTurnedOn) {
  chaos faults(1);
  for (int i = 0; i < 1000; ++i) {
    const auto fault = faults.draw();
    EXPECT_EQ(fault.refusal, trouble::none);
    EXPECT_EQ(fault.how, delivery::whole);
    EXPECT_EQ(fault.delay.count(), 0);
    EXPECT_FALSE(faults.happened(faults.settings.cuts, std::chrono::seconds{60}));
  }
}

TEST(Chaos, DrawsTheSameFromTheSameSeed) {
  chaos first(7);
  chaos second(7);
  first.settings = second.settings = default_chaos();
  for (int i = 0; i < 1000; ++i) {
    const auto a = first.draw();
    const auto b = second.draw();
    EXPECT_EQ(std::tie(a.refusal, a.how, a.delay), std::tie(b.refusal, b.how, b.delay));
  }
}

TEST(Chaos, KeepsWhatAChangeDoesNotName) {
  const auto changed = merged(default_chaos(), {{"lost", 0.5}, {"delayMs", 10}});
  EXPECT_EQ(changed.lost, 0.5);
  EXPECT_EQ(changed.delay.count(), 10);
  EXPECT_EQ(changed.refused, default_chaos().refused);
  EXPECT_EQ(to_json(merged({}, to_json(default_chaos()))), to_json(default_chaos()));
}

TEST(Chaos, NamesWhatItCannotUse) {
  const json bad[] = {{{"lost", 2}}, {{"lost", "x"}}, {{"lots", 1}}, {{"delayMs", -1}}, 5};
  for (const auto& change : bad) {
    EXPECT_THROW(static_cast<void>(merged({}, change)), std::runtime_error) << change;
  }
  try {
    static_cast<void>(merged({}, {{"lost", 2}}));
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("lost is 2; give a number from 0 to 1"));
  }
}

}  // namespace
}  // namespace btc::sim
