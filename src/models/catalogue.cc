#include "models/catalogue.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "models/gguf.h"
#include "outgoing/outgoing.h"

namespace counsel::models {
namespace fs = std::filesystem;
namespace {

std::optional<Role> RoleNamed(std::string_view name) {
  for (const Role role : {Role::kGenerator, Role::kEmbedder, Role::kReranker}) {
    if (RoleName(role) == name) return role;
  }
  return std::nullopt;
}

// Reads one entry. Errors say what is wrong; the caller adds the file and the line.
class EntryReader {
 public:
  // `folder`: where relative paths of keys and certificates are looked for.
  EntryReader(const toml::table& table, fs::path folder) : table_(table), folder_(std::move(folder)) {}

  Result<ModelEntry> Read() {
    ModelEntry entry;
    entry.name = Text(table_, "name");
    if (entry.name.empty() || entry.name.find('/') != std::string::npos) return Wrong("needs a name without '/'");
    const std::optional<Role> role = RoleNamed(Text(table_, "role"));
    if (!role) return Wrong("needs a role: generator, embedder or reranker");
    entry.role = *role;
    entry.title = Text(table_, "title");
    entry.licence = Text(table_, "licence");
    entry.source = Text(table_, "source");
    entry.rank = static_cast<int>(Number(table_, "rank"));
    entry.context_tokens = static_cast<std::uint32_t>(Number(table_, "context_tokens"));
    entry.planned_bytes = Number(table_, "planned_bytes");
    entry.dimensions = static_cast<std::uint32_t>(Number(table_, "dimensions"));
    entry.query_prefix = Text(table_, "query_prefix");
    entry.normalize = table_["normalize"].value_or(true);
    const std::string pooling = table_["pooling"].value_or(std::string("cls"));
    if (pooling != "cls" && pooling != "mean") return Wrong("has a pooling that is neither cls nor mean");
    entry.pooling = pooling == "mean" ? Pooling::kMean : Pooling::kCls;
    entry.relevance.bias = table_["relevance"]["bias"].value_or(0.0);
    entry.relevance.cosine = table_["relevance"]["cosine"].value_or(0.0);
    entry.relevance.coverage = table_["relevance"]["coverage"].value_or(0.0);
    entry.answers = table_["answers"].value_or(true);
    entry.pinned = table_["pinned"].value_or(false);
    if (const auto keep = table_["keep_alive"].value<std::int64_t>()) entry.keep_alive_seconds = *keep;
    if (const toml::array* flags = table_["flags"].as_array()) {
      for (const toml::node& flag : *flags) entry.flags.push_back(flag.value_or(std::string()));
    }
    Result<void> where = table_.contains("url") ? ReadRemote(&entry) : ReadFiles(&entry);
    if (!where) return Fail(std::move(where.error()));
    if (entry.context_tokens == 0) return Wrong("needs context_tokens");
    if (entry.role == Role::kEmbedder && entry.dimensions == 0) return Wrong("needs dimensions");
    return entry;
  }

