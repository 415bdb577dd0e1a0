#include "record/record.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "base/ids.h"
#include "documents/documents.h"
#include "documents/statements.h"

namespace counsel::record {
namespace {

using documents::Ask;
using documents::Change;
using documents::Number;

// Numbers in one entry that says what was deleted.
constexpr std::size_t kMostNumbers = 10'000;

Result<std::int64_t> SizeOf(store::Connection& db) {
  return Number(db, "SELECT coalesce(max(number), 0) FROM record_entries");
}

// Whether all that the texts may quote is still there.
Result<bool> MayBeKept(store::Connection& db, const Entry& entry) {
  for (const std::string& document : entry.documents) {
    ASSIGN_OR_RETURN(const std::int64_t there, Number(db, "SELECT count(*) FROM documents WHERE id = ?", document));
    if (there == 0) return false;
  }
  for (const std::string& matter : entry.matters) {
    if (matter == documents::kDefaultMatter) continue;  // it is there before its first document
    const Result<std::int64_t> there = documents::MatterId(db, matter);
    if (!there && there.error().code == ErrorCode::kNotFound) return false;
    if (!there) return Fail(there.error());
  }
  return true;
}

Result<void> AddToTree(store::Connection& db, std::int64_t size, std::string_view entry) {
  ASSIGN_OR_RETURN(Edge edge, Edge::Load(static_cast<std::uint64_t>(size), NodesOf(db)));
  ASSIGN_OR_RETURN(store::Statement insert, db.Prepare("INSERT INTO record_nodes (place, hash) VALUES (?, ?)"));
  Result<void> added;
  edge.Add(LeafHash(entry), [&](std::uint64_t place, const Hash& hash) {
    if (!added) return;
    insert.Reset();
    added = insert.Bind(1, static_cast<std::int64_t>(place)).BindBlob(2, std::as_bytes(std::span(hash))).Run();
  });
  return added;
}

Result<void> AddTexts(store::Connection& db, std::int64_t number, const Entry& entry, const Texts& texts) {
  if (texts.texts.empty()) return {};
  const std::string packed = Packed(texts.texts);
  ASSIGN_OR_RETURN(store::Statement insert,
                   db.Prepare("INSERT INTO record_texts (entry, salt, texts) VALUES (?, ?, ?)"));
  RETURN_IF_ERROR(
      insert.Bind(1, number).Bind(2, std::string_view(texts.salt)).BindBlob(3, std::as_bytes(std::span(packed))).Run());
  for (const std::string& document : entry.documents) {
    RETURN_IF_ERROR(Change(db, "INSERT INTO record_documents (document, entry) VALUES (?, ?) ON CONFLICT DO NOTHING",
                           document, number));
  }
  if (entry.of == 0) return {};
  // What is said of an answer may quote what the answer quotes.
  RETURN_IF_ERROR(Change(db,
                         "INSERT INTO record_documents (document, entry) SELECT document, ?1 FROM record_documents "
                         "WHERE entry = ?2 ON CONFLICT DO NOTHING",
                         number, entry.of));
  return {};
}

Result<void> AddMatters(store::Connection& db, std::int64_t number, const Entry& entry) {
  for (const std::string& matter : entry.matters) {
    RETURN_IF_ERROR(
        Change(db, "INSERT INTO record_matters (matter, entry) VALUES (?, ?) ON CONFLICT DO NOTHING", matter, number));
  }
  if (entry.of == 0) return {};
  RETURN_IF_ERROR(Change(db,
                         "INSERT INTO record_matters (matter, entry) SELECT matter, ?1 FROM record_matters "
                         "WHERE entry = ?2 ON CONFLICT DO NOTHING",
                         number, entry.of));
  return {};
}

Result<std::int64_t> AppendOne(store::Connection& db, const Entry& entry, std::int64_t now) {
  ASSIGN_OR_RETURN(const std::int64_t size, SizeOf(db));
  const std::int64_t number = size + 1;
  const Sealed sealed(entry, number, now);
  RETURN_IF_ERROR(AddToTree(db, size, sealed.text));
  RETURN_IF_ERROR(Change(db, "INSERT INTO record_entries (number, owner, about, entry) VALUES (?, ?, ?, ?)", number,
                         entry.owner, entry.of, sealed.text));
  ASSIGN_OR_RETURN(const bool kept, MayBeKept(db, entry));
  if (kept) {
    RETURN_IF_ERROR(AddTexts(db, number, entry, sealed.texts));
    RETURN_IF_ERROR(AddMatters(db, number, entry));
  } else if (!sealed.texts.texts.empty()) {
    RETURN_IF_ERROR(Change(db, "INSERT INTO record_gone (what, document, entry) VALUES ('document', '', ?)", number));
  }
  return number;
}

// What ReadKept reads, in its order.
constexpr std::string_view kSelect =
    "SELECT e.number, e.owner, e.entry, t.salt, t.texts FROM record_entries e "
    "LEFT JOIN record_texts t ON t.entry = e.number ";

Result<Kept> ReadKept(const store::Statement& row) {
  Kept kept;
  kept.number = row.Int(0);
  kept.owner = row.Text(1);
  kept.entry = row.Text(2);
  if (row.IsNull(3)) return kept;
  kept.texts.emplace();
  kept.texts->salt = row.Text(3);
  const std::span<const std::byte> packed = row.Blob(4);
  ASSIGN_OR_RETURN(kept.texts->texts,
                   Unpacked(std::string_view(reinterpret_cast<const char*>(packed.data()), packed.size())));
  return kept;
}

Result<std::vector<Kept>> ReadAll(store::Statement rows) {
  std::vector<Kept> all;
  for (;;) {
    ASSIGN_OR_RETURN(const bool row, rows.Step());
    if (!row) return all;
    ASSIGN_OR_RETURN(Kept one, ReadKept(rows));
    all.push_back(std::move(one));
  }
}

}  // namespace

ReadNode NodesOf(store::Connection& db) {
  return [&db](std::uint64_t place) -> Result<Hash> {
    ASSIGN_OR_RETURN(store::Statement read,
                     Ask(db, "SELECT hash FROM record_nodes WHERE place = ?", static_cast<std::int64_t>(place)));
    ASSIGN_OR_RETURN(const bool row, read.Step());
    Hash hash{};
    if (!row || read.Blob(0).size() != hash.size()) {
      return Fail(ErrorCode::kCorrupt, "The record's tree is damaged.",
                  "See where: counsel record verify. Restore a backup: counsel restore FOLDER");
    }
    std::transform(read.Blob(0).begin(), read.Blob(0).end(), hash.begin(),
                   [](std::byte byte) { return static_cast<std::uint8_t>(byte); });
    return hash;
  };
}

Result<std::int64_t> Append(store::Connection& db, Entry entry, std::int64_t now) {
  RETURN_IF_ERROR(SayDeleted(db, Actor(), now));
  return AppendOne(db, entry, now);
}

Result<void> SayDeleted(store::Connection& db, const Actor& by, std::int64_t now) {
  ASSIGN_OR_RETURN(const std::int64_t any, Number(db, "SELECT 1 FROM record_gone LIMIT 1"));
  if (any == 0) return {};
  std::map<std::pair<std::string, std::string>, std::vector<std::int64_t>> causes;
  {
    ASSIGN_OR_RETURN(store::Statement rows,
                     db.Prepare("SELECT what, document, entry FROM record_gone ORDER BY what, document, entry"));
    for (;;) {
      ASSIGN_OR_RETURN(const bool row, rows.Step());
      if (!row) break;
      causes[{std::string(rows.Text(0)), std::string(rows.Text(1))}].push_back(rows.Int(2));
    }
  }
  for (const auto& [cause, numbers] : causes) {
    for (std::size_t begin = 0; begin < numbers.size(); begin += kMostNumbers) {
      const std::size_t end = std::min(begin + kMostNumbers, numbers.size());
      Entry entry("deleted");
      entry.owner = by.owner;
      entry.person = by.person;
      entry.said["what"] = cause.first;
      if (!cause.second.empty()) entry.said["document"] = cause.second;
      entry.said["entries"] = Json(std::vector<std::int64_t>(numbers.begin() + static_cast<std::ptrdiff_t>(begin),
                                                             numbers.begin() + static_cast<std::ptrdiff_t>(end)));
      ASSIGN_OR_RETURN(const std::int64_t said, AppendOne(db, entry, now));
      // It is of the matters of those entries.
      for (std::size_t i = begin; i < end; ++i) {
        RETURN_IF_ERROR(Change(db,
                               "INSERT INTO record_matters (matter, entry) SELECT matter, ?1 FROM record_matters "
                               "WHERE entry = ?2 ON CONFLICT DO NOTHING",
                               said, numbers[i]));
      }
    }
  }
  RETURN_IF_ERROR(Change(db, "DELETE FROM record_gone"));
  return {};
}

Result<void> ForgetTexts(store::Connection& db, const std::vector<std::int64_t>& numbers) {
  for (const std::int64_t number : numbers) {
    ASSIGN_OR_RETURN(const std::int64_t gone, Change(db, "DELETE FROM record_texts WHERE entry = ?", number));
    if (gone == 0) continue;
    RETURN_IF_ERROR(
        Change(db, "INSERT INTO record_gone (what, document, entry) VALUES ('conversation', '', ?)", number));
  }
  return {};
}

Result<Head> HeadNow(store::Connection& db) {
  Head head;
  ASSIGN_OR_RETURN(head.size, SizeOf(db));
  ASSIGN_OR_RETURN(head.root, RootOf(static_cast<std::uint64_t>(head.size), NodesOf(db)));
  return head;
}

std::string HeadText(const Head& head) {
  return std::to_string(head.size) + ":" + HexOf(head.root);
}

Result<Head> ReadHead(std::string_view text) {
  Head head;
  const std::size_t colon = text.find(':');
  const std::string_view size = text.substr(0, colon);
  const auto [end, failed] = std::from_chars(size.data(), size.data() + size.size(), head.size);
  const std::optional<Hash> root =
      colon == std::string_view::npos ? std::nullopt : HashFrom(text.substr(std::min(colon + 1, text.size())));
  if (failed != std::errc() || end != size.data() + size.size() || head.size < 0 || !root) {
    return Fail(ErrorCode::kInvalidArgument, "'" + std::string(text) + "' is no head of a record.",
                "It is written SIZE:ROOT, as counsel record head prints it.");
  }
  head.root = *root;
  return head;
}

Result<Kept> Find(store::Connection& db, std::int64_t number, std::string_view owner) {
  ASSIGN_OR_RETURN(store::Statement row, Ask(db, std::string(kSelect) + "WHERE e.number = ?", number));
  ASSIGN_OR_RETURN(const bool found, row.Step());
  if (!found || (!owner.empty() && row.Text(1) != owner)) {
    return Fail(ErrorCode::kNotFound, "The record has no entry " + std::to_string(number) + ".",
                "See: counsel record list");
  }
  return ReadKept(row);
}

Result<std::vector<Kept>> ActsOn(store::Connection& db, std::int64_t number) {
  ASSIGN_OR_RETURN(store::Statement rows,
                   Ask(db, std::string(kSelect) + "WHERE e.about = ? AND e.about > 0 ORDER BY e.number", number));
  return ReadAll(std::move(rows));
}

Result<std::vector<Kept>> List(store::Connection& db, const Wanted& wanted) {
  const std::int64_t before = wanted.before > 0 ? wanted.before : INT64_MAX;
  std::string sql(kSelect);
  std::vector<std::string> bound;
  const auto add = [&](const char* condition, const std::string& value) {
    if (value.empty()) return;
    sql += std::string("AND ") + condition + " ";
    bound.push_back(value);
  };
  sql += "WHERE e.number < ? ";
  add("e.number IN (SELECT entry FROM record_matters WHERE matter = ?)", wanted.matter);
  add("e.owner = ?", wanted.owner);
  sql += "ORDER BY e.number DESC LIMIT ?";
  ASSIGN_OR_RETURN(store::Statement rows, Ask(db, sql, before));
  int index = 1;
  for (const std::string& value : bound) rows.Bind(++index, value);
  rows.Bind(++index, wanted.limit);
  ASSIGN_OR_RETURN(std::vector<Kept> found, ReadAll(std::move(rows)));
  if (found.empty() && !wanted.matter.empty()) RETURN_IF_ERROR(documents::MatterId(db, wanted.matter));
  return found;
}

Result<std::vector<Kept>> ListAscending(store::Connection& db, const Ascending& wanted) {
  const bool all = wanted.matter.empty();
  const std::string of_matter = "e.number IN (SELECT entry FROM record_matters WHERE matter = ? AND entry > ?) AND ";
  const std::string sql = std::string(kSelect) + "WHERE " + (all ? std::string() : of_matter) +
                          "e.number > ? AND e.number <= ? ORDER BY e.number LIMIT ?";
  if (all) {
    ASSIGN_OR_RETURN(store::Statement rows, Ask(db, sql, wanted.after, wanted.until, wanted.limit));
    return ReadAll(std::move(rows));
  }
  ASSIGN_OR_RETURN(store::Statement rows,
                   Ask(db, sql, wanted.matter, wanted.after, wanted.after, wanted.until, wanted.limit));
  return ReadAll(std::move(rows));
}

Result<std::vector<Hash>> ProofOf(store::Connection& db, std::int64_t number, std::int64_t size) {
  if (number < 1 || number > size) return Fail(ErrorCode::kInvalidArgument, "The record is not that long.");
  return InclusionProof(static_cast<std::uint64_t>(number - 1), static_cast<std::uint64_t>(size), NodesOf(db));
}

Result<Visible> VisibleDocuments(store::Connection& db, const std::vector<std::string>& matters,
                                 const std::vector<std::string>& documents) {
  std::string sql =
      "SELECT id FROM documents WHERE state = 'ready' AND superseded_by = '' AND matter IN "
      "(SELECT id FROM matters WHERE hidden = 0";
  for (std::size_t i = 0; i < matters.size(); ++i) sql += i == 0 ? " AND name IN (?" : ", ?";
  sql += matters.empty() ? ") ORDER BY id" : ")) ORDER BY id";
  ASSIGN_OR_RETURN(store::Statement rows, db.Prepare(sql));
  int index = 0;
  for (const std::string& matter : matters) rows.Bind(++index, matter);
  Visible visible;
  Sha256 sha;
  for (;;) {
    ASSIGN_OR_RETURN(const bool row, rows.Step());
    if (!row) break;
    const std::string_view id = rows.Text(0);
    if (!documents.empty() && std::find(documents.begin(), documents.end(), id) == documents.end()) continue;
    sha.Update(id);
    sha.Update("\n");
    ++visible.count;
  }
  visible.sha256 = sha.FinishHex();
  return visible;
}

}  // namespace counsel::record
