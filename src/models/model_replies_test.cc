#include "models/model_replies.h"

#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace counsel::models {
namespace {

using Json = nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

ModelEntry Local() {
  ModelEntry entry;
  entry.name = "chat";
  return entry;
}

ModelEntry Remote(const std::string& fallback = "") {
  ModelEntry entry = Local();
  entry.remote.emplace();
  entry.remote->url = "https://gpu.firm.example/v1";
  entry.remote->fallback = fallback;
  return entry;
}

// As a client of the server reads its body.
Result<Embeddings> Embeddings2(const std::string& body, std::uint32_t dimensions = 2, std::size_t texts = 1) {
  ModelEntry entry = Remote();
  entry.dimensions = dimensions;
  const Result<Json> reply = ParseReply(entry, body);
  if (!reply) return Fail(reply.error());
  return ReadEmbeddings(entry, *reply, texts);
}

struct Piece {
  std::string text;
  ChatEnd end;
};
Result<Piece> ChatEvent(const std::string& data) {
  Piece piece;
  Result<std::string> text = ReadChatEvent(Remote(), data, &piece.end);
  if (!text) return Fail(text.error());
  piece.text = std::move(*text);
  return piece;
}

TEST(ModelReplies, VectorsAreReadAsNumbersAndAsBase64) {
  const Result<Embeddings> numbers = Embeddings2(R"({"data":[{"embedding":[3,4.0],"index":0}]})");
  ASSERT_TRUE(numbers) << numbers.error().ToString();
  EXPECT_THAT(numbers->values, ElementsAre(0.6F, 0.8F));
  const Result<Embeddings> base64 = Embeddings2(R"({"data":[{"embedding":"AAAAAAAAgD8="}]})");
  ASSERT_TRUE(base64) << base64.error().ToString();
  EXPECT_THAT(base64->values, ElementsAre(0.0F, 1.0F));
}

TEST(ModelReplies, WhatAServerMayLeaveOutOrSetToNullIsLeftOut) {
  const Result<Embeddings> read =
      Embeddings2(R"({"data":[{"embedding":[1,0],"index":null,"tokens":null,"truncated":null}],"usage":null})");
  ASSERT_TRUE(read) << read.error().ToString();
  EXPECT_THAT(read->tokens, ElementsAre(0U));
  EXPECT_THAT(read->truncated, ElementsAre(false));
}

TEST(ModelReplies, NoVectorIsTakenForOne) {
  const std::string embedding = R"({"data":[{"index":0,"embedding":)";
  const std::vector<std::string> odd = {"",
                                        "null",
                                        "[]",
                                        "17",
                                        "\"text\"",
                                        "{",
                                        R"({"data":null})",
                                        R"({"data":{}})",
                                        R"({"data":[]})",
                                        R"({"data":[null]})",
                                        R"({"data":[[1,0]]})",
                                        R"({"data":[{}]})",
                                        R"({"data":[{"embedding":[1,0]},{"embedding":[1,0]}]})",  // one too many
                                        R"({"data":[{"embedding":[1,0],"index":1}]})",            // another's
                                        R"({"data":[{"embedding":[1,0],"index":"0"}]})",
                                        embedding + "null}]}",
                                        embedding + "{}}]}",
                                        embedding + "[]}]}",
                                        embedding + "[1]}]}",
                                        embedding + "[1,0,0]}]}",
                                        embedding + "[1,null]}]}",
                                        embedding + "[1,\"0\"]}]}",
                                        embedding + "[1,[0]]}]}",
                                        embedding + "[1,true]}]}",
                                        embedding + "[1,NaN]}]}",
                                        embedding + "[1,Infinity]}]}",
                                        embedding + "[1,1e39]}]}",
                                        embedding + "[1,-1e308]}]}",
                                        embedding + "[1,1e999]}]}",
                                        embedding + "\"AAAAAAAAgH8=\"}]}",  // infinity
                                        embedding + "\"AAAAAAAAwH8=\"}]}",  // no number
                                        embedding + "\"AAAA\"}]}",
                                        embedding + "\"%%%%\"}]}",
                                        embedding + "[1,0"};
  for (const std::string& body : odd) {
    const Result<Embeddings> read = Embeddings2(body);
    ASSERT_FALSE(read) << body;
    EXPECT_EQ(read.error().code, ErrorCode::kUnavailable) << body;
    EXPECT_THAT(read.error().message, StartsWith("'chat' at gpu.firm.example gave an unexpected reply: ")) << body;
  }
}

TEST(ModelReplies, AReplyOfManyValuesIsRefusedBeforeItIsParsed) {
  std::string numbers = R"({"data":[{"embedding":[0)";
  while (numbers.size() < kMostReplyBytes) numbers += ",0";
  EXPECT_THAT(Embeddings2(numbers + "]}]}").error().message, HasSubstr("too many values"));
  EXPECT_THAT(Embeddings2(std::string(kMostReplyBytes, '[')).error().message, HasSubstr("too many values"));
  const std::string deep = R"({"data":)" + std::string(101, '[') + std::string(101, ']') + "}";
  EXPECT_THAT(Embeddings2(deep).error().message, HasSubstr("too many values"));
}

TEST(ModelReplies, MoreDimensionsThanAnyModelHasAreRefused) {
  std::string vector = "[1";
  for (int i = 0; i < 16384; ++i) vector += ",0";
  EXPECT_FALSE(Embeddings2(R"({"data":[{"embedding":)" + vector + "]}]}", 0));
}

TEST(ModelReplies, LargeNumbersKeepTheirDirection) {
  const Result<Embeddings> read = Embeddings2(R"({"data":[{"embedding":[3e38,3e38]}]})");
  ASSERT_TRUE(read);
  EXPECT_NEAR(read->values[0], std::sqrt(0.5), 1e-6);
  const Result<Embeddings> small = Embeddings2(R"({"data":[{"embedding":[1e-39,0]}]})");
  ASSERT_TRUE(small);
  EXPECT_NEAR(small->values[0], 1, 1e-3);
}

TEST(ModelReplies, CountsAreWholeNumbersOneAText) {
  const auto counts = [](const char* body) { return ReadCounts(Local(), Json::parse(body), 2); };
  EXPECT_THAT(*counts(R"({"counts":[3,0]})"), ElementsAre(3U, 0U));
  EXPECT_THAT(*counts(R"({"counts":[18446744073709551615,0]})"), ElementsAre(4294967295U, 0U));
  for (const char* odd : {"{}", R"({"counts":null})", R"({"counts":[1]})", R"({"counts":[1,-2]})",
                          R"({"counts":[1,2.5]})", R"({"counts":[1,null]})", R"({"counts":"12"})"}) {
    ASSERT_FALSE(counts(odd)) << odd;
    EXPECT_THAT(counts(odd).error().message, StartsWith("The server of 'chat' gave an unexpected reply"));
  }
  const auto tokens = [](const char* body) { return ReadTokenCount(Local(), Json::parse(body)); };
  EXPECT_EQ(*tokens(R"({"tokens":[1,-7,null]})"), 3U);  // ids are nobody's here
  for (const char* odd : {"{}", R"({"tokens":null})", R"({"tokens":7})", R"({"tokens":{"0":1}})"}) {
    EXPECT_FALSE(tokens(odd)) << odd;
  }
}

TEST(ModelReplies, AChatEventMayHoldLittle) {
  EXPECT_EQ(ChatEvent(R"({"choices":[{"delta":{"content":"Rent"}}]})")->text, "Rent");
  for (const char* without : {"", "{}", R"({"choices":null})", R"({"choices":[]})", R"({"choices":[null]})",
                              R"({"choices":[{}]})", R"({"choices":[{"delta":null}]})", R"({"choices":[{"delta":{}}]})",
                              R"({"choices":[{"delta":{"content":null}}],"usage":null,"error":null})",
                              R"({"choices":[{"delta":{"role":"assistant"},"finish_reason":null}]})"}) {
    const Result<Piece> piece = ChatEvent(without);
    ASSERT_TRUE(piece) << without;
    EXPECT_EQ(piece->text, "") << without;
    EXPECT_EQ(piece->end.finish_reason, "") << without;
  }
}

TEST(ModelReplies, UsageOfOtherTypesCountsAsNotSaid) {
  const Result<Piece> said = ChatEvent(R"({"usage":{"prompt_tokens":12,"completion_tokens":1e99}})");
  ASSERT_TRUE(said);
  EXPECT_EQ(said->end.prompt_tokens, 12U);
  EXPECT_EQ(said->end.completion_tokens, 0U);
  EXPECT_TRUE(ChatEvent(R"({"usage":{"prompt_tokens":null,"completion_tokens":-5}})"));
  EXPECT_TRUE(ChatEvent(R"({"usage":[1]})"));
}

TEST(ModelReplies, AChatEventThatIsNoneEndsTheStream) {
  for (const char* odd : {"null", "[]", "7", "{\"choices\":[{\"delta\":{\"content\":\"Re", "<html>",
                          R"({"choices":[{"delta":{"content":17}}]})", R"({"choices":[{"delta":{"content":["a"]}}]})",
                          R"({"error":{"message":null}})", R"({"error":"out of memory"})", R"({"error":[1]})",
                          "{\"choices\":[{\"delta\":{\"content\":\"\xFF\"}}]}"}) {
    const Result<Piece> piece = ChatEvent(odd);
    ASSERT_FALSE(piece) << odd;
    EXPECT_EQ(piece.error().code, ErrorCode::kUnavailable) << odd;
    EXPECT_THAT(piece.error().message, HasSubstr("'chat'")) << odd;
  }
}

TEST(ModelReplies, ARefusalIsReadWhateverItsBody) {
  for (const char* body : {"", "null", "<html>", R"({"error":null})", R"({"error":{"message":null}})",
                           R"({"error":{"message":{"a":1}}})", R"({"error":[]})"}) {
    EXPECT_EQ(RefusedReply(Remote(), 500, body).message, "'chat' refused the request (status 500).") << body;
    EXPECT_EQ(RefusedReply(Remote("other"), 503, body).code, ErrorCode::kUnavailable) << body;
    EXPECT_EQ(RefusedReply(Remote(), 400, body).code, ErrorCode::kInvalidArgument) << body;
  }
  EXPECT_THAT(RefusedReply(Local(), 500, R"({"error":"out of memory"})").message, HasSubstr("out of memory"));
  const std::string long_words = R"({"error":{"message":")" + std::string(1 << 20, 'x') + "\"}}";
  EXPECT_LT(RefusedReply(Local(), 500, long_words).message.size(), 600U);
}