 private:
  static std::string Text(const toml::table& table, const char* key) { return table[key].value_or(std::string()); }
  static std::uint64_t Number(const toml::table& table, const char* key) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, table[key].value_or(std::int64_t{0})));
  }
  static tl::unexpected<Error> Wrong(const std::string& what) { return Fail(ErrorCode::kCorrupt, what); }

  Result<void> ReadFiles(ModelEntry* entry) {
    const toml::array* files = table_["files"].as_array();
    if (files == nullptr || files->empty()) return Wrong("needs [[model.files]], or a url");
    for (const toml::node& node : *files) {
      const toml::table* file = node.as_table();
      if (file == nullptr || Text(*file, "path").empty()) return Wrong("has a file without a path");
      ModelFile read;
      read.path = Text(*file, "path");
      read.sha256 = Text(*file, "sha256");
      read.bytes = Number(*file, "bytes");
      read.url = Text(*file, "url");
      entry->files.push_back(std::move(read));
    }
    return {};
  }

  Result<void> ReadRemote(ModelEntry* entry) {
    if (table_.contains("files")) return Wrong("has both files and a url");
    if (entry->role == Role::kReranker) return Wrong("has a url, which a reranker cannot have");
    RemoteServer remote;
    remote.url = Text(table_, "url");
    if (!outgoing::IsUsableAddress(remote.url) || remote.url.find_first_of("?#") != std::string::npos) {
      return Wrong("has a url that is not https (or http to this machine), or holds a user, '?' or '#'");
    }
    remote.model = Text(table_, "remote_name");
    if (remote.model.empty()) remote.model = entry->name;
    remote.key_env = Text(table_, "key_env");
    remote.key_file = PathNamed("key_file");
    if (!remote.key_env.empty() && !remote.key_file.empty()) return Wrong("has both key_env and key_file");
    if (table_.contains("key")) return Wrong("has a key in the catalogue: put it into a key_file of mode 0600");
    remote.ca_file = PathNamed("ca_file");
    remote.fallback = Text(table_, "fallback");
    // Vectors of two models cannot be compared.
    if (!remote.fallback.empty() && entry->role != Role::kGenerator) return Wrong("has a fallback and is no generator");
    constexpr std::uint64_t kLongestStall = 86'400;
    if (const std::uint64_t stall = Number(table_, "timeout_seconds"); stall > 0) {
      remote.stall_seconds = static_cast<std::uint32_t>(std::min(stall, kLongestStall));
    }
    entry->remote = std::move(remote);
    return {};
  }

  fs::path PathNamed(const char* key) const {
    const std::string path = Text(table_, key);
    return path.empty() ? fs::path() : (folder_ / path).lexically_normal();
  }

  const toml::table& table_;
  const fs::path folder_;
};

Result<std::vector<ModelEntry>> ReadCatalogue(const fs::path& path) {
  const toml::parse_result parsed = toml::parse_file(path.string());
  const auto wrong = [&path](const toml::source_region& where, const std::string& what) {
    return Fail(ErrorCode::kCorrupt, path.string() + ", line " + std::to_string(where.begin.line) + ": " + what + ".",
                "Mend that entry of the catalogue.");
  };
  if (!parsed) return wrong(parsed.error().source(), std::string(parsed.error().description()));
  std::vector<ModelEntry> entries;
  const toml::array* models = parsed.table()["model"].as_array();
  if (models == nullptr) return entries;
  for (const toml::node& node : *models) {
    const toml::table* table = node.as_table();
    if (table == nullptr) return wrong(node.source(), "a model must be a table");
    Result<ModelEntry> entry = EntryReader(*table, fs::absolute(path).parent_path()).Read();
    if (!entry) return wrong(node.source(), "the model " + entry.error().message);
    entries.push_back(std::move(*entry));
  }
  return entries;
}

bool IsPath(std::string_view name) {
  constexpr std::string_view kEnding = ".gguf";
  return name.find('/') != std::string_view::npos ||
         (name.size() > kEnding.size() && name.substr(name.size() - kEnding.size()) == kEnding);
}

std::string HowToFetch(const ModelEntry& entry) {
  if (entry.files.empty()) return "";
  const ModelFile& file = entry.files[0];
  if (!file.url.empty()) return "Fetch it with: counsel pull " + entry.name;
  if (!file.sha256.empty()) return "Fetch it with: ./run setup";
  return "Put the file there, or set MAIN_MODEL to another one.";
}

// A user's own GGUF without a context length in its metadata, and a bound for those that claim a huge one: the KV cache
// grows with it.
constexpr std::uint32_t kDefaultContext = 4096;
constexpr std::uint32_t kMostContext = 8192;

}  // namespace

std::string_view RoleName(Role role) {
  switch (role) {
    case Role::kGenerator:
      return "generator";
    case Role::kEmbedder:
      return "embedder";
    case Role::kReranker:
      return "reranker";
  }
  return "generator";
}

