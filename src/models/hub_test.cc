#include "models/hub.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/ids.h"

namespace counsel::models {
namespace {

using ::testing::HasSubstr;

constexpr const char* kAbout =
    R"({"id":"Qwen/Small-GGUF","gated":false,"tags":["gguf","license:apache-2.0"],"gguf":{"total":9,"context_length":32768}})";
std::string Digest(char c) {
  return std::string(64, c);
}
std::string File(const std::string& path, std::uint64_t size, char digest) {
  return R"({"type":"file","oid":"1","size":)" + std::to_string(size) + R"(,"lfs":{"oid":")" + Digest(digest) +
         R"(","size":1,"pointerSize":1},"path":")" + path + "\"}";
}
std::string Tree() {
  return "[" + File("small-q4_k_m.gguf", 700, 'a') + "," + File("small-q8_0.gguf", 900, 'b') + "," +
         File("big/small-f16-00002-of-00002.gguf", 20, 'd') + "," + File("big/small-f16-00001-of-00002.gguf", 10, 'c') +
         "," + File("mmproj-small-q4_k_m.gguf", 5, 'e') +
         R"(,{"type":"file","size":3,"path":"README.md"},{"type":"directory","path":"big"}])";
}
Result<HubModel> Read(const std::string& name) {
  return ReadHubModel(*ReadHubName(name), "https://hub", kAbout, Tree());
}

TEST(HubTest, ANameIsOwnerRepositoryAndKind) {
  for (const char* text : {"hf.co/Qwen/Small-GGUF:q4_k_m", "huggingface.co/Qwen/Small-GGUF:Q4_K_M",
                           "https://huggingface.co/Qwen/Small-GGUF:Q4_K_M"}) {
    EXPECT_TRUE(IsHubName(text));
    const Result<HubName> name = ReadHubName(text);
    ASSERT_TRUE(name) << text;
    EXPECT_EQ(name->owner + " " + name->repo + " " + name->quant, "Qwen Small-GGUF Q4_K_M");
  }
  EXPECT_FALSE(IsHubName("qwen2.5-1.5b-instruct"));
  for (const char* text :
       {"hf.co/Qwen", "hf.co//x", "hf.co/Qwen/a/b", "hf.co/Qwen/..", "hf.co/Q/x:", "hf.co/Q/x:a b", "hf.co/Q?/x", ""}) {
    const Result<HubName> name = ReadHubName(text);
    ASSERT_FALSE(name) << text;
    EXPECT_THAT(name.error().next_step, HasSubstr("counsel pull hf.co/"));
  }
}

TEST(HubTest, TheFileOfAKindComesWithSizeDigestAndLicence) {
  const Result<HubModel> model = Read("hf.co/Qwen/Small-GGUF:Q8_0");
  ASSERT_TRUE(model);
  ASSERT_EQ(model->files.size(), 1U);
  EXPECT_EQ(model->files[0].url, "https://hub/Qwen/Small-GGUF/resolve/main/small-q8_0.gguf");
  EXPECT_EQ(model->files[0].sha256, Digest('b'));
  EXPECT_EQ(model->files[0].bytes, 900U);
  EXPECT_EQ(model->licence, "apache-2.0");
  EXPECT_EQ(model->context_tokens, 8192U);
  EXPECT_EQ(Read("hf.co/Qwen/Small-GGUF")->files[0].bytes, 700U);  // the usual kind
  const Result<HubModel> parts = Read("hf.co/Qwen/Small-GGUF:F16");
  ASSERT_TRUE(parts) << parts.error().message;
  ASSERT_EQ(parts->files.size(), 2U);
  EXPECT_EQ(parts->files[0].bytes, 10U);  // in their order
}

TEST(HubTest, AKindThatIsNotThereIsToldWithThoseThatAre) {
  const Result<HubModel> model = Read("hf.co/Qwen/Small-GGUF:Q5_K_M");
  ASSERT_FALSE(model);
  EXPECT_THAT(model.error().message, HasSubstr("F16, Q4_K_M, Q8_0"));
  const HubName name = *ReadHubName("hf.co/Qwen/Small:F16");
  EXPECT_THAT(ReadHubModel(name, "h", kAbout, "[]").error().message, HasSubstr("no GGUF file"));
  EXPECT_FALSE(ReadHubModel(name, "h", "<html>", "[]"));
  EXPECT_THAT(ReadHubModel(name, "h", "{}", "[" + File("x-f16-00001-of-00002.gguf", 1, 'a') + "]").error().message,
              HasSubstr("1 of 2 parts"));
  // What a name must not hold, and a digest that is none.
  const Result<HubModel> odd =
      ReadHubModel(name, "h", "{}", "[" + File("../x-f16.gguf", 1, 'a') + "," + File("y-f16.gguf", 1, 'Z') + "]");
  ASSERT_TRUE(odd);
  EXPECT_EQ(odd->files[0].path, "y-f16.gguf");
  EXPECT_EQ(odd->files[0].sha256, "");
  EXPECT_EQ(odd->licence, "");
}

TEST(HubTest, TheEntryIsOneThatTheCatalogueReads) {
  const Result<HubModel> model = Read("hf.co/Qwen/Small-GGUF:F16");
  const ModelEntry entry = EntryOf(*ReadHubName("hf.co/Qwen/Small-GGUF:F16"), *model);
  EXPECT_EQ(entry.name, "small-f16");
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / ("counsel-hub-" + NewId());
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "c.toml") << TomlOf(entry);
  const Result<Catalogue> catalogue = Catalogue::Load(folder / "c.toml", "/nowhere", folder);
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(catalogue) << catalogue.error().message;
  const ModelEntry& read = **catalogue->Find("small-f16");
  EXPECT_EQ(read.files.size(), 2U);
  EXPECT_EQ(read.files[1].path, "small-f16/small-f16-00002-of-00002.gguf");
  EXPECT_EQ(read.files[1].sha256, Digest('d'));
  EXPECT_GT(read.planned_bytes, 30U);
}

}  // namespace
}  // namespace counsel::models
