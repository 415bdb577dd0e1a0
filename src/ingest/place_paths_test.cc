#include "ingest/place_paths.h"

#include <gtest/gtest.h>

#include "base/utf8.h"

namespace counsel::ingest {
namespace {

std::string Above(const std::string& text, const std::string& words) {
  documents::ExtractedText extracted;
  extracted.text = text;
  extracted.media_type = "text/plain";
  const std::size_t at = text.find(words);
  EXPECT_NE(at, std::string::npos) << words;
  return std::string(PathAt(PathsOf(extracted), CountCodePoints(std::string_view(text).substr(0, at))));
}

constexpr const char* kLease =
    "LEASE of Älder House\n\n"
    "2. Repair\n\n2.1 The tenant repairs the windows, and keeps the frames of all of them painted.\n\n"
    "2.2 The landlord repairs the roof, the walls and the drains as often as is needed.\n\n"
    "3. Insurance\n\n3.1 The tenant insures the plate glass, and shows the policy whenever it is asked for.\n\n"
    "3.2 The landlord insures the rest of the building against all that is usual.\n";

TEST(PlacePathsTest, APlaceHasTheHeadingAboveItsOwnCharacters) {
  EXPECT_EQ(Above(kLease, "The landlord repairs"), "2. Repair > 2.2");
  EXPECT_EQ(Above(kLease, "The tenant insures"), "3. Insurance > 3.1");
  EXPECT_EQ(Above(kLease, "insures the rest"), "3. Insurance > 3.2");
}

TEST(PlacePathsTest, ALongClauseEndsTheShortOneAboveItThatLooksLikeAHeading) {
  const char* lease =
      "2. Rent\n\n2.1 The rent is paid on Lady Day by the tenant to the landlord without any deduction at all.\n\n"
      "7. The Tenant shall not:\n(a) keep bees.\n\n8. The Landlord shall:\n(a) mend the roof.\n\n"
      "9. The Tenant may keep goldfish in a bowl of no more than five litres of water, which is to be changed.\n";
  EXPECT_EQ(Above(lease, "keep bees"), "7. The Tenant shall not:");
  EXPECT_EQ(Above(lease, "mend the roof"), "8. The Landlord shall:");
  EXPECT_EQ(Above(lease, "goldfish"), "9");
}

TEST(PlacePathsTest, AboveTheFirstHeadingThereIsNone) {
  EXPECT_EQ(Above("This deed is made today.\n\n1. Rent\n\n1.1 It is paid.\n", "This deed"), "");
  EXPECT_EQ(PathAt({}, 7), "");
}

}  // namespace
}  // namespace counsel::ingest
