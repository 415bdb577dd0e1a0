#include "record/export.h"

#include <utility>

#include "documents/documents.h"
#include "documents/statements.h"

namespace counsel::record {
namespace {

using documents::Ask;
using documents::Number;

constexpr std::int64_t kAtOnce = 200;  // entries in one piece: some MiB at most

}  // namespace

Result<std::string> Export::Next(store::Connection& db) {
  if (!begun_) return Begin(db);
  ASSIGN_OR_RETURN(const std::vector<Kept> some, Some(db));
  if (some.empty()) {
    RETURN_IF_ERROR(Conclude());
    return std::string();
  }
  std::string lines;
  for (const Kept& kept : some) {
    ASSIGN_OR_RETURN(const std::string line, LineOf(db, kept));
    lines += line;
    last_ = kept.number;
    --untold_;
  }
  return lines;
}

Result<std::string> Export::Begin(store::Connection& db) {
  begun_ = true;
  ASSIGN_OR_RETURN(head_, HeadNow(db));
  std::int64_t entries = head_.size;
  if (!matter_.empty()) {
    ASSIGN_OR_RETURN(entries, Number(db, "SELECT count(*) FROM record_matters WHERE matter = ? AND entry <= ?", matter_,
                                     head_.size));
    if (entries == 0) {
      RETURN_IF_ERROR(documents::MatterId(db, matter_));
      return Fail(ErrorCode::kNotFound, "The record has nothing of a matter '" + matter_ + "'.",
                  "See: counsel record list, counsel matters");
    }
  }
  untold_ = entries;
  const Json header = {{"counsel_record", 1},
                       {"entries", entries},
                       {"head", {{"root", HexOf(head_.root)}, {"size", head_.size}}},
                       {"matter", matter_.empty() ? Json(nullptr) : Json(matter_)}};
  return Canonical(header) + "\n";
}

Result<std::vector<Kept>> Export::Some(store::Connection& db) {
  Ascending wanted;
  wanted.matter = matter_;
  wanted.after = last_;
  wanted.until = head_.size;
  wanted.limit = kAtOnce;
  return ListAscending(db, wanted);
}

Result<std::string> Export::LineOf(store::Connection& db, const Kept& kept) {
  const Hash leaf = LeafHash(kept.entry);
  // Put together by hand: the entry stands in it byte for byte.
  std::string line = "{\"entry\":" + kept.entry + ",\"leaf\":\"" + HexOf(leaf) + "\"";
  if (matter_.empty()) {
    edge_.Add(leaf, [](std::uint64_t, const Hash&) {});
    line += ",\"root\":\"" + HexOf(edge_.Root()) + "\"";
  } else {
    ASSIGN_OR_RETURN(const std::vector<Hash> proof, ProofOf(db, kept.number, head_.size));
    Json hashes = Json::array();
    for (const Hash& hash : proof) hashes.push_back(HexOf(hash));
    line += ",\"proof\":" + Canonical(hashes);
  }
  if (IsDeletion(kept.entry)) {
    if (const auto numbers = DeletedBy(kept.entry)) {
      for (const std::int64_t number : *numbers) gone_.erase(number);
    }
  }
  std::int64_t matters = 1;
  if (!matter_.empty()) {
    ASSIGN_OR_RETURN(matters, Number(db, "SELECT count(*) FROM record_matters WHERE entry = ?", kept.number));
  }
  if (!kept.texts) {
    if (!DigestsIn(kept.entry).empty()) gone_.insert(kept.number);
  } else if (matters > 1) {
    line += ",\"withheld\":true";
  } else {
    line += ",\"salt\":\"" + kept.texts->salt + "\",\"texts\":" + Canonical(Json(kept.texts->texts));
  }
  return line + "}\n";
}

Result<void> Export::Conclude() {
  if (gone_.empty() && untold_ == 0) return {};
  return Fail(ErrorCode::kUnavailable, "Texts were deleted while the record was exported.", "Export it again.");
}

}  // namespace counsel::record
