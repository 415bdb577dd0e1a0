#include "judging/subject.h"

#include <string_view>

#include <gtest/gtest.h>

namespace counsel::judging {
namespace {

bool One(std::string_view name, std::string_view text, std::string_view other_name, std::string_view other_text) {
  return MayBeOne(SubjectOf(name, {text}), SubjectOf(other_name, {other_text}));
}

TEST(Subject, TwoThingsOfAKindAreTwo) {
  EXPECT_FALSE(One("lease a.txt", "LEASE OF FLAT 2. The deposit is \u00a3900.", "lease b.txt",
                   "LEASE OF FLAT 3. The deposit is \u00a3800."));
  EXPECT_FALSE(
      One("contract-lee.docx", "The salary is \u00a340,000.", "contract-roe.docx", "The salary is \u00a350,000."));
  EXPECT_FALSE(One("1.pdf", "Employee: Ann Lee\nThe salary is \u00a340,000.", "11.pdf",
                   "Employee: Ben Roe\nThe salary is \u00a350,000."));
  EXPECT_FALSE(
      One("lease.txt", "between Ann Lee (the \"Tenant\") and", "tenancy.txt", "between Ben Roe (the \"Tenant\") and"));
  EXPECT_FALSE(One("offer.txt", "Dear Ms Lee", "contract.txt", "Mr Roe is employed."));
  EXPECT_FALSE(One("Riverside lease.pdf", "The rent", "Harbour lease.pdf", "The rent"));
  EXPECT_FALSE(One("lease.pdf", "9 Weir Bank, LS1 4AP", "deed.pdf", "9 Weir Bank, LS1 4AQ"));
}

TEST(Subject, WhatMayBeOneIsOne) {
  EXPECT_TRUE(One("lease.txt", "LEASE OF FLAT 2. The rent", "side-letter.txt", "We confirm that the rent"));
  EXPECT_TRUE(One("lease 2024.txt", "Flat 2. The rent", "lease_2025_v2 signed.txt", "Flat 2. The rent"));
  EXPECT_TRUE(One("Riverside lease.pdf", "The rent", "Riverside rent review memorandum.pdf", "The rent"));
  EXPECT_TRUE(One("Riverside lease.pdf", "The rent", "letter.pdf", "The rent"));
  EXPECT_TRUE(One("lease.txt", "Ann Lee (the \"Tenant\")", "letter.txt", "Ms Lee (the \"Tenant\")"));
}

}  // namespace
}  // namespace counsel::judging
