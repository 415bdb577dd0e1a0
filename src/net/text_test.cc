// The parts of this room that wait for nothing: headers, targets, events.
#include <gmock/gmock.h>

#include "net/http.h"

namespace counsel::net {

static bool operator==(const Event& a, const Event& b) {
  return a.name == b.name && a.data == b.data;
}

namespace {

using ::testing::ElementsAre;

TEST(HeadersTest, NamesAreFoundInAnyCase) {
  const Headers headers = {{"Content-Type", "a"}, {"content-type", "b"}};
  EXPECT_EQ(FindHeader(headers, "CONTENT-TYPE"), "a");
  EXPECT_EQ(FindHeader(headers, "Content"), std::nullopt);
}

TEST(PercentTest, EveryByteSurvivesTheRoundTrip) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  EXPECT_EQ(PercentDecode(PercentEncode(all), true), all);
  EXPECT_EQ(PercentEncode("aZ9-._~ /é"), "aZ9-._~%20%2F%C3%A9");
}

TEST(PercentTest, APlusIsASpaceInQueriesOnly) {
  EXPECT_EQ(PercentDecode("a+b%2b", true), "a b+");
  EXPECT_EQ(PercentDecode("a+b%2B", false), "a+b+");
}

TEST(PercentTest, MalformedEscapesAreRefused) {
  for (const char* text : {"%", "%4", "a%", "%4g", "%g4", "%%41"}) EXPECT_EQ(PercentDecode(text, true), std::nullopt);
}

TEST(RequestTest, QueryParametersAreDecoded) {
  const Request request("GET", "/a%20b?x=1&y+z=a%26b&empty=&bare&x=2&bad=%zz");
  EXPECT_EQ(request.path(), "/a%20b");
  EXPECT_EQ(request.query("x"), "1");
  EXPECT_EQ(request.query("y z"), "a&b");
  EXPECT_EQ(request.query("empty"), "");
  EXPECT_EQ(request.query("bare"), "");
  EXPECT_EQ(request.query("bad"), std::nullopt);
  EXPECT_EQ(request.query("missing"), std::nullopt);
  EXPECT_EQ(Request("GET", "/").query("x"), std::nullopt);
}

TEST(EventsTest, AnEventIsWrittenAsTheStandardSays) {
  EXPECT_EQ(FormatEvent("token", "a"), "event: token\ndata: a\n\n");
  EXPECT_EQ(FormatEvent("", ""), "data: \n\n");
  EXPECT_EQ(FormatEvent("n", "a\nb\r\nc\rd\n"), "event: n\ndata: a\ndata: b\ndata: c\ndata: d\ndata: \n\n");
  EXPECT_EQ(FormatEvent("a\ndata: x", "b"), "event: a data: x\ndata: b\n\n");
}

TEST(EventsTest, EventsReadTheSameWhereverTheStreamIsCut) {
  const std::string text =
      "\xEF\xBB\xBF: a comment\n\ndata: one\r\ndata:two\r\n\r\nevent: n\rdata: {\"a\": 1}\rid: 7\r\rdata\n\n"
      "event: without data\n\ndata: last\n\ndata: never ended\n";
  const std::vector<Event> expected = {
      {"message", "one\ntwo"}, {"n", "{\"a\": 1}"}, {"message", ""}, {"message", "last"}};
  for (std::size_t first = 0; first <= text.size(); ++first) {
    for (std::size_t second = first; second <= text.size(); ++second) {
      EventParser parser;
      std::vector<Event> events;
      const std::string_view all = text;
      for (const std::string_view part :
           {all.substr(0, first), all.substr(first, second - first), all.substr(second)}) {
        const Result<std::vector<Event>> some = parser.Feed(part);
        ASSERT_TRUE(some);
        events.insert(events.end(), some->begin(), some->end());
      }
      ASSERT_EQ(events, expected) << first << " " << second;
    }
  }
}

TEST(EventsTest, WhatIsWrittenIsReadBack) {
  EventParser parser;
  const Result<std::vector<Event>> events = parser.Feed(FormatEvent("a", "x\n\ny") + FormatEvent("", ""));
  ASSERT_TRUE(events);
  EXPECT_THAT(*events, ElementsAre(Event{"a", "x\n\ny"}, Event{"message", ""}));
}

TEST(EventsTest, AnEventOverTheLimitEndsTheStream) {
  for (const std::string text : {"data: 0123456789", "data: 012\ndata: 345\n", "event: 0123456789"}) {
    EventParser parser(11);
    const Result<std::vector<Event>> events = parser.Feed(text);
    ASSERT_FALSE(events) << text;
    EXPECT_EQ(events.error().code, ErrorCode::kTooLarge);
  }
  EventParser parser(11);
  EXPECT_TRUE(parser.Feed("data: 01234\n\ndata: 01234\n\n"));
}

}  // namespace
}  // namespace counsel::net
