// The catalogue: which models Counsel knows (models/catalogue.toml), which are installed, and which one serves a role.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace counsel::models {

enum class Role { kGenerator, kEmbedder, kReranker };
[[nodiscard]] std::string_view RoleName(Role role);

// How an embedder turns token vectors into one text vector.
enum class Pooling { kCls, kMean };

// relevance = 1 / (1 + exp(-(bias + cosine·w_cosine + coverage·w_coverage))), measured per embedding model
// (bench/calibration, docs/answers.md).
struct RelevanceCalibration {
  double bias = 0;
  double cosine = 0;
  double coverage = 0;
};

struct ModelFile {
  std::string path;    // relative to the models folder, or absolute for a user's own file
  std::string sha256;  // "" for a user's own file: not checked
  std::uint64_t bytes = 0;
  std::string url;  // https; "" when ./run installs it
};

struct ModelEntry {
  ModelEntry() = default;

  std::string name;  // "bge-small-en-v1.5"; unique
  Role role = Role::kGenerator;
  std::string title;    // one line for people
  std::string licence;  // SPDX
  std::string source;   // where from, for people
  // files[0] is the model; an embedder's files[1] its tokenizer.json.
  std::vector<ModelFile> files;
  int rank = 0;  // of installed generators the highest serves when MAIN_MODEL is not set
  std::uint32_t context_tokens = 0;
  std::uint64_t planned_bytes = 0;                 // host memory at ready, first estimate; 0: not known
  std::vector<std::string> flags;                  // further flags for the engine
  bool pinned = false;                             // never given up for another, nor for idleness
  std::optional<std::int64_t> keep_alive_seconds;  // of an idle one; below 0: for ever; nothing: the setting's
  // Embedders only.
  std::uint32_t dimensions = 0;
  Pooling pooling = Pooling::kCls;
  bool normalize = true;
  std::string query_prefix;
  RelevanceCalibration relevance;
};

// Entries are never changed or removed after Load; ChooseGenerator may add one. One thread.
class Catalogue {
 public:
  // `shipped`: models/catalogue.toml. `user`: the home's catalogue.toml, whose entries are added or replace by name; it
  // may be missing. `models_folder`: where relative file paths are looked for. kCorrupt names the file and line.
  [[nodiscard]] static Result<Catalogue> Load(const std::filesystem::path& shipped, const std::filesystem::path& user,
                                              const std::filesystem::path& models_folder);

  [[nodiscard]] const std::deque<ModelEntry>& entries() const { return entries_; }
  // kNotFound names the models there are.
  [[nodiscard]] Result<const ModelEntry*> Find(std::string_view name) const;

  [[nodiscard]] std::filesystem::path PathOf(const ModelFile& file) const;
  // All files are there and have their recorded sizes (digests are checked when downloaded, not here).
  [[nodiscard]] bool Installed(const ModelEntry& entry) const;
  // kModelFileMissing "Model file not found: PATH" and the command that fetches it, when a file is not there; kCorrupt
  // when it has another size than recorded.
  [[nodiscard]] Result<void> RequireInstalled(const ModelEntry& entry) const;
  // What to do about a file that is there but is not what it should be.
  [[nodiscard]] std::string HowToReplace(const ModelEntry& entry) const;

  // The generator that serves. `main_model` is the setting: a name, a path of a GGUF ("….gguf" or containing '/'; an
  // entry is made for it; the errors of ReadGguf), or "" for not set: the highest rank installed. Not set and none
  // installed: kModelFileMissing for the best starter. `better`: when not set and a higher-ranked generator is not
  // installed, its name.
  struct Choice {
    Choice() = default;
    std::string name;
    std::string better;
  };
  [[nodiscard]] Result<Choice> ChooseGenerator(const std::string& main_model);
  // Likewise for EMBEDDING_MODEL; "" is the first embedder of the catalogue.
  [[nodiscard]] Result<Choice> ChooseEmbedder(const std::string& embedding_model);

 private:
  // The name of the entry of a user's own GGUF, made when it is not there yet. The errors of ReadGguf.
  Result<std::string> AddOwnGguf(const std::string& path);

  std::deque<ModelEntry> entries_;  // entries never move: the pool keeps pointers to them
  std::filesystem::path models_folder_;
};

}  // namespace counsel::models
