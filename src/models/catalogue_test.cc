#include "models/catalogue.h"

#include <cstdlib>
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
using ::testing::Not;

constexpr const char* kTwoGenerators = R"(
[[model]]
name = "small"
role = "generator"
rank = 10
context_tokens = 2048
flags = ["--no-repack"]
[[model.files]]
path = "small.gguf"
sha256 = "aa"
bytes = 5

[[model]]
name = "large"
role = "generator"
rank = 50
context_tokens = 8192
[[model.files]]
path = "large.gguf"
sha256 = "bb"
bytes = 6
url = "https://example.org/large.gguf"
)";

constexpr const char* kEmbedder = R"(
[[model]]
name = "embedder"
role = "embedder"
context_tokens = 512
dimensions = 384
pooling = "mean"
normalize = false
query_prefix = "query: "
relevance = { bias = -1.5, cosine = 2, coverage = 3.25 }
[[model.files]]
path = "e/model.onnx"
sha256 = "cc"
[[model.files]]
path = "e/tokenizer.json"
sha256 = "dd"
)";

class CatalogueTest : public ::testing::Test {
 protected:
  CatalogueTest() {
    std::string pattern = (fs::temp_directory_path() / "counsel-catalogue-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~CatalogueTest() override { fs::remove_all(folder_); }

  void Write(const std::string& name, std::string_view text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  [[nodiscard]] Result<Catalogue> Load(std::string_view shipped, std::string_view user = "") const {
    Write("shipped.toml", shipped);
    if (!user.empty()) Write("user.toml", user);
    return Catalogue::Load(folder_ / "shipped.toml", folder_ / "user.toml", folder_);
  }

  fs::path folder_;
};

TEST_F(CatalogueTest, ReadsAllThatAnEntrySays) {
  const Result<Catalogue> catalogue = Load(kEmbedder);
  ASSERT_TRUE(catalogue) << catalogue.error().ToString();
  const Result<const ModelEntry*> found = catalogue->Find("embedder");
  ASSERT_TRUE(found);
  const ModelEntry& entry = **found;
  EXPECT_EQ(entry.role, Role::kEmbedder);
  EXPECT_EQ(entry.dimensions, 384U);
  EXPECT_EQ(entry.pooling, Pooling::kMean);
  EXPECT_FALSE(entry.normalize);
  EXPECT_EQ(entry.query_prefix, "query: ");
  EXPECT_EQ(entry.relevance.bias, -1.5);
  EXPECT_EQ(entry.relevance.cosine, 2);
  EXPECT_EQ(entry.relevance.coverage, 3.25);
  ASSERT_EQ(entry.files.size(), 2U);
  EXPECT_EQ(catalogue->PathOf(entry.files[1]), folder_ / "e/tokenizer.json");
}

TEST_F(CatalogueTest, AnUnknownNameListsThoseThereAre) {
  const Result<Catalogue> catalogue = Load(kTwoGenerators);
  const Result<const ModelEntry*> found = catalogue->Find("medium");
  EXPECT_EQ(found.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(found.error().next_step, "There are: small, large.");
}

TEST_F(CatalogueTest, AUsersCatalogueReplacesByNameAndAdds) {
  std::string user = kEmbedder;
  user +=
      "[[model]]\nname = \"small\"\nrole = \"generator\"\ncontext_tokens = 77\n[[model.files]]\npath = "
      "\"other.gguf\"\n";
  const Result<Catalogue> catalogue = Load(kTwoGenerators, user);
  ASSERT_TRUE(catalogue) << catalogue.error().ToString();
  EXPECT_EQ(catalogue->entries().size(), 3U);
  EXPECT_EQ((*catalogue->Find("small"))->context_tokens, 77U);
}

TEST_F(CatalogueTest, AMistakeNamesTheFileAndTheLine) {
  const Result<Catalogue> syntax = Load("[[model]]\nname = \n");
  EXPECT_EQ(syntax.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(syntax.error().message, HasSubstr("shipped.toml, line 2"));
  const Result<Catalogue> role = Load("\n\n[[model]]\nname = \"x\"\nrole = \"poet\"\n");
  EXPECT_THAT(role.error().message, HasSubstr("shipped.toml, line 3: the model needs a role"));
}

TEST_F(CatalogueTest, EntriesThatCannotServeAreRefused) {
  for (const char* text :
       {"[[model]]\nrole = \"generator\"", "[[model]]\nname = \"a/b\"\nrole = \"generator\"",
        "[[model]]\nname = \"a\"\nrole = \"generator\"\ncontext_tokens = 5",
        "[[model]]\nname = \"a\"\nrole = \"generator\"\ncontext_tokens = 5\nfiles = [{sha256 = \"a\"}]",
        "[[model]]\nname = \"a\"\nrole = \"generator\"\nfiles = [{path = \"a\"}]",
        "[[model]]\nname = \"a\"\nrole = \"embedder\"\ncontext_tokens = 5\nfiles = [{path = \"a\"}]",
        "[[model]]\nname = \"a\"\nrole = \"embedder\"\ncontext_tokens = 5\ndimensions = 3\npooling = "
        "\"max\"\nfiles = [{path = \"a\"}]"}) {
    const Result<Catalogue> catalogue = Load(text);
    ASSERT_FALSE(catalogue) << text;
    EXPECT_EQ(catalogue.error().code, ErrorCode::kCorrupt) << text;
  }
}

TEST_F(CatalogueTest, AMissingFileIsNamedWithTheCommandThatFetchesIt) {
  const Result<Catalogue> catalogue = Load(kTwoGenerators);
  const Result<void> small = catalogue->RequireInstalled(**catalogue->Find("small"));
  EXPECT_EQ(small.error().code, ErrorCode::kModelFileMissing);
  EXPECT_EQ(small.error().message, "Model file not found: " + (folder_ / "small.gguf").string());
  EXPECT_THAT(small.error().next_step, HasSubstr("./run setup"));
  const Result<void> large = catalogue->RequireInstalled(**catalogue->Find("large"));
  EXPECT_THAT(large.error().next_step, HasSubstr("counsel pull large"));
}

TEST_F(CatalogueTest, AFileOfAnotherSizeIsNotInstalled) {
  Write("small.gguf", "1234");
  const Result<Catalogue> catalogue = Load(kTwoGenerators);
  const ModelEntry& small = **catalogue->Find("small");
  EXPECT_FALSE(catalogue->Installed(small));
  EXPECT_EQ(catalogue->RequireInstalled(small).error().code, ErrorCode::kCorrupt);
  Write("small.gguf", "12345");
  EXPECT_TRUE(catalogue->Installed(small));
}

TEST_F(CatalogueTest, TheBestInstalledGeneratorServesAndTheBetterOneIsNamed) {
  Write("small.gguf", "12345");
  Result<Catalogue> catalogue = Load(kTwoGenerators);
  const Result<Catalogue::Choice> one = catalogue->ChooseGenerator("");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->name, "small");
  EXPECT_EQ(one->better, "large");
  Write("large.gguf", "123456");
  const Result<Catalogue::Choice> both = catalogue->ChooseGenerator("");
  EXPECT_EQ(both->name, "large");
  EXPECT_EQ(both->better, "");
}

TEST_F(CatalogueTest, WithoutAnyGeneratorTheStartersFileIsMissing) {
  Result<Catalogue> catalogue = Load(kTwoGenerators);
  const Result<Catalogue::Choice> none = catalogue->ChooseGenerator("");
  EXPECT_EQ(none.error().code, ErrorCode::kModelFileMissing);
  EXPECT_THAT(none.error().message, HasSubstr("small.gguf"));
}

TEST_F(CatalogueTest, MainModelMayBeANameOfAGeneratorOnly) {
  std::string both = kTwoGenerators;
  both += kEmbedder;
  Result<Catalogue> catalogue = Load(both);
  EXPECT_EQ(catalogue->ChooseGenerator("large")->name, "large");
  EXPECT_EQ(catalogue->ChooseGenerator("embedder").error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(catalogue->ChooseGenerator("nobody").error().code, ErrorCode::kNotFound);
}

TEST_F(CatalogueTest, MainModelMayBeThePathOfAUsersOwnGguf) {
  // Version 3, no tensors, no metadata.
  Write("own.gguf", std::string("GGUF\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 24));
  Result<Catalogue> catalogue = Load(kTwoGenerators);
  const ModelEntry* before = *catalogue->Find("small");
  const std::string path = (folder_ / "own.gguf").string();
  const Result<Catalogue::Choice> choice = catalogue->ChooseGenerator(path);
  ASSERT_TRUE(choice) << choice.error().ToString();
  EXPECT_EQ(choice->name, "own");
  EXPECT_TRUE(catalogue->Installed(**catalogue->Find("own")));
  EXPECT_EQ(catalogue->ChooseGenerator(path)->name, "own");
  EXPECT_EQ(catalogue->entries().size(), 3U);
  // The pool keeps such pointers.
  EXPECT_EQ(*catalogue->Find("small"), before);
}

TEST_F(CatalogueTest, AUsersPathThatIsMissingOrNoGgufIsSaidSo) {
  Result<Catalogue> catalogue = Load(kTwoGenerators);
  const Result<Catalogue::Choice> missing = catalogue->ChooseGenerator("/nowhere/own.gguf");
  EXPECT_EQ(missing.error().message, "Model file not found: /nowhere/own.gguf");
  Write("own.gguf", "PK\3\4 a zip");
  const Result<Catalogue::Choice> other = catalogue->ChooseGenerator((folder_ / "own.gguf").string());
  EXPECT_EQ(other.error().code, ErrorCode::kCorrupt);
}

TEST_F(CatalogueTest, AnEmbedderIsChosenByNameOrTheFirst) {
  std::string both = kTwoGenerators;
  both += kEmbedder;
  Result<Catalogue> catalogue = Load(both);
  EXPECT_EQ(catalogue->ChooseEmbedder("")->name, "embedder");
  EXPECT_EQ(catalogue->ChooseEmbedder("embedder")->name, "embedder");
  EXPECT_EQ(catalogue->ChooseEmbedder("small").error().code, ErrorCode::kNotFound);
}

TEST(ShippedCatalogue, HasTheStartersWithDigestsAndSizes) {
  const Result<Catalogue> catalogue = Catalogue::Load(COUNSEL_SHIPPED_CATALOGUE, "/nowhere", "/models");
  ASSERT_TRUE(catalogue) << catalogue.error().ToString();
  for (const char* name : {"bge-small-en-v1.5", "smollm2-135m-instruct", "mistral-7b-instruct-v0.2"}) {
    const Result<const ModelEntry*> entry = catalogue->Find(name);
    ASSERT_TRUE(entry) << name;
    EXPECT_NE((*entry)->licence, "");
    for (const ModelFile& file : (*entry)->files) {
      EXPECT_EQ(file.sha256.size(), 64U) << file.path;
      EXPECT_GT(file.bytes, 0U) << file.path;
    }
  }
}

constexpr const char* kRemote = R"(
[[model]]
name = "gpu"
role = "generator"
rank = 1000
context_tokens = 32768
url = "https://gpu.firm.example:8443/v1"
remote_name = "meta/Llama"
key_file = "gpu.key"
ca_file = "/etc/firm.pem"
timeout_seconds = 30
fallback = "small"
)";

TEST_F(CatalogueTest, ARemoteModelHasAnAddressInsteadOfFiles) {
  const Result<Catalogue> catalogue = Load(kTwoGenerators, kRemote);
  ASSERT_TRUE(catalogue) << catalogue.error().ToString();
  const ModelEntry& entry = **catalogue->Find("gpu");
  ASSERT_TRUE(entry.remote);
  EXPECT_EQ(entry.remote->host(), "gpu.firm.example:8443");
  EXPECT_EQ(entry.remote->model, "meta/Llama");
  EXPECT_EQ(entry.remote->key_file, folder_ / "gpu.key") << "beside the catalogue";
  EXPECT_EQ(entry.remote->ca_file, "/etc/firm.pem");
  EXPECT_EQ(entry.remote->stall_seconds, 30U);
  EXPECT_EQ(entry.remote->fallback, "small");
  EXPECT_TRUE(catalogue->Installed(entry));
}

TEST_F(CatalogueTest, ARemoteModelServesOnlyWhenItIsNamed) {
  Write("small.gguf", "12345");
  Result<Catalogue> catalogue = Load(kTwoGenerators, kRemote);
  ASSERT_TRUE(catalogue);
  EXPECT_EQ(catalogue->ChooseGenerator("")->name, "small");
  EXPECT_EQ(catalogue->ChooseGenerator("gpu")->name, "gpu");
  EXPECT_FALSE(catalogue->ChooseGenerator("/no/file.gguf")) << "entries without files are passed over";
  fs::remove(folder_ / "user.toml");
  const std::string far =
      "[[model]]\nname = \"far\"\nrole = \"embedder\"\ncontext_tokens = 512\ndimensions = 3\n"
      "url = \"https://gpu.firm.example\"\n";
  Result<Catalogue> embedders = Load(far + kEmbedder);
  ASSERT_TRUE(embedders) << embedders.error().ToString();
  EXPECT_EQ(embedders->ChooseEmbedder("")->name, "embedder");
  EXPECT_EQ(embedders->ChooseEmbedder("far")->name, "far");
}

TEST_F(CatalogueTest, AnAddressThatWouldShowWhatIsSentIsRefused) {
  const std::string entry = "[[model]]\nname = \"gpu\"\nrole = \"generator\"\ncontext_tokens = 512\n";
  for (const char* line :
       {"url = \"http://gpu.firm.example\"", "url = \"https://user:pw@gpu.firm.example\"", "url = \"gpu.firm.example\"",
        "url = \"https://gpu.firm.example/?key=1\"", "url = 3", "url = \"https://a.example\"\nkey = \"sk-1\"",
        "url = \"https://a.example\"\nkey_env = \"K\"\nkey_file = \"k\"",
        "url = \"https://a.example\"\nfiles = [{path = \"a.gguf\"}]"}) {
    const Result<Catalogue> catalogue = Load(kTwoGenerators, entry + line + "\n");
    ASSERT_FALSE(catalogue) << line;
    EXPECT_EQ(catalogue.error().code, ErrorCode::kCorrupt);
    EXPECT_THAT(catalogue.error().message, Not(HasSubstr("sk-1")));
  }
  EXPECT_TRUE(Load(kTwoGenerators, entry + "url = \"http://127.0.0.1:8000\"\n"));
}

TEST_F(CatalogueTest, OnlyALocalGeneratorCanBeAFallback) {
  std::string text = kRemote;
  const auto with = [&text](const std::string& fallback) {
    std::string changed = text;
    return changed.replace(changed.find("\"small\""), 7, "\"" + fallback + "\"");
  };
  EXPECT_TRUE(Load(kTwoGenerators, with("large")));
  for (const char* fallback : {"nobody", "gpu", "embedder"}) {
    const Result<Catalogue> catalogue = Load(std::string(kTwoGenerators) + kEmbedder, with(fallback));
    ASSERT_FALSE(catalogue) << fallback;
    EXPECT_THAT(catalogue.error().message, HasSubstr(fallback));
  }
}

}  // namespace
}  // namespace counsel::models
