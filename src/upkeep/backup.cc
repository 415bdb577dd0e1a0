#include "upkeep/backup.h"

#include <cerrno>
#include <chrono>
#include <set>
#include <utility>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/file.h"
#include "documents/statements.h"
#include "upkeep/files.h"

namespace counsel::upkeep {

namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

constexpr int kFormat = 1;
constexpr std::size_t kManifestLimit = std::size_t{256} << 20;
constexpr std::string_view kDatabase = "counsel.db";
constexpr std::string_view kManifest = "manifest.json";
// Files of the home that are a person's own work.
constexpr const char* kOwnFiles[] = {"counsel.toml", "catalogue.toml"};

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

Result<BackupReport> Copy(const BackupMoment& moment, const documents::Originals& originals, const fs::path& home,
                          const fs::path& target, const Report& report) {
  BackupReport done;
  done.documents = moment.documents;
  done.created =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  for (const std::string& sha256 : moment.originals) {
    const double share = static_cast<double>(done.originals) / static_cast<double>(moment.originals.size());
    if (Result<void> told = Tell(report, share, "originals"); !told) return Fail(std::move(told.error()));
    const fs::path from = originals.PathOf(sha256);
    const fs::path to = OriginalIn(moment.folder, sha256);
    if (Result<void> copied = CopyOriginal(from, to, sha256, &done.bytes); !copied) {
      return Fail(std::move(copied.error()));
    }
    ++done.originals;
  }
  Json own = Json::object();
  for (const char* name : kOwnFiles) {
    std::error_code ignored;
    if (!fs::is_regular_file(home / name, ignored)) continue;
    const Result<Digest> copied = CopySynced(home / name, moment.folder / name);
    if (!copied) return Fail(copied.error());
    own[name] = copied->sha256;
  }
  const Result<Digest> database = DigestOf(moment.folder / kDatabase);
  if (!database) return Fail(database.error());
  done.bytes += database->bytes;
  const Json manifest = {{"format", kFormat},   {"created", done.created},      {"documents", done.documents},
                         {"bytes", done.bytes}, {"database", database->sha256}, {"originals", moment.originals},
                         {"files", own}};
  Result<void> written = WriteFileAtomically(moment.folder / kManifest, manifest.dump(1));
  if (!written) return Fail(std::move(written.error()));
  std::error_code failed;
  fs::remove(target, failed);  // an empty folder
  fs::rename(moment.folder, target, failed);
  if (failed) return Fail(ErrnoError(failed.value(), "Cannot make " + target.string()));
  SyncFolder(target.parent_path());
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
  const Json own = json.contains("files") && json["files"].is_object() ? json["files"] : Json::object();
  for (const char* name : kOwnFiles) {
    if (own.contains(name) && own[name].is_string()) manifest.files.emplace_back(name, own[name].get<std::string>());
  }
  return manifest;
}

}  // namespace

Result<BackupMoment> BeginBackup(store::Connection& db, const documents::Originals& originals, const fs::path& target) {
  std::error_code failed;
  if (fs::exists(target, failed) && !fs::is_empty(target, failed)) {
    return Fail(ErrorCode::kAlreadyExists, target.string() + " is there already.", "Name a folder that is not.");
  }
  BackupMoment moment;
  moment.folder = PartialOf(target);
  fs::remove_all(moment.folder, failed);  // of a backup that was interrupted
  if (Result<void> made = MakePrivateDirectory(moment.folder); !made) return Fail(std::move(made.error()));
  Result<store::Statement> copy = documents::Ask(db, "VACUUM INTO ?", (moment.folder / kDatabase).string());
  if (!copy) return Fail(std::move(copy.error()));
  if (Result<void> copied = copy->Run(); !copied) {
    fs::remove_all(moment.folder, failed);
    return Fail(std::move(copied.error()));
  }
  Result<store::Statement> rows = db.Prepare("SELECT sha256, count(*) FROM documents GROUP BY sha256");
  if (!rows) return Fail(std::move(rows.error()));
  for (;;) {
    Result<bool> row = rows->Step();
    if (!row) return Fail(std::move(row.error()));
    if (!*row) return moment;
    moment.originals.emplace_back(rows->Text(0));
    moment.documents += rows->Int(1);
    moment.holds.push_back(originals.Hold(moment.originals.back()));
  }
}

Result<BackupReport> FinishBackup(const BackupMoment& moment, const documents::Originals& originals,
                                  const fs::path& home, const fs::path& target, const Report& report) {
  Result<BackupReport> done = Copy(moment, originals, home, target, report);
  if (!done) {
    std::error_code ignored;
    fs::remove_all(moment.folder, ignored);
  }
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
