#include "upkeep/export.h"

#include <gtest/gtest.h>

#include "base/utf8.h"

namespace counsel::upkeep {
namespace {

TEST(SafeFileNameTest, ANameNeverLeavesItsFolder) {
  std::vector<std::string> taken;
  EXPECT_EQ(SafeFileName("../../etc/passwd", &taken), "_._.._etc_passwd");
  EXPECT_EQ(SafeFileName("..", &taken), "_.");
  EXPECT_EQ(SafeFileName("", &taken), "unnamed");
  EXPECT_EQ(SafeFileName("a\nb\x1b[2J.pdf", &taken), "a_b_[2J.pdf");
}

TEST(SafeFileNameTest, EqualNamesAreToldApartAlsoWhereCaseDoesNotMatter) {
  std::vector<std::string> taken;
  EXPECT_EQ(SafeFileName("lease.pdf", &taken), "lease.pdf");
  EXPECT_EQ(SafeFileName("Lease.pdf", &taken), "Lease (2).pdf");
  EXPECT_EQ(SafeFileName("lease.pdf", &taken), "lease (3).pdf");
}

TEST(SafeFileNameTest, ALongNameKeepsItsEndingAndWholeCharacters) {
  std::vector<std::string> taken;
  std::string longest;
  for (int i = 0; i < 100; ++i) longest += "é";
  const std::string safe = SafeFileName(longest + ".pdf", &taken);
  EXPECT_LE(safe.size(), 150U);
  EXPECT_TRUE(safe.ends_with(".pdf"));
  EXPECT_TRUE(ValidUtf8(safe));
}

TEST(CsvFieldTest, SeparatorsAreQuotedAndFormulasAreText) {
  EXPECT_EQ(CsvField("plain"), "plain");
  EXPECT_EQ(CsvField("a, \"b\""), "\"a, \"\"b\"\"\"");
  EXPECT_EQ(CsvField("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
  EXPECT_EQ(CsvField(""), "");
}

}  // namespace
}  // namespace counsel::upkeep
