#include "k8s/cbor.hpp"

#include "k8s/cbor_words.hpp"
#include "k8s/objects.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace btc::k8s {
namespace {

using json = nlohmann::json;

TEST(Cbor, FindsEachWordAndNoOtherText) {
  for (std::size_t i = 0; i < cbor_words.size(); ++i) {
    const std::string word{cbor_words.at(i)};
    EXPECT_EQ(find_cbor_word(word), i) << word << " is there twice";
    EXPECT_EQ(find_cbor_word(word + 'x'), cbor_words.size());
    EXPECT_EQ(find_cbor_word(std::string(word.size(), word.front()) + '~'), cbor_words.size());
  }
  EXPECT_EQ(find_cbor_word(""), cbor_words.size());
}

TEST(Cbor, ReadsWordsAsTheTextsTheyStandFor) {
  json document;
  for (const auto word : cbor_words) {
    document["names"][std::string{word}] = 1;
    document["values"].push_back(word);
  }
  document["after"] = {{"replicas", "replicas"}, {"replicasx", ""}};

  const packed_json packed{document};

  EXPECT_EQ(packed.unpack(), document);
  EXPECT_EQ(packed.view()["values"].size(), cbor_words.size());
  EXPECT_EQ(packed.view()["after"]["replicas"].text(), "replicas");  // past the others
}

TEST(Cbor, MakesAWordTwoBytes) {
  const json document = "terminationGracePeriodSeconds";

  EXPECT_EQ(write_cbor(json_view{document}).size(), 2U);
}

}  // namespace
}  // namespace btc::k8s
