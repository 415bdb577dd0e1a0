#include "upkeep/check.h"

#include <chrono>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>
#include <type_traits>
#include <unordered_set>
#include <utility>

#include "base/utf8.h"
#include "documents/statements.h"
#include "record/verify.h"
#include "search/index_check.h"
#include "search/search.h"
#include "search/unseen.h"
#include "search/word_forms.h"
#include "search/words_check.h"
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

// Documents that are not there, or have failed or been superseded, and have passages that a search finds.
Result<std::vector<std::string>> Orphans(Connection& db) {
  return documents::Texts(db,
                          "SELECT DISTINCT c.document FROM chunks c LEFT JOIN documents d ON d.id = c.document "
                          "WHERE (d.id IS NULL OR d.state = 'failed' OR d.superseded_by <> '') AND NOT EXISTS "
                          "(SELECT 1 FROM unseen u WHERE c.id BETWEEN u.first AND u.last)");
}

class Check {
 public:
  Check(Connection& db, const documents::Originals& originals, const Report& report)
      : db_(db), originals_(originals), tell_(report) {}

  Result<CheckReport> Run() {
    if (Result<void> told = Tell(tell_, 0, "the database"); !told) return Fail(std::move(told.error()));
    if (Result<void> done = CheckDatabase(); !done) return Fail(std::move(done.error()));
    Result<std::vector<std::string>> ids =
        InSnapshot([](Connection& db) { return documents::Texts(db, "SELECT id FROM documents ORDER BY rowid"); });
    if (!ids) return Fail(std::move(ids.error()));
    for (std::size_t i = 0; i < ids->size(); ++i) {
      if (Result<void> done =
              CheckDocument((*ids)[i], 0.1 + 0.7 * static_cast<double>(i) / static_cast<double>(ids->size()));
          !done) {
        return Fail(std::move(done.error()));
      }
    }
    if (Result<void> told = Tell(tell_, 0.8, "the indexes"); !told) return Fail(std::move(told.error()));
    if (Result<void> done = CheckOrphans(); !done) return Fail(std::move(done.error()));
    if (Result<void> done = CheckWords(); !done) return Fail(std::move(done.error()));
    const Result<bool> files = search::IndexFilesAgree(db_);
    if (!files) return Fail(files.error());
    if (!*files) Found(nullptr, "A file of the search index is damaged.", Mend::kRebuildFiles);
    if (Result<void> done = CheckRecord(); !done) return Fail(std::move(done.error()));
    return std::move(result_);
  }

 private:
  template <class Work>
  std::invoke_result_t<Work, Connection&> InSnapshot(Work work) {
    return store::InTransaction(db_, false, std::move(work));
  }

