#include "judging/contradiction.h"

#include <string>

#include <gtest/gtest.h>

namespace counsel::judging {
namespace {

bool Differ(const char* one, const char* other) {
  for (const StatedValue& first : ValuesStated(one)) {
    for (const StatedValue& second : ValuesStated(other)) {
      if (Disagree(first, second)) return true;
    }
  }
  return false;
}

TEST(Contradiction, TwoValuesOfOneThingDisagree) {
  EXPECT_TRUE(Differ("The rent for the Flat is 1,450 pounds a month, due on the first day of each month.",
                     "From 1 March 2026 the rent is \u00a31,500 a month."));
  EXPECT_TRUE(Differ("\"Deposit\" means twelve thousand pounds (\u00a312,000).", "The deposit is \u00a310,000."));
  EXPECT_TRUE(Differ("The Company shall pay an arrangement fee of \u00a3500.", "The arrangement fee is \u00a3700."));
  EXPECT_TRUE(Differ("The notice period is three months.", "The notice period shall be six months."));
  EXPECT_TRUE(Differ("The completion date is 1 May 2026.", "The completion date is 8 May 2026."));
}

TEST(Contradiction, WhatMayBeAnotherThingIsSilence) {
  EXPECT_FALSE(Differ("The rent is \u00a31,450 a month.", "The rent is 1,450 pounds a month."));
  EXPECT_FALSE(Differ("The rent is \u00a31,450 a month.", "The rent is \u00a317,400 a year."));
  EXPECT_FALSE(Differ("The rent is \u00a31,450 a month.", "The deposit is \u00a31,500."));
  EXPECT_FALSE(Differ("The rent of Flat 2 is \u00a31,450.", "The rent of Flat 3 is \u00a31,500."));
  EXPECT_FALSE(Differ("The rent is \u00a31,450 a month.", "If the lease is renewed, the rent is \u00a31,500 a month."));
  EXPECT_FALSE(Differ("The notice period is three months.", "The notice period is \u00a3300."));
  EXPECT_FALSE(Differ("The fee is at least \u00a310.", "The fee is \u00a320."));
  EXPECT_FALSE(Differ("The rent is \u00a31,450.", "The rent was \u00a31,200."));
  EXPECT_FALSE(Differ("", "The rent is \u00a31,500."));
}

}  // namespace
}  // namespace counsel::judging