std::string RemoteServer::host() const {
  const std::size_t scheme = url.find("://");
  const std::string rest = scheme == std::string::npos ? url : url.substr(scheme + 3);
  return rest.substr(0, rest.find('/'));
}

Result<Catalogue> Catalogue::Load(const fs::path& shipped, const fs::path& user, const fs::path& models_folder) {
  Catalogue catalogue;
  catalogue.models_folder_ = models_folder;
  Result<std::vector<ModelEntry>> entries = ReadCatalogue(shipped);
  if (!entries) return Fail(std::move(entries.error()));
  catalogue.entries_.assign(std::make_move_iterator(entries->begin()), std::make_move_iterator(entries->end()));
  std::error_code ignored;
  if (!fs::exists(user, ignored)) return catalogue;
  Result<std::vector<ModelEntry>> own = ReadCatalogue(user);
  if (!own) return Fail(std::move(own.error()));
  for (ModelEntry& entry : *own) {
    const auto same = std::find_if(catalogue.entries_.begin(), catalogue.entries_.end(),
                                   [&](const ModelEntry& other) { return other.name == entry.name; });
    if (same == catalogue.entries_.end()) {
      catalogue.entries_.push_back(std::move(entry));
    } else {
      *same = std::move(entry);
    }
  }
  if (Result<void> checked = catalogue.CheckFallbacks(); !checked) {
    return Fail(ErrorCode::kCorrupt, user.string() + ": " + checked.error().message,
                "Mend that entry of the catalogue.");
  }
  return catalogue;
}

Result<void> Catalogue::CheckFallbacks() const {
  for (const ModelEntry& entry : entries_) {
    if (!entry.remote || entry.remote->fallback.empty()) continue;
    const Result<const ModelEntry*> other = Find(entry.remote->fallback);
    if (other && !(*other)->remote && (*other)->role == entry.role) continue;
    return Fail(ErrorCode::kCorrupt, "the fallback of '" + entry.name + "', '" + entry.remote->fallback +
                                         "', is no local generator of the catalogue.");
  }
  return {};
}

Result<const ModelEntry*> Catalogue::Find(std::string_view name) const {
  std::string known;
  for (const ModelEntry& entry : entries_) {
    if (entry.name == name) return &entry;
    known += (known.empty() ? "" : ", ") + entry.name;
  }
  return Fail(ErrorCode::kNotFound, "There is no model '" + std::string(name) + "'.", "There are: " + known + ".");
}

fs::path Catalogue::PathOf(const ModelFile& file) const {
  return models_folder_ / file.path;
}

bool Catalogue::Installed(const ModelEntry& entry) const {
  return RequireInstalled(entry).has_value();
}

Result<void> Catalogue::RequireInstalled(const ModelEntry& entry) const {
  for (const ModelFile& file : entry.files) {
    const fs::path path = PathOf(file);
    std::error_code failed;
    if (!fs::is_regular_file(path, failed)) {
      return Fail(ErrorCode::kModelFileMissing, "Model file not found: " + path.string(), HowToFetch(entry));
    }
    const std::uint64_t bytes = fs::file_size(path, failed);
    if (failed || file.bytes == 0 || bytes == file.bytes) continue;
    return Fail(ErrorCode::kCorrupt,
                "The model file " + path.string() + " has " + std::to_string(bytes) + " bytes where " +
                    std::to_string(file.bytes) + " are recorded: it is cut short, or another file.",
                HowToReplace(entry));
  }
  return {};
}

std::string Catalogue::HowToReplace(const ModelEntry& entry) const {
  if (entry.files.empty()) return "";
  if (entry.files[0].sha256.empty()) return "Put a good file there, or set MAIN_MODEL to another one.";
  return "Delete the file. " + HowToFetch(entry);
}

