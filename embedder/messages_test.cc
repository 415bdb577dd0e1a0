#include "messages.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace counsel::embedder {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Json = nlohmann::json;

TEST(MessagesTest, ReadsOneTextOrAList) {
  const auto one = ParseEmbeddingsRequest(R"({"input": "a"})", 8);
  ASSERT_TRUE(one);
  EXPECT_THAT(one->texts, ElementsAre("a"));
  EXPECT_EQ(one->format, VectorFormat::kFloat);
  const auto two = ParseEmbeddingsRequest(R"({"input": ["a", ""], "model": "m", "encoding_format": "base64"})", 8);
  ASSERT_TRUE(two);
  EXPECT_THAT(two->texts, ElementsAre("a", ""));
  EXPECT_EQ(two->format, VectorFormat::kBase64);
  EXPECT_EQ(two->model, "m");
}

TEST(MessagesTest, SaysWhatIsWrongWithARequest) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "not a JSON object"},
      {"[1]", "not a JSON object"},
      {"{\"input\": \"\xff\"}", "not a JSON object in UTF-8"},
      {R"({"input": "\ud800"})", "not a JSON object"},
      {"{}", "'input' is missing"},
      {R"({"input": 5})", "'input' must be"},
      {R"({"input": []})", "'input' must be"},
      {R"({"input": ["a", 5]})", "token ids are not accepted"},
      {R"({"input": ["a", "b", "c"]})", "3 texts, at most 2"},
      {R"({"input": "a", "encoding_format": "hex"})", "'encoding_format' must be"},
      {R"({"input": "a", "encoding_format": null})", "'encoding_format' must be"},
      {R"({"input": "a", "model": 1})", "'model' must be"},
      {R"({"input": "a", "dimensions": 64})", "'dimensions' is not supported"},
  };
  for (const auto& [body, message] : cases) {
    const auto request = ParseEmbeddingsRequest(body, 2);
    ASSERT_FALSE(request) << body;
    EXPECT_THAT(request.error().message, HasSubstr(message)) << body;
  }
  EXPECT_FALSE(ParseTokenizeRequest(R"({"content": 1})"));
  EXPECT_FALSE(ParseTokenizeRequest(R"({"content": "a", "add_special": 1})"));
}

TEST(MessagesTest, FloatsReadBackAsTheSameBits) {
  const TextVector vector{{0.1F, -1.0F / 3, std::numeric_limits<float>::denorm_min(), 0}, 5, true};
  const Json part = Json::parse(FormatEmbedding(3, vector, VectorFormat::kFloat).json);
  EXPECT_EQ(part["object"], "embedding");
  EXPECT_EQ(part["index"], 3);
  EXPECT_EQ(part["tokens"], 5);
  EXPECT_EQ(part["truncated"], true);
  std::vector<float> read;
  for (const Json& value : part["embedding"]) read.push_back(static_cast<float>(value.get<double>()));
  EXPECT_EQ(read, vector.values);
}

TEST(MessagesTest, Base64IsOfLittleEndianFloats) {
  const auto encoded = [](std::vector<float> values) {
    return Json::parse(FormatEmbedding(0, {std::move(values), 3, false}, VectorFormat::kBase64).json)["embedding"];
  };
  // What Python's base64.b64encode(struct.pack("<…f", …)) gives.
  EXPECT_EQ(encoded({1}), "AACAPw==");
  EXPECT_EQ(encoded({1, -2.5F}), "AACAPwAAIMA=");
  EXPECT_EQ(encoded({1, -2.5F, 3e-8F}), "AACAPwAAIMBZ2QAz");
}

TEST(MessagesTest, JoinsTheVectorsAndCountsTheirTokens) {
  const EmbeddingPart parts[] = {FormatEmbedding(0, {{1}, 3, false}, VectorFormat::kFloat),
                                 FormatEmbedding(1, {{2}, 4, false}, VectorFormat::kFloat)};
  const Json reply = Json::parse(FormatEmbeddings(parts, "a \"model\""));
  EXPECT_EQ(reply["object"], "list");
  EXPECT_EQ(reply["data"].size(), 2U);
  EXPECT_EQ(reply["data"][1]["embedding"], Json({2}));
  EXPECT_EQ(reply["model"], "a \"model\"");
  EXPECT_EQ(reply["usage"], Json::parse(R"({"prompt_tokens": 7, "total_tokens": 7})"));
}

TEST(MessagesTest, AnErrorNeverFailsOnTheTextThatItQuotes) {
  EXPECT_EQ(Json::parse(FormatError(503, "Loading model")),
            Json::parse(R"({"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}})"));
  EXPECT_TRUE(Json::accept(FormatError(400, "bad \xff byte")));
}

}  // namespace
}  // namespace counsel::embedder
