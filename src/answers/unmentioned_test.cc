#include "answers/unmentioned.h"

#include <gtest/gtest.h>

namespace counsel::answers {
namespace {

TEST(UnmentionedTest, WhatElseIsSaidOfSomebodyIsNoAnswer) {
  EXPECT_TRUE(AllButNames("Did Dr Ward resign?", {"Ward", "resign"}, {"resign"}));
  EXPECT_FALSE(AllButNames("Did Dr Ward resign?", {"Ward", "resign"}, {})) << "it is mentioned";
  EXPECT_FALSE(AllButNames("Did Ann Ward resign from the board?", {"Ann", "Ward", "resign", "board"}, {"resign"}))
      << "some of it is there";
  EXPECT_FALSE(AllButNames("Is Ann Ward there?", {"Ann", "Ward"}, {})) << "nothing else is asked about";
  EXPECT_FALSE(AllButNames("May the tenant keep dogs?", {"keep", "dogs"}, {"keep", "dogs"})) << "pets may be there";
  EXPECT_FALSE(AllButNames("Is VAT payable?", {"VAT", "payable"}, {"payable"})) << "VAT is nobody";
}

}  // namespace
}  // namespace counsel::answers