Result<Catalogue::Choice> Catalogue::ChooseGenerator(const std::string& main_model) {
  Choice choice;
  if (!main_model.empty()) {
    if (IsPath(main_model)) {
      Result<std::string> name = AddOwnGguf(main_model);
      if (!name) return Fail(std::move(name.error()));
      choice.name = std::move(*name);
      return choice;
    }
    const Result<const ModelEntry*> entry = Find(main_model);
    if (!entry) return Fail(entry.error());
    if ((*entry)->role != Role::kGenerator) {
      return Fail(ErrorCode::kInvalidArgument, "MAIN_MODEL is '" + main_model + "', which is no generator.",
                  "See: counsel models");
    }
    choice.name = main_model;
    return choice;
  }
  const ModelEntry* best = nullptr;
  const ModelEntry* starter = nullptr;
  const ModelEntry* better = nullptr;
  for (const ModelEntry& entry : entries_) {
    if (entry.role != Role::kGenerator || entry.remote) continue;
    if (starter == nullptr || entry.rank < starter->rank) starter = &entry;
    if (Installed(entry)) {
      if (best == nullptr || entry.rank > best->rank) best = &entry;
    } else if (better == nullptr || entry.rank > better->rank) {
      better = &entry;
    }
  }
  if (best == nullptr) {
    if (starter == nullptr) return Fail(ErrorCode::kNotFound, "The catalogue has no generator.");
    return Fail(RequireInstalled(*starter).error());
  }
  choice.name = best->name;
  if (better != nullptr && better->rank > best->rank) choice.better = better->name;
  return choice;
}

Result<Catalogue::Choice> Catalogue::ChooseEmbedder(const std::string& embedding_model) {
  Choice choice;
  for (const ModelEntry& entry : entries_) {
    if (entry.role != Role::kEmbedder) continue;
    if (embedding_model.empty() ? entry.remote.has_value() : entry.name != embedding_model) continue;
    choice.name = entry.name;
    return choice;
  }
  return Fail(ErrorCode::kNotFound, "The catalogue has no embedder '" + embedding_model + "'.", "See: counsel models");
}

Result<Catalogue::Choice> Catalogue::ChooseReranker() const {
  const ModelEntry* best = nullptr;
  for (const ModelEntry& entry : entries_) {
    if (entry.role != Role::kReranker || !Installed(entry)) continue;
    if (best == nullptr || entry.rank > best->rank) best = &entry;
  }
  if (best == nullptr) {
    return Fail(ErrorCode::kModelFileMissing, "No reranker is installed.", "See which there are: counsel models");
  }
  Choice choice;
  choice.name = best->name;
  return choice;
}

Result<std::string> Catalogue::AddOwnGguf(const std::string& path) {
  const std::string absolute = fs::absolute(path).lexically_normal().string();
  for (const ModelEntry& entry : entries_) {
    if (entry.role == Role::kGenerator && !entry.remote && PathOf(entry.files[0]) == absolute) return entry.name;
  }
  std::error_code failed;
  if (!fs::exists(absolute, failed)) {
    std::string next_step = "Put the file there, or set MAIN_MODEL to another one.";
    for (const ModelEntry& entry : entries_) {
      const bool same =
          fs::path(entry.files.empty() ? "" : entry.files[0].path).filename() == fs::path(path).filename();
      if (same) next_step = HowToFetch(entry);
    }
    return Fail(ErrorCode::kModelFileMissing, "Model file not found: " + path, next_step);
  }
  const Result<GgufFacts> facts = ReadGguf(absolute);
  if (!facts) return Fail(facts.error());
  ModelEntry entry;
  entry.name = fs::path(absolute).stem().string();
  entry.role = Role::kGenerator;
  entry.title = "your own: " + absolute;
  entry.licence = "as its author says";
  entry.source = absolute;
  ModelFile file;
  file.path = absolute;
  entry.files.push_back(std::move(file));
  entry.context_tokens = facts->context_length == 0
                             ? kDefaultContext
                             : static_cast<std::uint32_t>(std::min<std::uint64_t>(facts->context_length, kMostContext));
  for (int n = 2; Find(entry.name).has_value(); ++n) {
    entry.name = fs::path(absolute).stem().string() + "-" + std::to_string(n);
  }
  entries_.push_back(entry);
  return entry.name;
}

}  // namespace counsel::models
