#include "review/values.h"

#include <string>

#include <gtest/gtest.h>

namespace counsel::review {
namespace {

std::string At(Type type, const std::string& text) {
  const Wording wording(text);
  return ValueAt(type, wording, 0).text;
}
std::string Unsure(Type type, const std::string& text) {
  const Wording wording(text);
  return ValueAt(type, wording, 0).unsure;
}

TEST(ValuesTest, DatesHaveOneForm) {
  for (const char* text : {"1 April 2025", "1st April 2025", "April 1, 2025", "1st day of April 2025", "2025-04-01",
                           "01/04/2025", "1.4.2025"}) {
    EXPECT_EQ(At(Type::kDate, text), "2025-04-01") << text;
  }
  EXPECT_EQ(At(Type::kDate, "31/12/2024"), "2024-12-31");
  EXPECT_EQ(Unsure(Type::kDate, "31/12/2024"), "");
  EXPECT_EQ(Unsure(Type::kDate, "01/04/2025"), "day or month may come first");
}

TEST(ValuesTest, WhatIsNoDateIsNone) {
  for (const char* text : {"31 April 2025", "29 February 2023", "April 2025", "1 April", "12.5", "3/4", "2025"}) {
    EXPECT_EQ(At(Type::kDate, text), "") << text;
  }
}

TEST(ValuesTest, SumsHaveTheirCurrencyAndTime) {
  EXPECT_EQ(At(Type::kSum, "£12,000"), "GBP 12000");
  EXPECT_EQ(At(Type::kSum, "£12 000"), "GBP 12000");
  EXPECT_EQ(At(Type::kSum, "GBP 12,000.50 per annum"), "GBP 12000.50 per year");
  EXPECT_EQ(At(Type::kSum, "US$1.5 million"), "USD 1500000");
  EXPECT_EQ(At(Type::kSum, "€1.250.000,00"), "EUR 1250000");
  EXPECT_EQ(At(Type::kSum, "£1.5m a year"), "GBP 1500000 per year");
  EXPECT_EQ(At(Type::kSum, "twelve thousand pounds (£12,000) a month"), "GBP 12000 per month");
  EXPECT_EQ(At(Type::kSum, "12,000 euros"), "EUR 12000");
  EXPECT_EQ(At(Type::kSum, "12,000 shares"), "");
  EXPECT_EQ(At(Type::kSum, "twelve months"), "");
}

TEST(ValuesTest, WhatMayBeAnotherSumIsUnsure) {
  EXPECT_NE(Unsure(Type::kSum, "twelve thousand pounds (£13,000)"), "");
  EXPECT_NE(Unsure(Type::kSum, "€1.250"), "");
  EXPECT_NE(Unsure(Type::kSum, "€12,5"), "");
  EXPECT_NE(Unsure(Type::kSum, "£1,0000,000"), "");
}

TEST(ValuesTest, PeriodsAndRates) {
  EXPECT_EQ(At(Type::kPeriod, "thirty (30) days"), "30 days");
  EXPECT_EQ(At(Type::kPeriod, "six months' notice"), "6 months");
  EXPECT_EQ(At(Type::kPeriod, "ten business days"), "10 business days");
  EXPECT_EQ(At(Type::kPeriod, "1 year"), "1 year");
  EXPECT_EQ(At(Type::kPercent, "4.50%"), "4.5 %");
  EXPECT_EQ(At(Type::kPercent, "four per cent"), "4 %");
  EXPECT_EQ(At(Type::kPercent, "4 people"), "");
}

std::string Name(const std::string& text) {
  const Wording wording(text);
  return NameAt(wording, 0).text;
}

TEST(ValuesTest, NamesEndWhereNamesEnd) {
  EXPECT_EQ(Name("Alpha Holdings Limited whose office"), "Alpha Holdings Limited");
  EXPECT_EQ(Name("Alpha & Sons plc of Leeds"), "Alpha & Sons plc");
  EXPECT_EQ(Name("Alpha (UK) Limited, a company"), "Alpha (UK) Limited");
  EXPECT_EQ(Name("Brightwater Pharma, Inc. of Delaware"), "Brightwater Pharma, Inc");
  EXPECT_EQ(Name("Bank of Scotland plc"), "Bank of Scotland plc");
  EXPECT_EQ(Name("Ann Archer of Rose Cottage"), "Ann Archer");
  EXPECT_EQ(Name("John Smith and Jane Smith of 5 High Street"), "John Smith and Jane Smith");
  EXPECT_EQ(Name("Ann Archer\nTenant: Bea Quill"), "Ann Archer");
  EXPECT_EQ(Name("the premises"), "");
}

std::string Before(const std::string& text, const std::string& what) {
  const Wording wording(text);
  return NameBefore(wording, wording.WordFrom(text.find(what))).text;
}

TEST(ValuesTest, TheNameBeforeItsRole) {
  EXPECT_EQ(Before("(1) Alpha Limited (company number 01234567) (the \"Tenant\")", "(the"), "Alpha Limited");
  EXPECT_EQ(Before("(the \"Lessor\") of the one part and Beta LLP of 1 High Street (the \"Lessee\")", "(the \"Lessee"),
            "Beta LLP");
  EXPECT_EQ(Before("The Seller owns the shares in Gamma Limited (the \"Company\")", "(the"), "Gamma Limited");
  EXPECT_EQ(Before("Alpha Limited as Borrower, Beta plc as Guarantor", "as Guarantor"), "Beta plc");
}

TEST(ValuesTest, WhatAPersonTypesIsBroughtToTheSameForm) {
  EXPECT_EQ(Normalised(Type::kDate, "1 April 2025"), "2025-04-01");
  EXPECT_EQ(Normalised(Type::kSum, "£900 per month"), "GBP 900 per month");
  EXPECT_EQ(Normalised(Type::kYesNo, "Yes"), "yes");
  EXPECT_EQ(Normalised(Type::kDate, "soon"), "");
  EXPECT_EQ(Normalised(Type::kSum, "900"), "");
}

}  // namespace
}  // namespace counsel::review
