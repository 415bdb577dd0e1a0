#include "upkeep/backup.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "upkeep/files.h"

namespace counsel::upkeep {

namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

constexpr int kFormat = 1;
constexpr std::size_t kManifestLimit = std::size_t{256} << 20;
constexpr double kShareOfStore = 0.3;  // of the time, for what is told about it
constexpr std::string_view kDatabase = "counsel.db";
constexpr std::string_view kManifest = "manifest.json";
// Files of the home that are a person's own work.
constexpr const char* kOwnFiles[] = {"counsel.toml", "catalogue.toml", "mailboxes.json"};

bool IsDigest(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

fs::path OriginalIn(const fs::path& folder, const std::string& sha256) {
  return folder / "originals" / sha256.substr(0, 2) / sha256;
}

fs::path PartialOf(const fs::path& target) {
  return target.string() + ".partial";
}

void SyncFolder(const fs::path& folder) {
  const FileDescriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.valid()) ::fsync(fd.get());
}

Result<void> CopyOriginal(const fs::path& from, const fs::path& to, const std::string& sha256, std::uint64_t* bytes) {
  if (Result<void> made = MakePrivateDirectory(to.parent_path()); !made) return made;
  const Result<Digest> copied = CopySynced(from, to);
  if (!copied) return Fail(copied.error());
  *bytes += copied->bytes;
  if (copied->sha256 == sha256) return {};
  return Fail(ErrorCode::kCorrupt, "The original " + from.string() + " is damaged.", "See which: counsel check");
}

// A backup that is being made, in a folder of its own. Ended before it is whole, it leaves nothing.
class Making {
 public:
  static Result<Making> Begin(const fs::path& target) {
    if (Result<void> free = IsFree(target); !free) return Fail(std::move(free.error()));
    Making making(PartialOf(target));
    if (Result<void> made = MakePrivateDirectory(making.folder_); !made) return Fail(std::move(made.error()));
    making.lock_ = FileDescriptor(::open(making.folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const bool ours = making.lock_.valid() && ::flock(making.lock_.get(), LOCK_EX | LOCK_NB) == 0;
    // What we have locked may have become the target since.
    Result<void> free = IsFree(target);
    if (!ours || !free) {
      making.lock_.Close();
      if (!free) return Fail(std::move(free.error()));
      return Fail(ErrorCode::kAlreadyExists, "A backup into " + target.string() + " is being made.",
                  "Wait until it has ended, or name another folder.");
    }
    std::error_code ignored;
    for (const fs::directory_entry& left : fs::directory_iterator(making.folder_, ignored)) {
      fs::remove_all(left.path(), ignored);  // of a backup that was interrupted
    }
    return making;
  }
  Making(Making&&) noexcept = default;
  Making& operator=(Making&&) = delete;
  ~Making() {
    std::error_code ignored;
    if (lock_.valid()) fs::remove_all(folder_, ignored);
  }

  [[nodiscard]] const fs::path& folder() const { return folder_; }
  Result<void> End(const fs::path& target) {
    std::error_code failed;
    fs::remove(target, failed);  // an empty folder
    fs::rename(folder_, target, failed);
    if (failed) return Fail(ErrnoError(failed.value(), "Cannot make " + target.string()));
    lock_.Close();
    SyncFolder(target.parent_path());
    return {};
  }

 private:
  explicit Making(fs::path folder) : folder_(std::move(folder)) {}
  static Result<void> IsFree(const fs::path& target) {
    std::error_code ignored;
    if (!fs::exists(target, ignored) || fs::is_empty(target, ignored)) return {};
    return Fail(ErrorCode::kAlreadyExists, target.string() + " is there already.", "Name a folder that is not.");
  }
  fs::path folder_;
  FileDescriptor lock_;  // as long as it is ours
};

// What the copy of the store names.
struct Moment {
  Moment() = default;
  std::int64_t documents = 0;
  std::vector<std::string> originals;  // SHA-256
  std::uint64_t bytes = 0;             // of them
};

// In one snapshot: what is named, and the copy.
Result<Moment> CopyStore(store::Connection& db, const fs::path& to, const Report& report) {
  Result<store::Statement> rows = db.Prepare("SELECT sha256, count(*), max(bytes) FROM documents GROUP BY sha256");
  if (!rows) return Fail(std::move(rows.error()));
  Moment moment;
  for (;;) {
    Result<bool> row = rows->Step();
    if (!row) return Fail(std::move(row.error()));
    if (!*row) break;
    moment.originals.emplace_back(rows->Text(0));
    moment.documents += rows->Int(1);
    moment.bytes += static_cast<std::uint64_t>(rows->Int(2));
  }
  Result<void> copied = store::CopyDatabase(
      db, to, [&report](double share) { return Tell(report, share * kShareOfStore, "the database"); });
  if (!copied) return Fail(std::move(copied.error()));
  return moment;
}

// Whether it is the original that is at fault, and not the disk that is written to.
bool IsMissingOrDamaged(const fs::path& original, const Error& error) {
  std::error_code ignored;
  return error.code == ErrorCode::kCorrupt || !fs::exists(original, ignored);
}

Result<void> NameThoseWithout(store::Connection& db, const std::string& sha256, std::vector<std::string>* names) {
  ASSIGN_OR_RETURN(store::Statement rows, db.Prepare("SELECT name FROM documents WHERE sha256 = ? ORDER BY id"));
  rows.Bind(1, sha256);
  for (;;) {
    ASSIGN_OR_RETURN(const bool row, rows.Step());
    if (!row) return {};
    names->emplace_back(rows.Text(0));
  }
}

Result<BackupReport> Copy(store::Connection& db, const documents::Originals& originals, const fs::path& home,
                          const fs::path& folder, const Report& report) {
  // From before the snapshot on: what it names stays.
  const std::shared_ptr<const void> hold = originals.HoldAll();
  Result<Moment> moment =
      store::InTransaction(db, false, [&](store::Connection& in) { return CopyStore(in, folder / kDatabase, report); });
  if (!moment) return Fail(std::move(moment.error()));
  BackupReport done;
  done.documents = moment->documents;
  done.created =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  const double all = std::max(1.0, static_cast<double>(moment->bytes));
  std::vector<std::string> there;
  for (const std::string& sha256 : moment->originals) {
    const double share = kShareOfStore + (1 - kShareOfStore) * static_cast<double>(done.bytes) / all;
    if (Result<void> told = Tell(report, share, "originals"); !told) return Fail(std::move(told.error()));
    if (Result<void> may = db.MayGoOn(); !may) return Fail(std::move(may.error()));
    Result<void> copied = CopyOriginal(originals.PathOf(sha256), OriginalIn(folder, sha256), sha256, &done.bytes);
    if (!copied && !IsMissingOrDamaged(originals.PathOf(sha256), copied.error())) {
      return Fail(std::move(copied.error()));
    }
    if (!copied) {
      std::error_code ignored;
      fs::remove(OriginalIn(folder, sha256), ignored);
      RETURN_IF_ERROR(NameThoseWithout(db, sha256, &done.without_original));
      continue;
    }
    there.push_back(sha256);
    ++done.originals;
  }
  Json own = Json::object();
  for (const char* name : kOwnFiles) {
    std::error_code ignored;
    if (!fs::is_regular_file(home / name, ignored)) continue;
    const Result<Digest> copied = CopySynced(home / name, folder / name);
    if (!copied) return Fail(copied.error());
    own[name] = copied->sha256;
  }
  const Result<Digest> database = DigestOf(folder / kDatabase);
  if (!database) return Fail(database.error());
  done.bytes += database->bytes;
  const Json manifest = {{"format", kFormat},
                         {"created", done.created},
                         {"documents", done.documents},
                         {"bytes", done.bytes},
                         {"database", database->sha256},
                         {"originals", there},
                         {"files", own},
                         {"without_original", done.without_original}};
  Result<void> written =
      WriteFileAtomically(folder / kManifest, manifest.dump(1, ' ', false, Json::error_handler_t::replace));
  if (!written) return Fail(std::move(written.error()));
  return done;
}

struct Manifest {
  Manifest() = default;
  std::string database;
  std::vector<std::string> originals;
  std::vector<std::pair<std::string, std::string>> files;
  BackupReport report;
};

// A manifest is from outside: every name in it is checked before it becomes a path.
Result<Manifest> ReadManifest(const fs::path& backup) {
  const auto wrong = [&](const std::string& why) {
    return Fail(ErrorCode::kCorrupt, (backup / kManifest).string() + " " + why + ".",
                "Name a folder that 'counsel backup' has made.");
  };
  const Result<std::string> text = ReadFile(backup / kManifest, kManifestLimit);
  if (!text) return wrong("cannot be read");
  const Json json = Json::parse(*text, nullptr, false);
  if (!json.is_object() || !json.contains("format")) return wrong("is no backup's manifest");
  if (json["format"] != kFormat) return wrong("was written by another version of Counsel");
  const auto number = [&](const char* name) -> std::int64_t {
    return json.contains(name) && json[name].is_number_integer() ? json[name].get<std::int64_t>() : 0;
  };
  Manifest manifest;
  manifest.report.created = number("created");
  manifest.report.documents = number("documents");
  manifest.report.bytes = static_cast<std::uint64_t>(number("bytes"));
  if (!json.contains("database") || !json["database"].is_string()) return wrong("does not name the database");
  manifest.database = json["database"].get<std::string>();
  if (!json.contains("originals") || !json["originals"].is_array()) return wrong("does not list the originals");
  for (const Json& item : json["originals"]) {
    if (!item.is_string() || !IsDigest(item.get<std::string>())) return wrong("lists an original that is no digest");
    manifest.originals.push_back(item.get<std::string>());
  }
  const Json without = json.value("without_original", Json::array());
  for (const Json& name : without) {
    if (!name.is_string()) return wrong("names a document that is no text");
    manifest.report.without_original.push_back(name.get<std::string>());
  }
  const Json own = json.contains("files") && json["files"].is_object() ? json["files"] : Json::object();
  for (const char* name : kOwnFiles) {
    if (own.contains(name) && own[name].is_string()) manifest.files.emplace_back(name, own[name].get<std::string>());
  }
  return manifest;
}

}  // namespace

Result<BackupReport> Backup(store::Connection& db, const documents::Originals& originals, const fs::path& home,
                            const fs::path& target, const Report& report) {
  Result<Making> making = Making::Begin(target);
  if (!making) return Fail(std::move(making.error()));
  Result<BackupReport> done = Copy(db, originals, home, making->folder(), report);
  if (!done) return done;
  if (Result<void> ended = making->End(target); !ended) return Fail(std::move(ended.error()));
  return done;
}

Result<BackupReport> Restore(const fs::path& backup, const fs::path& home, const Report& report) {
  Result<Manifest> manifest = ReadManifest(backup);
  if (!manifest) return Fail(std::move(manifest.error()));
  const fs::path database = home / kDatabase;
  std::error_code failed;
  if (fs::exists(database, failed)) {
    return Fail(ErrorCode::kAlreadyExists, "The home " + home.string() + " has documents already.",
                "Restore into another one: counsel --home NEW restore " + backup.string());
  }
  if (Result<void> made = MakePrivateDirectory(home); !made) return Fail(std::move(made.error()));
  BackupReport done = manifest->report;
  std::uint64_t bytes = 0;
  for (const std::string& sha256 : manifest->originals) {
    const double share = static_cast<double>(done.originals) / static_cast<double>(manifest->originals.size());
    if (Result<void> told = Tell(report, share, "originals"); !told) return Fail(std::move(told.error()));
    Result<void> copied = CopyOriginal(OriginalIn(backup, sha256), OriginalIn(home, sha256), sha256, &bytes);
    if (!copied) return Fail(std::move(copied.error()));
    ++done.originals;
  }
  for (const auto& [name, sha256] : manifest->files) {
    if (fs::exists(home / name, failed)) continue;  // the home's own goes first
    const Result<Digest> copied = CopySynced(backup / name, home / name);
    if (!copied) return Fail(copied.error());
  }
  const fs::path partial = PartialOf(database);
  const Result<Digest> copied = CopySynced(backup / kDatabase, partial);
  if (!copied) return Fail(copied.error());
  if (copied->sha256 != manifest->database) {
    fs::remove(partial, failed);
    return Fail(ErrorCode::kCorrupt, "The database of the backup is damaged.", "Use another backup.");
  }
  fs::rename(partial, database, failed);
  if (failed) return Fail(ErrnoError(failed.value(), "Cannot make " + database.string()));
  SyncFolder(home);
  done.bytes = bytes + copied->bytes;
  return done;
}

}  // namespace counsel::upkeep
