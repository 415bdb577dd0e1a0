#include "upkeep/check.h"

#include <cmath>
#include <cstring>
#include <set>
#include <utility>

#include "base/utf8.h"
#include "documents/statements.h"
#include "search/search.h"
#include "upkeep/files.h"

namespace counsel::upkeep {
namespace {

using documents::Ask;
using documents::Document;
using documents::DocumentState;
using store::Connection;
using store::Statement;

// A vector's length may differ from 1 by rounding.
constexpr double kUnitTolerance = 1e-3;
constexpr std::string_view kAgain = "Add the file again: counsel add PATH";

class Check {
 public:
  Check(Connection& db, const documents::Originals& originals, bool repair, const Report& report)
      : db_(db), originals_(originals), repair_(repair), tell_(report) {}

  Result<CheckReport> Run() {
    if (Result<void> told = Tell(tell_, 0, "the database"); !told) return Fail(std::move(told.error()));
    if (Result<void> done = CheckDatabase(); !done) return Fail(std::move(done.error()));
    documents::ListOptions all;
    all.superseded = true;
    Result<std::vector<Document>> documents = documents::ListDocuments(db_, all);
    if (!documents) return Fail(std::move(documents.error()));
    result_.documents = static_cast<std::int64_t>(documents->size());
    for (std::size_t i = 0; i < documents->size(); ++i) {
      const double share = 0.1 + 0.8 * static_cast<double>(i) / static_cast<double>(documents->size());
      if (Result<void> told = Tell(tell_, share, (*documents)[i].name); !told) return Fail(std::move(told.error()));
      if (Result<void> done = CheckDocument((*documents)[i]); !done) return Fail(std::move(done.error()));
    }
    if (Result<void> told = Tell(tell_, 0.9, "the indexes"); !told) return Fail(std::move(told.error()));
    if (Result<void> done = CheckOrphans(*documents); !done) return Fail(std::move(done.error()));
    if (Result<void> done = CheckWords(); !done) return Fail(std::move(done.error()));
    return std::move(result_);
  }

 private:
  Finding& Found(const Document* document, std::string what) {
    Finding finding;
    if (document != nullptr) {
      finding.document = document->id;
      finding.name = document->name;
    }
    finding.what = std::move(what);
    result_.findings.push_back(std::move(finding));
    return result_.findings.back();
  }

  Result<void> CheckDatabase() {
    Result<Statement> rows = db_.Prepare("PRAGMA integrity_check(20)");
    if (!rows) return Fail(std::move(rows.error()));
    for (;;) {
      Result<bool> row = rows->Step();
      if (!row) return Fail(std::move(row.error()));
      if (!*row) return {};
      if (rows->Text(0) == "ok") continue;
      Found(nullptr, "The database is damaged: " + std::string(rows->Text(0))).next_step =
          "Restore a backup: counsel restore FOLDER";
    }
  }

  // The original, then what was made of it.
  Result<void> CheckDocument(const Document& document) {
    const Result<Digest> digest = DigestOf(originals_.PathOf(document.sha256));
    const bool good = digest && digest->sha256 == document.sha256;
    if (digest) result_.original_bytes += digest->bytes;
    if (!digest) Found(&document, "Its original cannot be read: " + digest.error().message).next_step = kAgain;
    if (digest && !good) Found(&document, "Its original was changed or is damaged.").next_step = kAgain;
    if (document.state != DocumentState::kReady || !document.superseded_by.empty()) return {};

    Result<std::string> wrong = WrongInIndex(document);
    if (!wrong) return Fail(std::move(wrong.error()));
    if (wrong->empty()) return {};
    Finding& finding = Found(&document, *wrong);
    finding.repairable = good;
    if (!good) finding.next_step = kAgain;
    if (!repair_ || !good) return {};
    Result<void> queued = store::InTransaction(db_, true, [&](Connection& db) -> Result<void> {
      if (Result<void> removed = search::RemoveDocument(db, document.id); !removed) return removed;
      return documents::QueueAgain(db, document.id);
    });
    if (!queued) return queued;
    finding.repaired = true;
    return {};
  }

