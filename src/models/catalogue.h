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

// A model that a server on another machine has (counsel-remote talks to it).
struct RemoteServer {
  RemoteServer() = default;
  std::string url;                    // "https://gpu.firm.example/v1"; plain http for loopback addresses only
  std::string model;                  // its name there
  std::string key_env;                // the variable of ours that holds the key, or
  std::filesystem::path key_file;     // the file, readable by its owner alone; both "": no key is sent
  std::filesystem::path ca_file;      // certificates to trust instead of the system's; "": the system's
  std::uint32_t stall_seconds = 120;  // no byte for so long ends a request
  std::string fallback;               // the local generator that answers when this one cannot be had; "": none

  // "gpu.firm.example:8443": where what is asked goes.
  [[nodiscard]] std::string host() const;
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
  std::optional<RemoteServer> remote;  // instead of files
  int rank = 0;                        // of installed generators the highest serves when MAIN_MODEL is not set
  std::uint32_t context_tokens = 0;
  std::uint64_t planned_bytes = 0;  // host memory at ready, first estimate; 0: not known
  std::vector<std::string> flags;   // further flags for the engine
  // A generator that is asked for answers without being told to (Style::kAnswer). false: too weak; it shows the pool.
  bool answers = true;
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
  // All files are there and have their recorded sizes (digests are checked when downloaded, not here). A remote model
  // is.
  [[nodiscard]] bool Installed(const ModelEntry& entry) const;
  // kModelFileMissing "Model file not found: PATH" and the command that fetches it, when a file is not there; kCorrupt
  // when it has another size than recorded.
  [[nodiscard]] Result<void> RequireInstalled(const ModelEntry& entry) const;
  // What to do about a file that is there but is not what it should be.
  [[nodiscard]] std::string HowToReplace(const ModelEntry& entry) const;

  // The generator that serves. `main_model` is the setting: a name, a path of a GGUF ("….gguf" or containing '/'; an
  // entry is made for it; the errors of ReadGguf), or "" for not set: the highest rank installed, never a remote one:
  // nothing is sent to another machine unless it is named. Not set and none installed: kModelFileMissing for the best
  // starter. `better`: when not set and a higher-ranked generator is not
  // installed, its name.
  struct Choice {
    Choice() = default;
    std::string name;
    std::string better;
  };
  [[nodiscard]] Result<Choice> ChooseGenerator(const std::string& main_model);
  // Likewise for EMBEDDING_MODEL; "" is the first local embedder of the catalogue.
  [[nodiscard]] Result<Choice> ChooseEmbedder(const std::string& embedding_model);
  // The installed reranker of the highest rank. None: kModelFileMissing; nothing else than /v1/rerank needs one.
  [[nodiscard]] Result<Choice> ChooseReranker() const;

 private:
  [[nodiscard]] Result<void> CheckFallbacks() const;
  // The name of the entry of a user's own GGUF, made when it is not there yet. The errors of ReadGguf.
  Result<std::string> AddOwnGguf(const std::string& path);

  std::deque<ModelEntry> entries_;  // entries never move: the pool keeps pointers to them
  std::filesystem::path models_folder_;
};

}  // namespace counsel::models
