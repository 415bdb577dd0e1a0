// The record: what was asked, what was answered and on what grounds, and what people did with it since. Entries are
// numbered from 1, only ever added, and stand in one Merkle tree (tree.h), so that whoever noted its root can tell
// later whether anything was changed. docs/record.md has the form and what it proves.
//
//   Entry (entry.h) ─▶ Append: number, time, canonical JSON ─▶ record_entries; its texts ─▶ record_texts;
//                      the tree's new nodes ─▶ record_nodes
//
// Deleting a document, a matter or a conversation deletes the texts and the salt of every entry that may hold its
// words, in the same transaction (triggers of the schema); SayDeleted then adds the entry that says so.
//
// Functions with a connection run on a store's thread, inside the caller's transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/entry.h"
#include "record/tree.h"
#include "store/store.h"

namespace counsel::record {

// Adds it, at `now` (unix seconds), and returns its number. Where a document or matter of it has been deleted
// meanwhile its texts are not kept, and the next entry says so.
[[nodiscard]] Result<std::int64_t> Append(store::Connection& db, Entry entry, std::int64_t now);

// Whoever acts, for entries that say who.
struct Actor {
  Actor() = default;
  std::string owner;
  Json person;
};
// Says in the record which texts went since it was last said; nothing when none did.
[[nodiscard]] Result<void> SayDeleted(store::Connection& db, const Actor& by, std::int64_t now);
// Deletes the texts of these entries: what was asked is to be forgotten. The caller asks for a purge (search.h).
[[nodiscard]] Result<void> ForgetTexts(store::Connection& db, const std::vector<std::int64_t>& numbers);

// What stands for the whole record: to be noted outside.
struct Head {
  Head() = default;
  std::int64_t size = 0;  // entries
  Hash root{};
};
[[nodiscard]] Result<Head> HeadNow(store::Connection& db);
// "SIZE:ROOT" and back; kInvalidArgument.
[[nodiscard]] std::string HeadText(const Head& head);
[[nodiscard]] Result<Head> ReadHead(std::string_view text);

struct Kept {
  Kept() = default;
  std::int64_t number = 0;
  std::string owner;
  std::string entry;           // canonical JSON
  std::optional<Texts> texts;  // nothing: they were deleted
};
// kNotFound. `owner`: only of this one; "": of all.
[[nodiscard]] Result<Kept> Find(store::Connection& db, std::int64_t number, std::string_view owner);
// What was done about an entry since, in order.
[[nodiscard]] Result<std::vector<Kept>> ActsOn(store::Connection& db, std::int64_t number);

struct Wanted {
  Wanted() = default;
  std::string owner;        // "": of all
  std::string matter;       // "": of all
  std::int64_t before = 0;  // numbers below it; 0: all
  std::int64_t limit = 50;
};
// The newest first. kNotFound for a matter that is not there.
[[nodiscard]] Result<std::vector<Kept>> List(store::Connection& db, const Wanted& wanted);

struct Ascending {
  Ascending() = default;
  std::string matter;  // "": of all
  std::int64_t after = 0;
  std::int64_t until = 0;
  std::int64_t limit = 50;
};
// The oldest first, behind `after` and not behind `until`.
[[nodiscard]] Result<std::vector<Kept>> ListAscending(store::Connection& db, const Ascending& wanted);

// That entry `number` is in the record as it was with `size` entries.
[[nodiscard]] Result<std::vector<Hash>> ProofOf(store::Connection& db, std::int64_t number, std::int64_t size);
[[nodiscard]] ReadNode NodesOf(store::Connection& db);

// The documents that a question of these matters and documents (empty: all) can be answered from.
struct Visible {
  Visible() = default;
  std::int64_t count = 0;
  std::string sha256;  // of their ids, sorted, each with a line end behind it
};
[[nodiscard]] Result<Visible> VisibleDocuments(store::Connection& db, const std::vector<std::string>& matters,
                                               const std::vector<std::string>& documents);

}  // namespace counsel::record
