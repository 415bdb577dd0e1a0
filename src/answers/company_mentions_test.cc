#include "answers/company_mentions.h"

#include <gtest/gtest.h>

namespace counsel::answers {
namespace {

TEST(CompanyMentions, ReadNamesAsPeopleWriteThem) {
  EXPECT_EQ(CanonicalName("The Glen & Sons Company Ltd."), CanonicalName("GLEN AND SONS CO LIMITED"));
  EXPECT_EQ(CanonicalName("A.B.C. Trading plc"), CanonicalName("ABC TRADING PUBLIC LIMITED COMPANY"));
  EXPECT_EQ(CanonicalName("Cwmni Ynys Môn Cyf"), CanonicalName("CWMNI YNYS MON CYFYNGEDIG"));
  EXPECT_NE(CanonicalName("Acme Limited"), CanonicalName("Acme PLC"));
}

}  // namespace
}  // namespace counsel::answers
