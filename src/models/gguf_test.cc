#include "models/gguf.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "models/gguf_fixture.h"

namespace counsel::models {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Pair;

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

// Two tensors behind the metadata, the first of 64 bytes, the second of what follows.
std::string ModelWithTensors(std::uint64_t second_offset = 64, std::size_t data = 160) {
  GgufBytes file;
  file.Head(2, 3).TextPair("general.architecture", "llama").U32Pair("llama.block_count", 30);
  file.U32Pair("llama.attention.sliding_window", 512);
  file.Tensor("token_embd.weight", {8, 2}, 8, 0).Tensor("blk.0.ffn_up.weight", {8, 4}, 2, second_offset);
  return file.Pad().bytes() + std::string(data, 'x');
}

TEST_F(GgufTest, TensorsAreSummedByType) {
  Write(ModelWithTensors());
  const Result<GgufDescription> description = DescribeGguf(path_);
  ASSERT_TRUE(description) << description.error().ToString();
  EXPECT_EQ(description->weights.tensor_bytes, 160U);
  EXPECT_EQ(description->weights.head_bytes, fs::file_size(path_) - 160);
  EXPECT_THAT(description->weights.bytes_by_type, ::testing::ElementsAre(Pair(2U, 96U), Pair(8U, 64U)));
  EXPECT_EQ(description->weights.embedding_bytes, 64U);
  EXPECT_EQ(description->weights.embedding_type, 8U);
  EXPECT_FALSE(description->weights.has_output);
  EXPECT_EQ(description->facts.block_count, 30U);
  EXPECT_TRUE(description->facts.state_per_slot);
}

TEST_F(GgufTest, ATensorBehindTheFilesEndIsCorrupt) {
  for (const std::uint64_t offset : {std::uint64_t{161}, ~std::uint64_t{0}}) {
    Write(ModelWithTensors(offset));
    const Result<GgufDescription> description = DescribeGguf(path_);
    ASSERT_FALSE(description) << offset;
    EXPECT_EQ(description.error().code, ErrorCode::kCorrupt);
  }
}

TEST_F(GgufTest, AModelCutAtAnyByteBeforeItsLastTensorIsCorrupt) {
  const std::string whole = ModelWithTensors();
  Write(whole);
  for (std::size_t size = whole.size() - 97; size-- > 0;) {
    fs::resize_file(path_, size);
    const Result<GgufDescription> description = DescribeGguf(path_);
    ASSERT_FALSE(description) << size;
    ASSERT_EQ(description.error().code, ErrorCode::kCorrupt) << size;
  }
}

TEST_F(GgufTest, NonsenseAboutTensorsIsCorrupt) {
  const auto code = [this](const GgufBytes& file) {
    Write(file.bytes());
    const Result<GgufDescription> description = DescribeGguf(path_);
    return description ? ErrorCode::kInternal : description.error().code;
  };
  const GgufBytes many = GgufBytes().Head(1'000'000, 0);
  EXPECT_EQ(code(many), ErrorCode::kCorrupt) << "tensors that are not there";
  GgufBytes dimensions;
  dimensions.Head(1, 0).Tensor("t", {1, 1, 1, 1, 1}, 0, 0).Pad();
  EXPECT_EQ(code(dimensions), ErrorCode::kCorrupt) << "five of them";
  GgufBytes alignment;
  alignment.Head(0, 1).U32Pair("general.alignment", 0xffffffff);
  EXPECT_EQ(code(alignment), ErrorCode::kCorrupt);
}

TEST(GgufOfARealModel, IsRead) {
  const char* folder = std::getenv("COUNSEL_TEST_MODELS");
  if (folder == nullptr) GTEST_SKIP() << "COUNSEL_TEST_MODELS names no folder with models";
  const Result<GgufFacts> facts = ReadGguf(fs::path(folder) / "SmolLM2-135M-Instruct.Q4_1.gguf");
  ASSERT_TRUE(facts) << facts.error().ToString();
  EXPECT_EQ(facts->architecture, "llama");
  EXPECT_EQ(facts->context_length, 8192U);
  EXPECT_TRUE(facts->has_chat_template);
  EXPECT_EQ(facts->vocabulary, 49152U);
  EXPECT_EQ(facts->head_count_kv, 3U);
  EXPECT_FALSE(facts->state_per_slot);
}

}  // namespace
}  // namespace counsel::models
