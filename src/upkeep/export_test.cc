#include "upkeep/export.h"

#include <set>

#include <gtest/gtest.h>

#include "base/utf8.h"

namespace counsel::upkeep {
namespace {

TEST(SafeFileNameTest, ANameNeverLeavesItsFolder) {
  FileNames names;
  EXPECT_EQ(names.Take("../../etc/passwd"), "_._.._etc_passwd");
  EXPECT_EQ(names.Take(".."), "_.");
  EXPECT_EQ(names.Take(""), "unnamed");
  EXPECT_EQ(names.Take("a\nb\x1b[2J.pdf"), "a_b_[2J.pdf");
}

TEST(SafeFileNameTest, EqualNamesAreToldApartAlsoWhereCaseDoesNotMatter) {
  FileNames names;
  EXPECT_EQ(names.Take("lease.pdf"), "lease.pdf");
  EXPECT_EQ(names.Take("Lease.pdf"), "Lease (2).pdf");
  EXPECT_EQ(names.Take("lease.pdf"), "lease (3).pdf");
}

TEST(SafeFileNameTest, ALongNameKeepsItsEndingAndWholeCharacters) {
  FileNames names;
  std::string longest;
  for (int i = 0; i < 100; ++i) longest += "é";
  const std::string safe = names.Take(longest + ".pdf");
  EXPECT_LE(safe.size(), 150U);
  EXPECT_TRUE(safe.ends_with(".pdf"));
  EXPECT_TRUE(ValidUtf8(safe));
}

TEST(SafeFileNameTest, AHundredThousandEqualNamesTakeNoTime) {
  FileNames names;
  std::set<std::string> given;
  for (int i = 0; i < 100'000; ++i) given.insert(names.Take(i % 2 == 0 ? "lease.pdf" : "lease (7).pdf"));
  EXPECT_EQ(given.size(), 100'000U);
}

TEST(CsvFieldTest, SeparatorsAreQuotedAndFormulasAreText) {
  EXPECT_EQ(CsvField("plain"), "plain");
  EXPECT_EQ(CsvField("a, \"b\""), "\"a, \"\"b\"\"\"");
  EXPECT_EQ(CsvField("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
  EXPECT_EQ(CsvField(""), "");
}

}  // namespace
}  // namespace counsel::upkeep
