#include "wordpiece.h"

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "reference_unicode.h"

namespace counsel::embedder {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Json = nlohmann::json;
using Ids = std::vector<std::int64_t>;

std::string Testdata(const std::string& name) {
  auto bytes = ReadFile(std::string(EMBEDDER_TESTDATA) + "/" + name, kMaxTokenizerBytes);
  EXPECT_TRUE(bytes) << bytes.error().ToString();
  return bytes.value_or("");
}

Json SmallFile() {
  return Json::parse(Testdata("tokenizer.json"));
}

WordPiece Make(const Json& file) {
  Result<WordPiece> made = WordPiece::FromJson(file.dump());
  if (!made) throw std::runtime_error(made.error().ToString());
  return std::move(*made);
}

std::vector<Json> Recorded() {
  std::vector<Json> lines;
  std::ifstream file(std::string(EMBEDDER_TESTDATA) + "/tokens.jsonl");
  for (std::string line; std::getline(file, line);) lines.push_back(Json::parse(line));
  return lines;
}

constexpr std::size_t kNoLimit = 1 << 20;

TEST(WordPieceTest, MakesTheReferencesTokensOfRecordedTexts) {
  const WordPiece tokenizer = Make(SmallFile());
  int count = 0;
  for (const Json& line : Recorded()) {
    if (line.contains("normalizer")) continue;
    EXPECT_EQ(tokenizer.Encode(line["text"].get<std::string>(), kNoLimit).ids, line["ids"].get<Ids>()) << line["text"];
    ++count;
  }
  EXPECT_GT(count, 200);
}

TEST(WordPieceTest, MakesTheReferencesTokensWithOtherNormalizerFlags) {
  int count = 0;
  for (const Json& line : Recorded()) {
    if (!line.contains("normalizer")) continue;
    Json file = SmallFile();
    file["normalizer"].update(line["normalizer"]);
    EXPECT_EQ(Make(file).Encode(line["text"].get<std::string>(), kNoLimit).ids, line["ids"].get<Ids>()) << line.dump();
    ++count;
  }
  EXPECT_GT(count, 50);
}

TEST(WordPieceTest, MakesTheReferencesTokensWithTheRealVocabulary) {
  const char* models = std::getenv("COUNSEL_TEST_MODELS");
  if (models == nullptr) GTEST_SKIP() << "COUNSEL_TEST_MODELS is not set";
  const auto bytes = ReadFile(std::string(models) + "/bge-small-en-v1.5/tokenizer.json", kMaxTokenizerBytes);
  ASSERT_TRUE(bytes) << bytes.error().ToString();
  const Result<WordPiece> tokenizer = WordPiece::FromJson(*bytes);
  ASSERT_TRUE(tokenizer) << tokenizer.error().ToString();
  for (const Json& line : Recorded()) {
    if (!line.contains("bge")) continue;
    EXPECT_EQ(tokenizer->Encode(line["text"].get<std::string>(), kNoLimit).ids, line["bge"].get<Ids>()) << line["text"];
  }
}

TEST(WordPieceTest, CutsALongTextAndEndsItWithSep) {
  const WordPiece tokenizer = Make(SmallFile());
  const Ids whole = tokenizer.Encode("a b a b a b", kNoLimit).ids;
  ASSERT_EQ(whole.size(), 8U);
  const Encoding fits = tokenizer.Encode("a b a b a b", 8);
  EXPECT_EQ(fits.ids, whole);
  EXPECT_FALSE(fits.truncated);
  const Encoding cut = tokenizer.Encode("a b a b a b", 5);
  EXPECT_THAT(cut.ids, ElementsAre(whole[0], whole[1], whole[2], whole[3], whole[7]));
  EXPECT_TRUE(cut.truncated);
}

TEST(WordPieceTest, RepairsInvalidUtf8First) {
  Json file = SmallFile();
  EXPECT_EQ(Make(file).Tokenize("hello\xff\xfe world\xe4\xb8"), Make(file).Tokenize("hello world"));
  file["normalizer"]["clean_text"] = false;
  file["model"]["vocab"]["\ufffd"] = 5000;
  EXPECT_THAT(Make(file).Tokenize("\xff\xfe"), ElementsAre(5000));
}

// White space is no token, so only another added token that begins or ends with some can tell.
TEST(WordPieceTest, AddedTokensTakeTheWhiteSpaceThatTheirFlagsName) {
  Json file = SmallFile();
  const std::int64_t mask = file["model"]["vocab"]["[MASK]"];
  const Json others = {{{"id", 5001}, {"content", "q "}, {"normalized", true}},
                       {{"id", 5002}, {"content", " q"}, {"normalized", true}}};
  file["model"]["vocab"]["q"] = 5000;
  for (const Json& other : others) file["added_tokens"].push_back(other);
  EXPECT_THAT(Make(file).Tokenize("q \u3000[MASK]\u00a0 q"), ElementsAre(5001, mask, 5002));
  for (Json& token : file["added_tokens"]) {
    if (token["content"] == "[MASK]") token["lstrip"] = token["rstrip"] = true;
  }
  EXPECT_THAT(Make(file).Tokenize("q \u3000[MASK]\u00a0 q"), ElementsAre(5000, mask, 5000));
}

TEST(WordPieceTest, NormalizedAddedTokensAreFoundInTheNormalizedText) {
  Json file = SmallFile();
  file["added_tokens"].push_back({{"id", 5001}, {"content", "\u00c9t\u00e9"}, {"normalized", true}});
  EXPECT_THAT(Make(file).Tokenize("ETE e\u0301te"), ElementsAre(5001, 5001));
}

TEST(WordPieceTest, RefusesEveryTruncatedFile) {
  const std::string whole = Testdata("tokenizer.json");
  for (std::size_t size = 0; size + 2 < whole.size(); size += 1 + whole.size() / 97) {
    const Result<WordPiece> made = WordPiece::FromJson(whole.substr(0, size));
    ASSERT_FALSE(made) << size;
    EXPECT_EQ(made.error().code, ErrorCode::kCorrupt);
  }
}

// Each change makes the file one that this tokeniser must refuse.
TEST(WordPieceTest, RefusesFilesThatItWouldReadWrongly) {
  const std::vector<std::pair<const char*, ErrorCode>> patches = {
      {R"({"model": null})", ErrorCode::kCorrupt},
      {R"({"model": {"type": "BPE"}})", ErrorCode::kUnsupported},
      {R"({"model": {"vocab": {}}})", ErrorCode::kCorrupt},
      {R"({"model": {"vocab": {"a": -1, "[UNK]": 0}}})", ErrorCode::kCorrupt},
      {R"({"model": {"vocab": {"a": 1e30, "[UNK]": 0}}})", ErrorCode::kCorrupt},
      {R"({"model": {"vocab": {"a": "1", "[UNK]": 0}}})", ErrorCode::kCorrupt},
      {R"({"model": {"unk_token": "nowhere"}})", ErrorCode::kCorrupt},
      {R"({"model": {"max_input_chars_per_word": -5}})", ErrorCode::kCorrupt},
      {R"({"model": {"continuing_subword_prefix": 7}})", ErrorCode::kCorrupt},
      {R"({"normalizer": {"type": "NFC"}})", ErrorCode::kUnsupported},
      {R"({"normalizer": {"lowercase": "yes"}})", ErrorCode::kCorrupt},
      {R"({"normalizer": {"strip_accents": 1}})", ErrorCode::kCorrupt},
      {R"({"pre_tokenizer": {"type": "Whitespace"}})", ErrorCode::kUnsupported},
      {R"({"post_processor": {"type": "RobertaProcessing"}})", ErrorCode::kUnsupported},
      {R"({"post_processor": {"sep": ["[SEP]", "x"]}})", ErrorCode::kCorrupt},
      {R"({"post_processor": {"type": "TemplateProcessing", "single": []}})", ErrorCode::kUnsupported},
      {R"({"added_tokens": 5})", ErrorCode::kCorrupt},
      {R"({"added_tokens": [{"content": "", "id": 1}]})", ErrorCode::kCorrupt},
      {R"({"added_tokens": [{"content": "[SEP]", "id": 99}]})", ErrorCode::kCorrupt},
      {R"({"added_tokens": [{"content": "w", "id": 99, "single_word": true}]})", ErrorCode::kUnsupported},
  };
  for (const auto& [patch, code] : patches) {
    Json file = SmallFile();
    const Json change = Json::parse(patch);
    if (change.contains("model") && change["model"].contains("vocab")) file["model"].erase("vocab");
    file.merge_patch(change);
    const Result<WordPiece> made = WordPiece::FromJson(file.dump());
    ASSERT_FALSE(made) << patch;
    EXPECT_EQ(made.error().code, code) << patch << made.error().message;
    EXPECT_THAT(made.error().message, HasSubstr("tokenizer file"));
  }
}

TEST(WordPieceTest, ReadsTheSpecialTokensOfATemplate) {
  Json file = SmallFile();
  file["post_processor"] = Json::parse(R"({"type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
               {"SpecialToken": {"id": "</s>", "type_id": 0}}],
    "special_tokens": {"<s>": {"id": "<s>", "ids": [77]}, "</s>": {"id": "</s>", "ids": [78]}}})");
  EXPECT_THAT(Make(file).Encode("", 512).ids, ElementsAre(77, 78));
}

TEST(ReferenceUnicodeTest, KnowsOnlyTheMarksAndPunctuationOfTheReferencesAge) {
  EXPECT_TRUE(IsNonspacingMark(0x301));
  EXPECT_FALSE(IsNonspacingMark(0x1AC1));  // Unicode 14
  EXPECT_TRUE(IsNonspacingMark(0x1734));   // Mn in the reference, Mc since Unicode 14
  EXPECT_TRUE(IsPunctuation('$'));
  EXPECT_FALSE(IsPunctuation(0x20AC));
  EXPECT_TRUE(IsRemovedByCleaning(0x200D));
  EXPECT_FALSE(IsRemovedByCleaning(0x8E2));
  EXPECT_EQ(Decompose(U"\U00011938"), U"\U00011938");  // decomposes since Unicode 13
  EXPECT_EQ(Decompose(U"\u00e9\u0323"), U"e\u0323\u0301");
}

}  // namespace
}  // namespace counsel::embedder