  // "" when text, passages and vectors of a ready document agree.
  Result<std::string> WrongInIndex(const Document& document) {
    const Result<documents::ExtractedText> text = documents::GetText(db_, document.id);
    if (!text && text.error().code == ErrorCode::kNotFound) return std::string("Its text is not there.");
    if (!text) return Fail(text.error());
    if (static_cast<std::int64_t>(CountCodePoints(text->text)) != document.characters) {
      return std::string("Its text is not as long as it was.");
    }
    Result<Statement> rows = Ask(db_,
                                 "SELECT c.start, c.\"end\", c.text, v.vector, m.dimensions FROM chunks c "
                                 "LEFT JOIN vectors v ON v.chunk = c.id LEFT JOIN embedding_models m ON m.id = v.model "
                                 "WHERE c.document = ? ORDER BY c.ordinal",
                                 document.id);
    if (!rows) return Fail(std::move(rows.error()));
    std::int64_t count = 0;
    // Passages are in order, so the text is walked through once.
    std::string_view rest = text->text;
    std::int64_t at = 0;
    for (;; ++count) {
      Result<bool> row = rows->Step();
      if (!row) return Fail(std::move(row.error()));
      if (!*row) break;
      const std::int64_t start = rows->Int(0);
      const std::int64_t end = rows->Int(1);
      if (start < at || end < start || end > document.characters)
        return std::string("A passage lies outside its text.");
      rest.remove_prefix(ByteOffset(rest, start - at));
      at = start;
      if (rest.substr(0, ByteOffset(rest, end - start)) != rows->Text(2)) {
        return std::string("A passage differs from its text.");
      }
      if (rows->IsNull(3)) return std::string("A passage has no vector.");
      if (!IsVector(rows->Blob(3), rows->Int(4))) return std::string("A passage's vector is damaged.");
    }
    result_.chunks += count;
    if (count != document.chunks) {
      return "It has " + std::to_string(count) + " passages where there were " + std::to_string(document.chunks) + ".";
    }
    return std::string();
  }

  static bool IsVector(std::span<const std::byte> blob, std::int64_t dimensions) {
    if (static_cast<std::int64_t>(blob.size()) != dimensions * static_cast<std::int64_t>(sizeof(float))) return false;
    double sum = 0;
    for (std::size_t i = 0; i + sizeof(float) <= blob.size(); i += sizeof(float)) {
      float value = 0;
      std::memcpy(&value, blob.data() + i, sizeof value);
      sum += static_cast<double>(value) * static_cast<double>(value);
    }
    return std::abs(sum - 1) < kUnitTolerance;
  }

  // Passages and originals of documents that are not there, or should have none.
  Result<void> CheckOrphans(const std::vector<Document>& documents) {
    Result<Statement> rows = db_.Prepare(
        "SELECT DISTINCT document FROM chunks WHERE document NOT IN "
        "(SELECT id FROM documents WHERE state = 'ready' AND superseded_by = '')");
    if (!rows) return Fail(std::move(rows.error()));
    std::vector<std::string> orphans;
    for (;;) {
      Result<bool> row = rows->Step();
      if (!row) return Fail(std::move(row.error()));
      if (!*row) break;
      orphans.emplace_back(rows->Text(0));
    }
    rows->Reset();
    for (const std::string& id : orphans) {
      Finding& finding = Found(nullptr, "There are passages of a document that is not there (" + id + ").");
      finding.repairable = true;
      if (!repair_) continue;
      Result<void> removed =
          store::InTransaction(db_, true, [&](Connection& db) { return search::RemoveDocument(db, id); });
      if (!removed) return removed;
      finding.repaired = true;
    }
    std::set<std::string> known;
    for (const Document& document : documents) known.insert(document.sha256);
    std::size_t unknown = 0;
    for (const std::string& sha256 : originals_.List()) unknown += known.contains(sha256) ? 0 : 1;
    if (unknown == 0) return {};
    Finding& finding = Found(nullptr, std::to_string(unknown) + " originals belong to no document.");
    finding.repairable = true;
    if (!repair_) return {};
    if (Result<void> removed = documents::RemoveUnreferenced(db_, originals_); !removed) return removed;
    finding.repaired = true;
    return {};
  }

  // FTS5 compares its own index with the passages.
  Result<void> CheckWords() {
    const Result<void> same = db_.Execute("INSERT INTO chunk_words (chunk_words, rank) VALUES ('integrity-check', 1)");
    if (same) return {};
    if (same.error().code != ErrorCode::kCorrupt) return Fail(same.error());
    Finding& finding = Found(nullptr, "The keyword index differs from the passages.");
    finding.repairable = true;
    if (!repair_) return {};
    Result<void> rebuilt = db_.Execute("INSERT INTO chunk_words (chunk_words) VALUES ('rebuild')");
    if (!rebuilt) return rebuilt;
    finding.repaired = true;
    return {};
  }

  Connection& db_;
  const documents::Originals& originals_;
  const bool repair_;
  const Report& tell_;
  CheckReport result_;
};

}  // namespace

Result<CheckReport> CheckStore(Connection& db, const documents::Originals& originals, bool repair,
                               const Report& report) {
  return Check(db, originals, repair, report).Run();
}

}  // namespace counsel::upkeep
