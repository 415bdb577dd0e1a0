#include "outgoing/messages.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace counsel::outgoing {
namespace {

Order SomeOrder() {
  Order order;
  order.url = "https://api.example/company/1?q=\"a\"\n";
  order.headers = {{"Accept", "application/json"}, {"X", ""}};
  order.ca_file = "/etc/ca.pem";
  order.follows = true;
  order.offset = 7;
  order.size_limit = std::uint64_t{1} << 40;
  order.total_timeout = std::chrono::seconds(60);
  return order;
}

TEST(Messages, AnOrderIsReadAsItWasWritten) {
  const std::string text = FormatOrder(SomeOrder(), "the key\n{}");
  Secret user;
  const Result<Order> read = ReadOrder(text, &user);
  ASSERT_TRUE(read) << read.error().ToString();
  EXPECT_EQ(read->url, SomeOrder().url);
  EXPECT_EQ(read->headers, SomeOrder().headers);
  EXPECT_EQ(read->ca_file, "/etc/ca.pem");
  EXPECT_TRUE(read->follows);
  EXPECT_EQ(read->offset, 7U);
  EXPECT_EQ(read->size_limit, std::uint64_t{1} << 40);
  EXPECT_EQ(read->connect_timeout.count(), 15);
  EXPECT_EQ(read->total_timeout.count(), 60);
  EXPECT_EQ(user.view(), "the key\n{}");
  ASSERT_TRUE(ReadOrder(FormatOrder(SomeOrder(), ""), &user));
  EXPECT_TRUE(user.empty());
}

TEST(Messages, AnythingElseIsNoOrder) {
  Secret user;
  const std::string good = FormatOrder(SomeOrder(), "");
  for (const std::string& odd : {std::string(), std::string("\n"), std::string("{}\n"), good.substr(0, good.size() - 1),
                                 good.substr(1), std::string(kMostOrderBytes, '[') + "\n", "x" + good}) {
    EXPECT_FALSE(ReadOrder(odd, &user)) << odd.substr(0, 100);
  }
  Order large = SomeOrder();
  large.url = std::string(kMostOrderBytes, 'x');
  EXPECT_FALSE(ReadOrder(FormatOrder(large, ""), &user));
  EXPECT_TRUE(user.empty());
}

std::string Conversation() {
  Head head;
  head.status = 206;
  head.headers = {{"Date", "today"}, {"X-Latin", "caf\xE9"}};
  head.redirect = "https://elsewhere";
  head.start = 5;
  head.total = 9;
  return FormatHead(head) + FormatFrame(FrameKind::kBytes, std::string("a\0b", 3)) +
         FormatFrame(FrameKind::kBytes, std::string(300'000, 'x')) +
         FormatEnd(Fail(ErrorCode::kDeadlineExceeded, "it took too long"));
}

TEST(Messages, FramesComeWholeHoweverTheBytesDo) {
  const std::string text = Conversation();
  for (const std::size_t step : {std::size_t{7}, std::size_t{65536}, text.size()}) {
    FrameReader reader;
    std::vector<Frame> frames;
    for (std::size_t at = 0; at < text.size(); at += step) {
      reader.Feed(std::string_view(text).substr(at, step));
      for (;;) {
        Result<std::optional<Frame>> next = reader.Next();
        ASSERT_TRUE(next);
        if (!*next) break;
        frames.push_back(std::move(**next));
      }
    }
    ASSERT_EQ(frames.size(), 4U);
    const Result<Head> head = ReadHead(frames[0].payload);
    ASSERT_TRUE(head);
    EXPECT_EQ(head->status, 206);
    EXPECT_EQ(head->headers[1].second, "caf\uFFFD");
    EXPECT_EQ(head->redirect, "https://elsewhere");
    EXPECT_EQ(head->start, 5U);
    EXPECT_EQ(head->total, 9U);
    EXPECT_EQ(frames[1].payload, std::string("a\0b", 3));
    EXPECT_EQ(frames[2].payload.size(), 300'000U);
    EXPECT_EQ(frames[3].kind, FrameKind::kEnd);
    const Result<void> end = ReadEnd(frames[3].payload);
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().code, ErrorCode::kDeadlineExceeded);
    EXPECT_EQ(end.error().message, "it took too long");
  }
  EXPECT_TRUE(ReadEnd(FormatEnd({}).substr(5)));
}

TEST(Messages, WhatIsNoFrameIsRefused) {
  for (const std::string& odd :
       {std::string("X\0\0\0\0", 5), std::string("B\xFF\xFF\xFF\xFF", 5), std::string("B\0\x10\0\x01", 5)}) {
    FrameReader reader;
    reader.Feed(odd);
    EXPECT_FALSE(reader.Next());
  }
  for (const char* odd : {"", "null", "[]", R"({"status":-1})", R"({"status":"200"})", R"({"status":200})"}) {
    EXPECT_FALSE(ReadHead(odd)) << odd;
  }
  for (const char* odd : {"", "null", "[]", R"({"code":7,"message":"m"})"}) {
    ASSERT_FALSE(ReadEnd(odd)) << odd;
    EXPECT_EQ(ReadEnd(odd).error().code, ErrorCode::kCorrupt) << odd;
  }
  // A code that no transfer ends with is taken for the usual one.
  EXPECT_EQ(ReadEnd(R"({"code":"internal","message":"m"})").error().code, ErrorCode::kUnavailable);
}

TEST(Messages, ChangedBytesGiveAnErrorOrAValue) {
  std::mt19937 chance(14);
  const std::string conversation = Conversation().substr(0, 2000);
  const std::string order = FormatOrder(SomeOrder(), "key");
  std::size_t read = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = i % 2 == 0 ? conversation : order;
    for (std::size_t flips = 1 + chance() % 6; flips > 0; --flips)
      text[chance() % text.size()] = static_cast<char>(chance());
    if (chance() % 4 == 0) text.resize(chance() % text.size());
    Secret user;
    if (ReadOrder(text, &user)) ++read;
    FrameReader reader;
    reader.Feed(text);
    for (;;) {
      const Result<std::optional<Frame>> next = reader.Next();
      if (!next || !*next) break;
      read += ReadHead((*next)->payload) ? 1U : 0U;
      (void)ReadEnd((*next)->payload);
    }
  }
  EXPECT_GT(read, 100U);
}

}  // namespace
}  // namespace counsel::outgoing
