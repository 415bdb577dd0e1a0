// A backup: one folder from which a home can be made again.
//
//   manifest.json      what is in it, with digests
//   counsel.db         the store, as it was at one moment
//   originals/…        every original that the store names
//   counsel.toml, catalogue.toml   where the home has them
//
// Not in it: models (they can be fetched again), .env (it may hold keys), what was measured of models.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "documents/documents.h"
#include "store/store.h"
#include "upkeep/report.h"

namespace counsel::upkeep {

struct BackupReport {
  BackupReport() = default;
  std::int64_t documents = 0;
  std::int64_t originals = 0;
  std::uint64_t bytes = 0;
  std::int64_t created = 0;  // unix seconds
};

// The moment of a backup: the store copied, the originals that it names held so that no deletion takes them meanwhile.
struct BackupMoment {
  BackupMoment() = default;
  std::filesystem::path folder;  // beside the target, until all is in it
  std::int64_t documents = 0;
  std::vector<std::string> originals;  // SHA-256
  std::vector<std::shared_ptr<const void>> holds;
};

// First half: makes `target`.partial and copies the store into it. kAlreadyExists when `target` is there and not an
// empty folder. Alone with the store and outside a transaction (Store::WriteOutside). Blocks.
[[nodiscard]] Result<BackupMoment> BeginBackup(store::Connection& db, const documents::Originals& originals,
                                               const std::filesystem::path& target);
// Second half, on any thread: copies the originals (each compared with its digest) and the home's own files, writes the
// manifest and gives the folder its name. An error leaves nothing behind. Blocks.
[[nodiscard]] Result<BackupReport> FinishBackup(const BackupMoment& moment, const documents::Originals& originals,
                                                const std::filesystem::path& home, const std::filesystem::path& target,
                                                const Report& report);

// Makes a home's documents again. Everything is compared with the manifest while it is copied; the store comes last,
// so that a restore that was interrupted can be run again. kAlreadyExists when the home has a store. No daemon may run
// there: the caller holds the home's lock. Blocks.
[[nodiscard]] Result<BackupReport> Restore(const std::filesystem::path& backup, const std::filesystem::path& home,
                                           const Report& report);

}  // namespace counsel::upkeep