  Finding& Found(const Document* document, std::string what, Mend mend = Mend::kNone) {
    Finding finding;
    if (document != nullptr) {
      finding.document = document->id;
      finding.name = document->name;
    }
    finding.what = std::move(what);
    finding.mend = mend;
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
      if (rows->Text(0).ends_with("error code=7")) {  // SQLITE_NOMEM: nothing is said of the page itself
        return Fail(ErrorCode::kOutOfMemory, "The database could not be checked: there is no memory left.",
                    "Free some memory, then try again.");
      }
      Found(nullptr, "The database is damaged: " + std::string(rows->Text(0))).next_step =
          "Restore a backup: counsel restore FOLDER";
    }
  }

  // The document as it is now; nothing when it has been deleted.
  Result<std::optional<Document>> Now(const std::string& id) {
    Result<Document> document = InSnapshot([&id](Connection& db) { return documents::GetDocument(db, id); });
    if (document) return std::optional<Document>(std::move(*document));
    if (document.error().code == ErrorCode::kNotFound) return std::optional<Document>();
    return Fail(std::move(document.error()));
  }

  // The original, then what was made of it.
  Result<void> CheckDocument(const std::string& id, double share) {
    Result<std::optional<Document>> document = Now(id);
    if (!document) return Fail(std::move(document.error()));
    if (!*document) return {};
    if (Result<void> told = Tell(tell_, share, (*document)->name); !told) return told;
    const std::string sha256 = (*document)->sha256;
    const std::shared_ptr<const void> hold = originals_.Hold(sha256);
    const Result<Digest> digest = DigestOf(originals_.PathOf(sha256));
    const bool good = digest && digest->sha256 == sha256;
    // Deleted since, it need not have one.
    document = Now(id);
    if (!document) return Fail(std::move(document.error()));
    if (!*document) return {};
    ++result_.documents;
    if (digest) result_.original_bytes += digest->bytes;
    if (!digest) Found(&**document, "Its original cannot be read: " + digest.error().message).next_step = kAgain;
    if (digest && !good) Found(&**document, "Its original was changed or is damaged.").next_step = kAgain;
    return CheckIndex(id, good);
  }

  Result<void> CheckIndex(const std::string& id, bool original_is_good) {
    std::optional<Document> document;
    Result<std::string> wrong = InSnapshot([&](Connection& db) -> Result<std::string> {
      Result<Document> now = documents::GetDocument(db, id);
      if (!now && now.error().code == ErrorCode::kNotFound) return std::string();
      if (!now) return Fail(std::move(now.error()));
      document = std::move(*now);
      if (document->state != DocumentState::kReady || !document->superseded_by.empty()) return std::string();
      return WrongInIndex(*document);
    });
    if (!wrong) return Fail(std::move(wrong.error()));
    if (wrong->empty()) return {};
    Finding& finding = Found(&*document, *wrong, original_is_good ? Mend::kReadAgain : Mend::kNone);
    if (!original_is_good) finding.next_step = kAgain;
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
    Result<search::Unseen> unseen = search::Unseen::Load(db_);
    if (!unseen) return Fail(std::move(unseen.error()));
    Result<Statement> rows = Ask(db_,
                                 "SELECT c.start, c.\"end\", c.text, v.vector, m.dimensions, c.id FROM chunks c "
                                 "LEFT JOIN vectors v ON v.chunk = c.id LEFT JOIN embedding_models m ON m.id = v.model "
                                 "WHERE c.document = ? ORDER BY c.ordinal",
                                 document.id);
    if (!rows) return Fail(std::move(rows.error()));
    std::int64_t count = 0;
    // Passages are in order, so the text is walked through once.
    std::string_view rest = text->text;
    std::int64_t at = 0;
    for (;;) {
      Result<bool> row = rows->Step();
      if (!row) return Fail(std::move(row.error()));
      if (!*row) break;
      if (unseen->Holds(rows->Int(5))) continue;
      ++count;
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
  Result<void> CheckOrphans() {
    Result<std::vector<std::string>> orphans = InSnapshot([](Connection& db) { return Orphans(db); });
    if (!orphans) return Fail(std::move(orphans.error()));
    for (const std::string& id : *orphans) {
      Found(nullptr, "There are passages of a document that is not there (" + id + ").", Mend::kRemovePassages)
          .document = id;
    }
    // Looked at again: what is just being deleted has lost its row a moment before its file, and whoever removes it may
    // wait for a processor.
    constexpr int kLooks = 10;
    constexpr std::chrono::milliseconds kBetween{20};
    Result<std::vector<std::string>> strays = Strays(originals_.List());
    for (int look = 1; look < kLooks && strays && !strays->empty(); ++look) {
      std::this_thread::sleep_for(kBetween);
      strays = Strays(std::move(*strays));
    }
    if (!strays) return Fail(std::move(strays.error()));
    if (strays->empty()) return {};
    Found(nullptr, std::to_string(strays->size()) + " originals belong to no document.", Mend::kRemoveOriginals);
    return {};
  }

  // Of these originals, those of no document.
  Result<std::vector<std::string>> Strays(std::vector<std::string> files) {
    // Who holds one first, then rows: what is being added is one of the two.
    std::erase_if(files, [this](const std::string& sha256) { return originals_.Held(sha256); });
    const auto read = [](Connection& db) { return documents::Texts(db, "SELECT DISTINCT sha256 FROM documents"); };
    Result<std::vector<std::string>> rows = InSnapshot(read);
    if (!rows) return rows;
    const std::unordered_set<std::string> known(rows->begin(), rows->end());
    std::erase_if(files, [&](const std::string& sha256) {
      std::error_code ignored;
      return known.contains(sha256) || !std::filesystem::exists(originals_.PathOf(sha256), ignored);
    });
    return files;
  }

  Result<void> CheckRecord() {
    const record::Progress progress = [this](double share) { return Tell(tell_, 0.9 + share / 10, "the record"); };
    const Result<record::Verified> verified = record::Verify(db_, std::nullopt, progress);
    if (!verified) return Fail(verified.error());
    for (const record::Fault& fault : verified->first_faults) {
      const std::string where =
          fault.entry > 0 ? "Entry " + std::to_string(fault.entry) + " of the record: " : "The record: ";
      Found(nullptr, where + fault.what).next_step =
          "All of them: counsel record verify. A backup may have it as it was.";
    }
    return {};
  }

  // FTS5's words compared with those of the passages.
  Result<void> CheckWords() {
    const Result<bool> same = search::WordsAgree(db_);
    if (!same && same.error().code != ErrorCode::kCorrupt) return Fail(same.error());
    if (!same || !*same) Found(nullptr, "The keyword index differs from the passages.", Mend::kRebuildWords);
    return {};
  }

  Connection& db_;
  const documents::Originals& originals_;
  const Report& tell_;
  CheckReport result_;
};

// One finding, on the writer.
Result<void> MendOne(Connection& db, const documents::Originals& originals, const Finding& finding) {
  const std::string& id = finding.document;
  switch (finding.mend) {
    case Mend::kNone:
      return {};
    case Mend::kReadAgain:
      return store::InTransaction(db, true, [&id](Connection& in) -> Result<void> {
        if (Result<void> hidden = search::HideDocument(in, id); !hidden) return hidden;
        return documents::QueueAgain(in, id);
      });
    case Mend::kRemovePassages:
      return store::InTransaction(db, true, [&id](Connection& in) { return search::HideDocument(in, id); });
    case Mend::kRemoveOriginals:
      return documents::RemoveUnreferenced(db, originals);
    case Mend::kRebuildWords:
      return search::RebuildWords(db);
    case Mend::kRebuildFiles:
      return search::ForgetIndexFiles(db);
  }
  return {};
}

}  // namespace

Result<CheckReport> CheckStore(Connection& db, const documents::Originals& originals, const Report& report) {
  return Check(db, originals, report).Run();
}

boost::asio::awaitable<Result<void>> Repair(store::Store& store, const documents::Originals& originals,
                                            CheckReport& report) {
  for (Finding& finding : report.findings) {
    if (finding.mend == Mend::kNone) continue;
    auto mend = [&originals, &finding](Connection& db) { return MendOne(db, originals, finding); };
    Result<void> mended = co_await store.WriteOutside(mend);
    // Deleted meanwhile: mended too.
    if (!mended && mended.error().code != ErrorCode::kNotFound) co_return mended;
    finding.repaired = true;
  }
  auto remove = [](Connection& db) { return search::RemoveHidden(db, store::kPiece); };
  for (bool more = true; more;) {
    Result<bool> removed = co_await store.Write(remove);
    if (!removed) co_return Fail(std::move(removed.error()));
    more = *removed;
  }
  co_return Result<void>();
}

}  // namespace counsel::upkeep
