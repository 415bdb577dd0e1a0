// A backup: one folder from which a home can be made again.
//
//   manifest.json      what is in it, with digests, and which originals are not
//   counsel.db         the store, as it was at one moment
//   originals/…        every original that the store names and that is whole
//   counsel.toml, catalogue.toml, mailboxes.json   where the home has them
//
// Not in it: models (they can be fetched again), .env (it may hold keys), what was measured of models.
#pragma once

#include <cstdint>
#include <filesystem>
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
  // Names of documents whose originals are missing or damaged: their texts are in the copy of the store alone. The rest
  // is whole. A restore repeats them.
  std::vector<std::string> without_original;
};

// Makes `target`: the store as one snapshot sees it (store::CopyDatabase), then the originals that it names, each
// compared with its digest, and the home's own files. Built in `target`.partial, which an error leaves nothing of.
// Nobody waits for it but purges, and those only while the store itself is copied; originals of documents that are
// deleted meanwhile stay until it has ended. kAlreadyExists when `target` is there and
// not an empty folder, or is being made. On a thread apart (Store::ReadApart). Blocks.
[[nodiscard]] Result<BackupReport> Backup(store::Connection& db, const documents::Originals& originals,
                                          const std::filesystem::path& home, const std::filesystem::path& target,
                                          const Report& report);

// Makes a home's documents again. Everything is compared with the manifest while it is copied; the store comes last,
// so that a restore that was interrupted can be run again. kAlreadyExists when the home has a store. No daemon may run
// there: the caller holds the home's lock. Blocks.
[[nodiscard]] Result<BackupReport> Restore(const std::filesystem::path& backup, const std::filesystem::path& home,
                                           const Report& report);

}  // namespace counsel::upkeep
