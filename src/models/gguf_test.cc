#include "models/gguf.h"

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace counsel::models {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// Writes GGUF by the format's own rules.
class GgufBytes {
 public:
  template <class Number>
  GgufBytes& Put(Number number) {
    bytes_.append(reinterpret_cast<const char*>(&number), sizeof number);
    return *this;
  }
  GgufBytes& Raw(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }
  GgufBytes& Text(std::string_view text) { return Put(std::uint64_t{text.size()}).Raw(text); }
  GgufBytes& Head(std::uint64_t tensors, std::uint64_t pairs, std::uint32_t version = 3) {
    return Raw("GGUF").Put(version).Put(tensors).Put(pairs);
  }
  GgufBytes& TextPair(std::string_view key, std::string_view value) {
    return Text(key).Put(std::uint32_t{8}).Text(value);
  }
  GgufBytes& U32Pair(std::string_view key, std::uint32_t value) { return Text(key).Put(std::uint32_t{4}).Put(value); }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

std::string SmallModel() {
  GgufBytes file;
  file.Head(2, 8)
      .TextPair("general.architecture", "llama")
      .TextPair("general.name", "Small")
      .Text("tokenizer.ggml.tokens")
      .Put(std::uint32_t{9})
      .Put(std::uint32_t{8})
      .Put(std::uint64_t{3})
      .Text("a")
      .Text("")
      .Text("ccc")
      .Text("tokenizer.ggml.scores")
      .Put(std::uint32_t{9})
      .Put(std::uint32_t{6})
      .Put(std::uint64_t{2})
      .Put(1.0F)
      .Put(2.0F)
      .Text("general.flag")
      .Put(std::uint32_t{7})
      .Put(std::uint8_t{1})
      .U32Pair("llama.context_length", 2048)
      .U32Pair("llama.embedding_length", 576)
      .TextPair("tokenizer.chat_template", "{{ messages }}");
  return file.bytes();
}

class GgufTest : public ::testing::Test {
 protected:
  GgufTest() : path_(fs::temp_directory_path() / ("counsel-gguf-" + std::to_string(::getpid()) + ".gguf")) {}
  ~GgufTest() override { fs::remove(path_); }
  void Write(std::string_view bytes) const { std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes; }
  [[nodiscard]] ErrorCode CodeOf(std::string_view bytes) const {
    Write(bytes);
    const Result<GgufFacts> facts = ReadGguf(path_);
    return facts ? ErrorCode::kInternal : facts.error().code;
  }
  const fs::path path_;
};

TEST_F(GgufTest, ReadsWhatAModelSaysOfItself) {
  Write(SmallModel());
  const Result<GgufFacts> facts = ReadGguf(path_);
  ASSERT_TRUE(facts) << facts.error().ToString();
  EXPECT_EQ(facts->architecture, "llama");
  EXPECT_EQ(facts->name, "Small");
  EXPECT_EQ(facts->context_length, 2048U);
  EXPECT_EQ(facts->embedding_length, 576U);
  EXPECT_TRUE(facts->has_chat_template);
}

TEST_F(GgufTest, AFileCutAtAnyByteOfItsDescriptionIsCorrupt) {
  const std::string whole = SmallModel();
  Write(whole);
  for (std::size_t size = whole.size(); size-- > 0;) {
    fs::resize_file(path_, size);
    const Result<GgufFacts> facts = ReadGguf(path_);
    ASSERT_FALSE(facts) << size;
    ASSERT_EQ(facts.error().code, ErrorCode::kCorrupt) << size;
  }
}

TEST_F(GgufTest, AnotherKindOfFileIsNotAGgufFile) {
  Write("%PDF-1.7 and so on");
  const Result<GgufFacts> facts = ReadGguf(path_);
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(facts.error().message, HasSubstr("is not a GGUF file"));
  EXPECT_EQ(CheckGguf(path_).error().message, facts.error().message);
}

TEST_F(GgufTest, VersionsThatNobodyReadsAreRefused) {
  for (const std::uint32_t version : {0U, 1U, 4U, 0x03000000U}) {
    EXPECT_EQ(CodeOf(GgufBytes().Head(0, 0, version).bytes()), ErrorCode::kCorrupt) << version;
  }
}

TEST_F(GgufTest, HugeNumbersAreRefusedAtOnce) {
  const std::uint64_t huge = ~std::uint64_t{0};
  const auto pair = [&] { return GgufBytes().Head(0, 1); };
  EXPECT_EQ(CodeOf(GgufBytes().Head(0, huge).bytes()), ErrorCode::kCorrupt);
  EXPECT_EQ(CodeOf(GgufBytes().Head(huge, 0).bytes()), ErrorCode::kCorrupt);
  EXPECT_EQ(CodeOf(pair().Put(huge).bytes()), ErrorCode::kCorrupt);  // a key's length
  EXPECT_EQ(CodeOf(pair().Text("k").Put(std::uint32_t{8}).Put(huge).bytes()), ErrorCode::kCorrupt);
  for (const std::uint32_t element : {4U, 8U, 10U}) {
    EXPECT_EQ(CodeOf(pair().Text("k").Put(std::uint32_t{9}).Put(element).Put(huge).bytes()), ErrorCode::kCorrupt);
    // A count whose bytes overflow 64 bits to something small.
    EXPECT_EQ(CodeOf(pair().Text("k").Put(std::uint32_t{9}).Put(element).Put(std::uint64_t{1} << 61).bytes()),
              ErrorCode::kCorrupt);
  }
}

TEST_F(GgufTest, UnknownTypesAndNestedArraysAreRefused) {
  const auto pair = [] { return GgufBytes().Head(0, 1).Text("k"); };
  EXPECT_EQ(CodeOf(pair().Put(std::uint32_t{13}).bytes()), ErrorCode::kCorrupt);
  EXPECT_EQ(CodeOf(pair().Put(std::uint32_t{9}).Put(std::uint32_t{9}).Put(std::uint64_t{1}).bytes()),
            ErrorCode::kCorrupt);
}

TEST_F(GgufTest, AMissingFileIsAMissingModelFile) {
  const Result<void> checked = CheckGguf("/nowhere/m.gguf");
  EXPECT_EQ(checked.error().code, ErrorCode::kModelFileMissing);
  EXPECT_EQ(checked.error().message, "Model file not found: /nowhere/m.gguf");
}

TEST_F(GgufTest, AFolderIsNotAFile) {
  EXPECT_EQ(CheckGguf(fs::temp_directory_path()).error().code, ErrorCode::kInvalidArgument);
}

TEST(GgufOfARealModel, IsRead) {
  const char* folder = std::getenv("COUNSEL_TEST_MODELS");
  if (folder == nullptr) GTEST_SKIP() << "COUNSEL_TEST_MODELS names no folder with models";
  const Result<GgufFacts> facts = ReadGguf(fs::path(folder) / "SmolLM2-135M-Instruct.Q4_1.gguf");
  ASSERT_TRUE(facts) << facts.error().ToString();
  EXPECT_EQ(facts->architecture, "llama");
  EXPECT_EQ(facts->context_length, 8192U);
  EXPECT_TRUE(facts->has_chat_template);
}

}  // namespace
}  // namespace counsel::models
