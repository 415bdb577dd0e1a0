#include <string>

#include <gtest/gtest.h>

#include "extractor/document.h"

namespace counsel::extractor {
namespace {

constexpr const char* kCalendar =
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/London\r\nBEGIN:STANDARD\r\n"
    "DTSTART:19961027T020000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Completion\\, at last\r\nDTSTART;TZID=\"Europe/London\":20240304T093000\r\n"
    "DTEND;TZID=\"Europe/London\":20240304T110000\r\nLOCATION:The Mill\\; loft\r\n"
    "ORGANIZER;CN=\"Archer, Ann: solicitor\":mailto:ann@example.org\r\n"
    "ATTENDEE;CN=Bea;PARTSTAT=NEEDS-ACTION:MAILTO:bea@example.org\r\nATTENDEE:mailto:cy@example.org\r\n"
    "DESCRIPTION:Bring the deed.\\nThe key is at the caf\xC3\r\n \xA9.\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\n"
    "EXDATE:20240311T093000Z,20240318T093000Z\r\nATTACH;ENCODING=BASE64;VALUE=BINARY:AAAA\r\n"
    "BEGIN:VALARM\r\nDESCRIPTION:Reminder\r\nEND:VALARM\r\nEND:VEVENT\r\n"
    "BEGIN:VEVENT\r\nSUMMARY:Fair\r\nDTSTART;VALUE=DATE:20240228\r\nDTEND;VALUE=DATE:20240302\r\nEND:VEVENT\r\n"
    "BEGIN:VFREEBUSY\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n";

Result<Document> Read(std::string_view bytes) {
  return ReadCalendar(bytes, "x.ics", Limits());
}

TEST(Calendar, AnEventIsReadAsPeopleSeeIt) {
  const Result<Document> read = Read(kCalendar);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->text,
            "Completion, at last\n\nWhen: 2024-03-04 09:30 (Europe/London) to 2024-03-04 11:00 (Europe/London)\n"
            "Where: The Mill; loft\nRepeats: FREQ=WEEKLY;COUNT=3\n"
            "Except: 2024-03-11 09:30 (UTC), 2024-03-18 09:30 (UTC)\n"
            "Organiser: Archer, Ann: solicitor <ann@example.org>\n"
            "Attendees: Bea <bea@example.org> (needs action); cy@example.org\n\n"
            "Bring the deed.\nThe key is at the caf\xC3\xA9.\n\n"
            "Fair\n\nWhen: 2024-02-28 to 2024-03-01 (all day)");
  ASSERT_EQ(read->structure.size(), 2U);
  EXPECT_EQ(read->structure[0].kind, SpanKind::kHeading);
  ASSERT_EQ(read->unread.size(), 2U);
  EXPECT_EQ(read->unread[0].part, "a file in the calendar");
  EXPECT_EQ(read->unread[1].part, "a part of the calendar (VFREEBUSY)");
  EXPECT_EQ(read->media_type, "text/calendar");
}

TEST(Calendar, WhatHasNoEndDoesNotSwallowTheNext) {
  const Result<Document> read = Read(
      "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nBEGIN:VEVENT\nSUMMARY:One\nBEGIN:VALARM\nBEGIN:VEVENT\nSUMMARY:Two\n"
      "DTSTART:soon\nDURATION:PT1H\n");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->text, "One\n\nTwo\n\nWhen: soon, for PT1H");
  EXPECT_EQ(read->notes.size(), 1U) << "that it ends in the midst of an entry";
}

TEST(Calendar, TextAndDamageAreWithinTheLimits) {
  Limits few;
  few.text_bytes = 40;
  const Result<Document> long_one = ReadCalendar(kCalendar, "x.ics", few);
  ASSERT_FALSE(long_one);
  EXPECT_EQ(long_one.error().code, ErrorCode::kTooLarge);
  const std::string whole = kCalendar;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const Result<Document> cut = Read(std::string_view(whole).substr(0, size));
    EXPECT_TRUE(cut || cut.error().code == ErrorCode::kInvalidArgument) << size;
    std::string changed = whole;
    if (size < whole.size()) changed[size] = ":;\"\\\n,="[size % 7];
    const Result<Document> other = Read(changed);
    EXPECT_TRUE(other || other.error().code != ErrorCode::kInternal) << size;
  }
}

TEST(Calendar, ItIsKnownByItsFirstLine) {
  EXPECT_TRUE(
      LooksLikeCalendar("\xEF\xBB\xBF"
                        "begin:vcalendar\r\n"));
  EXPECT_FALSE(LooksLikeCalendar("BEGIN:VCARD\r\n"));
}

}  // namespace
}  // namespace counsel::extractor
