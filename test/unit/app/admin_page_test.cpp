#include "actors/app/admin_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace btc::app {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(AdminPage, NeedsNothingFromElsewhere) {
  const admin_page page;

  EXPECT_THAT(page.html(), Not(HasSubstr("http:")));
  EXPECT_THAT(page.html(), Not(HasSubstr("https:")));
  EXPECT_THAT(page.html(), Not(HasSubstr("src=")));
}

TEST(AdminPage, PutsTextInAsTextOnly) {
  for (const auto* way :
       {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("}) {
    EXPECT_THAT(std::string(admin_page_script()), Not(HasSubstr(way)));
  }
}

TEST(AdminPage, HasNothingInlineThatItsPolicyWouldRefuse) {
  const std::string body(admin_page_body());

  EXPECT_THAT(body, Not(HasSubstr("style=")));
  EXPECT_THAT(body, Not(HasSubstr("onclick=")));
  EXPECT_THAT(admin_page().policy(), Not(HasSubstr("unsafe")));
}

TEST(AdminPage, HashesItsPartsAsBrowsersDo) {
  // Base64 of a SHA-256 has 44 characters.
  EXPECT_THAT(admin_page().policy(),
              testing::MatchesRegex("default-src 'none'; style-src 'sha256-.{43}='; script-src "
                                    "'sha256-.{43}='; connect-src 'self'; .*"));
}

}  // namespace
}  // namespace btc::app