// One body, changed as a broken or hostile server might.
std::string Mutated(std::string body, std::mt19937& chance) {
  if (chance() % 3 == 0) return body.substr(0, chance() % body.size());
  if (chance() % 2 == 0) {
    for (std::size_t flips = 1 + chance() % 8; flips > 0; --flips)
      body[chance() % body.size()] = static_cast<char>(chance());
    return body;
  }
  Json json = Json::parse(body);
  const std::function<void(Json&)> spoil = [&](Json& value) {
    static const char* const kOthers[] = {"null", "-1",   "1e300", "18446744073709551615", "\"text\"", "[]",
                                          "{}",   "true", "[[{}]]"};
    if (chance() % 6 == 0) {
      value = Json::parse(kOthers[chance() % std::size(kOthers)]);
    } else if (value.is_structured()) {
      if (value.is_object() && !value.empty() && chance() % 3 == 0) value.erase(value.begin());
      for (Json& inner : value) spoil(inner);
    }
  };
  spoil(json);
  return json.dump();
}

TEST(ModelReplies, ManyMutatedRepliesGiveAnErrorOrAValue) {
  const std::string bodies[] = {
      R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.25,0.5],"tokens":3,"truncated":false}]})",
      R"({"data":[{"index":0,"embedding":"AAAAAAAAgD8="}],"usage":{"prompt_tokens":3,"total_tokens":3}})",
      R"({"id":"1","choices":[{"index":0,"delta":{"content":"Rent"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":4}})",
      R"({"error":{"code":500,"message":"failed","type":"server_error"}})", R"({"tokens":[1,2,3],"counts":[4]})"};
  std::mt19937 chance(14);
  int vectors = 0;
  int pieces = 0;
  for (int i = 0; i < 10'000; ++i) {
    const std::string body = Mutated(bodies[chance() % std::size(bodies)], chance);
    const Result<Embeddings> read = Embeddings2(body);
    if (read) {
      ++vectors;
      ASSERT_EQ(read->values.size(), 2U) << body;
      for (const float value : read->values) ASSERT_TRUE(std::isfinite(value)) << body;
    }
    const Result<Piece> piece = ChatEvent(body);
    if (piece) pieces += piece->text.empty() ? 0 : 1;
    (void)RefusedReply(Remote("other"), 502, body);
    if (const Result<Json> json = ParseReply(Local(), body)) {
      (void)ReadCounts(Local(), *json, 1);
      (void)ReadTokenCount(Local(), *json);
    }
  }
  EXPECT_GT(vectors, 100);
  EXPECT_GT(pieces, 100);
}

}  // namespace
}  // namespace counsel::models
