// The real model, through all of it: COUNSEL_TEST_MODELS/bge-small-en-v1.5/{model.onnx,tokenizer.json}.
#include "load.h"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/ids.h"

namespace counsel::embedder {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

double Dot(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

class LoadTest : public ::testing::Test {
 protected:
  void SetUp() override {
#ifndef COUNSEL_HAS_ONNXRUNTIME
    GTEST_SKIP() << "built without ONNX Runtime";
#endif
    const char* models = std::getenv("COUNSEL_TEST_MODELS");
    if (models == nullptr) GTEST_SKIP() << "COUNSEL_TEST_MODELS is not set";
    options_.model = fs::path(models) / "bge-small-en-v1.5" / "model.onnx";
    options_.tokenizer = fs::path(models) / "bge-small-en-v1.5" / "tokenizer.json";
    folder_ = fs::temp_directory_path() / ("embedder-test-" + NewId());
    fs::create_directory(folder_);
  }
  void TearDown() override {
    if (!folder_.empty()) fs::remove_all(folder_);
  }

  Result<std::unique_ptr<const Encoder>> Load() {
#ifdef COUNSEL_HAS_ONNXRUNTIME
    return LoadEncoder(options_);
#else
    return Fail(ErrorCode::kUnsupported, "built without ONNX Runtime");
#endif
  }
  std::unique_ptr<const Encoder> MustLoad() {
    auto loaded = Load();
    if (!loaded) throw std::runtime_error(loaded.error().ToString());
    return std::move(*loaded);
  }

  fs::path Write(const std::string& bytes) {
    std::ofstream(folder_ / "file", std::ios::binary) << bytes;
    return folder_ / "file";
  }

  EncoderOptions options_;
  fs::path folder_;
};

TEST_F(LoadTest, VectorsAreThoseOfTheReferenceAndOfUnitLength) {
  std::ifstream file(std::string(EMBEDDER_TESTDATA) + "/vectors.json");
  const auto recorded = nlohmann::json::parse(file);
  for (const auto& [name, pooling] : {std::pair{"cls", Pooling::kCls}, std::pair{"mean", Pooling::kMean}}) {
    options_.how.pooling = pooling;
    const auto encoder = MustLoad();
    for (const auto& row : recorded) {
      const auto vector = encoder->Embed(row["text"].get<std::string>());
      ASSERT_TRUE(vector) << vector.error().ToString();
      ASSERT_EQ(vector->values.size(), row[name].size());
      // Processors round floats differently, and a value between two 8-bit steps then takes the other one: the
      // reference itself is at 0.9995 on another processor than it was recorded on. The mildest mistake (token types)
      // is at 0.9961.
      EXPECT_GT(Dot(vector->values, row[name].get<std::vector<float>>()), 0.998);
      EXPECT_NEAR(Dot(vector->values, vector->values), 1, 1e-5);
    }
  }
}

TEST_F(LoadTest, WithoutNormalizationAVectorKeepsItsDirectionAndItsLength) {
  const auto unit = MustLoad()->Embed("a text");
  options_.how.normalize = false;
  const auto raw = MustLoad()->Embed("a text");
  const double length = std::sqrt(Dot(raw->values, raw->values));
  EXPECT_GT(length, 1.5);
  EXPECT_NEAR(Dot(raw->values, unit->values) / length, 1, 1e-6);
}

TEST_F(LoadTest, ATextHasTheSameBitsAloneBesideOthersAndAfterANewLoad) {
  const auto encoder = MustLoad();
  const std::vector<std::string> texts = {"one", std::string(2000, '.'), "a somewhat longer text about contracts",
                                          "x y z"};
  std::vector<std::vector<float>> alone;
  for (const std::string& text : texts) alone.push_back(encoder->Embed(text)->values);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < 20; ++i) {
        const std::size_t k = (i * 7 + static_cast<std::size_t>(t)) % texts.size();
        EXPECT_EQ(encoder->Embed(texts[k])->values, alone[k]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(MustLoad()->Embed(texts[2])->values, alone[2]);
}

TEST_F(LoadTest, ALongTextIsCutAndSaysSo) {
  const auto encoder = MustLoad();
  std::string text;
  for (int i = 0; i < 510; ++i) text += "law ";
  const auto fits = encoder->Embed(text);
  ASSERT_TRUE(fits);
  EXPECT_EQ(fits->tokens, 512U);
  EXPECT_FALSE(fits->truncated);
  const auto cut = encoder->Embed(text + "law and order");
  ASSERT_TRUE(cut);
  EXPECT_EQ(cut->tokens, 512U);
  EXPECT_TRUE(cut->truncated);
  EXPECT_EQ(cut->values, fits->values);
}

TEST_F(LoadTest, BadFilesAreErrorsThatNameTheFile) {
  const std::string model = *ReadFile(options_.model, std::size_t{1} << 30);
  const auto fails_with = [&](ErrorCode code) {
    const auto loaded = Load();
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, code) << loaded.error().ToString();
    EXPECT_THAT(loaded.error().message, HasSubstr(options_.model.string()));
  };
  options_.model = folder_ / "nowhere";
  fails_with(ErrorCode::kNotFound);
  options_.model = folder_;
  fails_with(ErrorCode::kNotFound);
  for (const std::size_t size : {std::size_t{0}, std::size_t{1000}, model.size() / 2, model.size() - 1}) {
    options_.model = Write(model.substr(0, size));
    fails_with(ErrorCode::kCorrupt);
  }
  options_.model = Write(std::string(100'000, 'x'));
  fails_with(ErrorCode::kCorrupt);
}

TEST_F(LoadTest, ATokenizerOfAnotherModelIsFoundAtLoad) {
  options_.tokenizer = Write(R"({"model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
    "max_input_chars_per_word": 100, "vocab": {"[UNK]": 3000000}}, "normalizer": {"type": "BertNormalizer",
    "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
    "pre_tokenizer": {"type": "BertPreTokenizer"},
    "post_processor": {"type": "BertProcessing", "cls": ["[CLS]", 1], "sep": ["[SEP]", 2]}})");
  const auto loaded = Load();
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::kInternal) << loaded.error().ToString();
}

}  // namespace
}  // namespace counsel::embedder
