#include "understanding/named_things.h"

#include <gtest/gtest.h>

#include "understanding/naming.h"

namespace counsel::understanding {
namespace {

TEST(NamedThingsTest, AThingWithANumberOfItsOwnIsTakenFromWhatItIsCalled) {
  const std::vector<CodedThing> paid = CodedThings("Was invoice HB-2291 paid?");
  ASSERT_EQ(paid.size(), 1U);
  EXPECT_EQ(paid[0].code, "HB-2291");
  EXPECT_EQ(paid[0].called, "invoice");
  const std::vector<CodedThing> number = CodedThings("Was order number KL/7 sent?");
  ASSERT_EQ(number.size(), 1U);
  EXPECT_EQ(number[0].called, "order");
  ASSERT_EQ(CodedThings("Was HB-2291 paid?").size(), 1U);
  EXPECT_EQ(CodedThings("Was HB-2291 paid?")[0].called, "");
  EXPECT_TRUE(CodedThings("Was the rent of Flat 2 paid to Smith-Jones?").empty());
}

TEST(NamedThingsTest, ANoticePeriodIsNoNotice) {
  EXPECT_TRUE(FindNamings("What is Dr Byrne's notice period?").empty());
  EXPECT_FALSE(FindNamings("When was Dr Byrne's notice sent?").empty());
}

}  // namespace
}  // namespace counsel::understanding
