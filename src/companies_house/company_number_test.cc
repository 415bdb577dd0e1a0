#include "companies_house/company_number.h"

#include <gtest/gtest.h>

namespace counsel::companies_house {
namespace {

TEST(CompanyNumber, IsPaddedAndUpperCase) {
  for (const auto& [given, expected] :
       std::initializer_list<std::pair<const char*, const char*>>{{"445790", "00445790"},
                                                                  {"sc12345", "SC012345"},
                                                                  {"SC012345", "SC012345"},
                                                                  {" ni 123 ", "NI000123"},
                                                                  {"00445790", "00445790"},
                                                                  {"ip12345r", "IP12345R"},
                                                                  {"IP1R", "IP00001R"},
                                                                  {"r123", "R0000123"},
                                                                  {"1", "00000001"},
                                                                  {"OC-300001", "OC300001"},
                                                                  {"xx1", "XX000001"}}) {
    const Result<std::string> number = NormaliseNumber(given);
    ASSERT_TRUE(number) << given;
    EXPECT_EQ(*number, expected);
  }
}

TEST(CompanyNumber, WhatCannotBeOneIsRefused) {
  for (const char* text : {"", "123456789", "Acme", "12/34", "SC", "../x", "00445790?", "é445790", "ABCDEFGH"}) {
    EXPECT_FALSE(NormaliseNumber(text)) << text;
  }
}

TEST(CompanyNumber, NamesAreNotNumbers) {
  for (const char* name : {"O2", "3M", "Acme 4", "B2B Ltd", "Four 44", "J2 Global"})
    EXPECT_FALSE(LooksLikeNumber(name)) << name;
  for (const char* number : {"445790", "SC12345", "7", "ip12345R", "NI 000123"})
    EXPECT_TRUE(LooksLikeNumber(number)) << number;
}

TEST(CompanyNumber, AnUnknownPrefixIsAHint) {
  EXPECT_EQ(PrefixHint("SC012345"), "");
  EXPECT_EQ(PrefixHint("00445790"), "");
  EXPECT_EQ(PrefixHint("R0000123"), "");
  EXPECT_NE(PrefixHint("XX000001"), "");
}

}  // namespace
}  // namespace counsel::companies_house
