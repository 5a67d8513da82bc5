#include "k8s/watch_decoder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace btc::k8s {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Decoder : public testing::Test {
 protected:
  void feed(std::string_view bytes) {
    std::vector<payload> lines;
    decoder_.feed(bytes, lines);
    for (auto& line : lines) {
      got_.push_back(std::move(line.text));
    }
  }

  static constexpr std::size_t limit = 16;
  watch_decoder decoder_{limit};
  std::vector<std::string> got_{};
};

TEST_F(Decoder, GivesTheSameLinesForEveryChunking) {
  const std::string stream = "{\"a\":1}\n{\"b\":2}\r\n\n\r\n{\"c\":\"\xC3\xA9\"}\n";
  for (std::size_t chunk = 1; chunk <= stream.size(); ++chunk) {
    watch_decoder decoder{limit};
    std::vector<payload> lines;
    for (std::size_t at = 0; at < stream.size(); at += chunk) {
      decoder.feed(std::string_view{stream}.substr(at, chunk), lines);
    }
    ASSERT_EQ(lines.size(), 3U) << "chunks of " << chunk;
    EXPECT_EQ(lines[0].text, "{\"a\":1}");
    EXPECT_EQ(lines[1].text, "{\"b\":2}");
    EXPECT_EQ(lines[2].text, "{\"c\":\"\xC3\xA9\"}");
    EXPECT_FALSE(decoder.inside_line());
    EXPECT_EQ(decoder.take_oversized(), 0U);
  }
}

TEST_F(Decoder, GivesTheSameLinesForEveryCutInTwo) {
  const std::string stream = "first\nsecond\nthird\n";
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    watch_decoder decoder{limit};
    std::vector<payload> lines;
    decoder.feed(std::string_view{stream}.substr(0, cut), lines);
    decoder.feed(std::string_view{stream}.substr(cut), lines);
    ASSERT_EQ(lines.size(), 3U) << "cut at " << cut;
    EXPECT_EQ(lines[1].text, "second");
  }
}

TEST_F(Decoder, KnowsWhenItStandsInsideALine) {
  EXPECT_FALSE(decoder_.inside_line());
  feed("par");
  EXPECT_TRUE(decoder_.inside_line());
  EXPECT_THAT(got_, IsEmpty());
  feed("tial\n");
  EXPECT_FALSE(decoder_.inside_line());
  EXPECT_THAT(got_, ElementsAre("partial"));
}

TEST_F(Decoder, KeepsALineOfExactlyTheLimit) {
  feed(std::string(limit, 'x') + "\n");
  EXPECT_THAT(got_, ElementsAre(std::string(limit, 'x')));
  EXPECT_EQ(decoder_.take_oversized(), 0U);
}

TEST_F(Decoder, SkipsALineOverTheLimitAndGoesOnWithTheNext) {
  feed("before\n" + std::string(limit + 1, 'x') + "\nafter\n");
  EXPECT_THAT(got_, ElementsAre("before", "after"));
  EXPECT_EQ(decoder_.take_oversized(), 1U);
  EXPECT_EQ(decoder_.take_oversized(), 0U);  // each is told once
}

TEST_F(Decoder, SkipsAnEndlessLineThatComesInPieces) {
  for (int i = 0; i < 1'000; ++i) {
    feed("0123456789");
  }
  EXPECT_TRUE(decoder_.inside_line());
  feed("end\nnext\n");
  EXPECT_THAT(got_, ElementsAre("next"));
  EXPECT_EQ(decoder_.take_oversized(), 1U);
}

TEST_F(Decoder, CountsEveryOversizedLine) {
  const std::string monster(limit * 2, 'x');
  feed(monster + "\n" + monster + "\nok\n" + monster + "\n");
  EXPECT_THAT(got_, ElementsAre("ok"));
  EXPECT_EQ(decoder_.take_oversized(), 3U);
}

TEST_F(Decoder, TakesNothingForNothing) {
  feed("");
  EXPECT_THAT(got_, IsEmpty());
  EXPECT_FALSE(decoder_.inside_line());
}

}  // namespace
}  // namespace btc::k8s
