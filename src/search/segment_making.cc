#include "search/segment_making.h"

#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <system_error>
#include <utility>

#include "index/ranking.h"
#include "index/vectors.h"
#include "index/words.h"
#include "search/mapped_words.h"
#include "search/tokenizer.h"

namespace counsel::search {
namespace {

using store::Connection;
using store::Statement;

// Names no other segment there ever was.
std::int64_t NewStamp() {
  std::random_device random;
  return static_cast<std::int64_t>((std::uint64_t{random()} << 32 | random()) >> 1 | 1);
}

// What index::Words knows of columns: those before the last one count twice.
static_assert(kColumnWeights[0] == 2 && kColumnWeights[1] == 2 && kColumnWeights[2] == 1);

// The column's words into the passage, from place `begin` on; how many there are of them one after the other.
std::uint32_t AddColumn(std::string_view text, std::uint32_t weight, std::uint32_t begin, index::WordsBuilder* words) {
  std::uint32_t length = 0;
  for (const Word& word : WordsOf(text)) {
    // A joined one stands where the first one of it does.
    if (!word.joined) ++length;
    words->AddWord(word.folded, weight, begin + length - 1);
  }
  return length;
}

// `first`: the column of the passage's name; its heading and text are those behind it.
void AddPassage(const Statement& rows, int first, index::WordsBuilder* words) {
  std::uint32_t length = 0;
  std::uint32_t begin = 0;
  std::uint32_t doubled = 0;
  for (int column = 0; column < 3; ++column) {
    doubled = begin;
    const std::uint32_t weight = kColumnWeights[static_cast<std::size_t>(column)];
    const std::uint32_t added = AddColumn(rows.Text(first + column), weight, begin, words);
    length += added;
    begin += added + 1;
  }
  words->EndPassage(length, doubled);
}

// A segment that is being written. Files without a row are removed by whoever does not publish it.
class Making {
 public:
  Making(const Index& index, const index::MayGoOn& may_go_on) : index_(index), may_go_on_(may_go_on) {
    row_.stamp = NewStamp();
  }
  ~Making() {
    if (kept_) return;
    std::error_code ignored;
    std::filesystem::remove(index_.WordsFile(row_.stamp), ignored);
    std::filesystem::remove(index_.VectorsFile(row_.stamp), ignored);
  }
  Making(const Making&) = delete;
  Making& operator=(const Making&) = delete;

  [[nodiscard]] std::filesystem::path words_file() const { return index_.WordsFile(row_.stamp); }
  [[nodiscard]] std::uint64_t stamp() const { return static_cast<std::uint64_t>(row_.stamp); }
  SegmentRow& row() { return row_; }
  void SetWords(const index::Written& written) {
    row_.words_bytes = static_cast<std::int64_t>(written.bytes);
    row_.words_checksum = static_cast<std::int64_t>(written.checksum);
  }
  Result<void> WriteVectors(std::size_t dimensions, const index::VectorSource& source) {
    ASSIGN_OR_RETURN(const index::Written written,
                     index::WriteVectors(index_.VectorsFile(row_.stamp), stamp(),
                                         static_cast<std::uint32_t>(row_.passages), dimensions, source, may_go_on_));
    SetVectors(written);
    return {};
  }
  Result<void> MergeVectors(std::span<const index::KeptVectors> parts) {
    ASSIGN_OR_RETURN(const index::Written written,
                     index::MergeVectors(parts, index_.VectorsFile(row_.stamp), stamp(), may_go_on_));
    SetVectors(written);
    return {};
  }
  void ForgetVectors() {
    std::error_code ignored;
    std::filesystem::remove(index_.VectorsFile(row_.stamp), ignored);
    row_.vectors_bytes = row_.vectors_checksum = 0;
  }
  SegmentRow Keep() {
    kept_ = true;
    return row_;
  }

 private:
  void SetVectors(const index::Written& written) {
    row_.vectors_bytes = static_cast<std::int64_t>(written.bytes);
    row_.vectors_checksum = static_cast<std::int64_t>(written.checksum);
  }

  const Index& index_;
  const index::MayGoOn& may_go_on_;
  SegmentRow row_;
  bool kept_ = false;
};

// The vectors of passages as the store has them, all of one model and size or none.
class StoredVectors {
 public:
  void Add(std::int64_t model, std::span<const std::byte> bytes) {
    if (model_ == 0) model_ = model;
    if (count_++ == 0) bytes_ = bytes.size();
    same_ = same_ && model == model_ && bytes.size() == bytes_ && bytes_ > 0 && bytes_ % sizeof(float) == 0;
    if (!same_) return;
    const std::size_t at = values_.size();
    values_.resize(at + bytes_ / sizeof(float));
    std::memcpy(values_.data() + at, bytes.data(), bytes_);
  }
  [[nodiscard]] bool same() const { return same_ && count_ > 0; }
  [[nodiscard]] std::int64_t model() const { return model_; }
  [[nodiscard]] std::size_t dimensions() const { return bytes_ / sizeof(float); }
  void Read(std::uint32_t passage, std::span<float> vector) const {
    std::memcpy(vector.data(), values_.data() + passage * vector.size(), vector.size_bytes());
  }

 private:
  std::vector<float> values_;
  std::int64_t model_ = 0;
  std::size_t bytes_ = 0;
  std::size_t count_ = 0;
  bool same_ = true;
};

// From the rows, passage by passage; what is not there or is another model's ends it.
class RowVectors {
 public:
  static Result<RowVectors> Begin(Connection& db, std::int64_t model) {
    ASSIGN_OR_RETURN(Statement read, db.Prepare("SELECT vector FROM vectors WHERE chunk = ? AND model = ?"));
    return RowVectors(std::move(read), model);
  }
  void Read(std::int64_t passage, std::span<float> vector) {
    read_.Reset();
    Result<bool> row = read_.Bind(1, passage).Bind(2, model_).Step();
    if (!row && !failed_) failed_ = std::move(row.error());
    if (!row || !*row || read_.Blob(0).size() != vector.size_bytes()) {
      complete_ = false;
      std::fill(vector.begin(), vector.end(), 0);
      return;
    }
    std::memcpy(vector.data(), read_.Blob(0).data(), vector.size_bytes());
  }
  [[nodiscard]] bool complete() const { return complete_; }
  [[nodiscard]] const std::optional<Error>& failed() const { return failed_; }

 private:
  RowVectors(Statement read, std::int64_t model) : read_(std::move(read)), model_(model) {}
  Statement read_;
  std::int64_t model_;
  bool complete_ = true;
  std::optional<Error> failed_;
};

Result<std::size_t> DimensionsOf(Connection& db, std::int64_t model) {
  ASSIGN_OR_RETURN(Statement read, db.Prepare("SELECT dimensions FROM embedding_models WHERE id = ?"));
  ASSIGN_OR_RETURN(const bool row, read.Bind(1, model).Step());
  return row ? static_cast<std::size_t>(read.Int(0)) : 0;
}

// All of them have vectors of one model, in one size.
bool Alike(const std::vector<std::shared_ptr<const MappedSegment>>& segments) {
  for (const std::shared_ptr<const MappedSegment>& one : segments) {
    if (!one->vectors || one->row.model != segments.front()->row.model ||
        one->vectors->dimensions() != segments.front()->vectors->dimensions()) {
      return false;
    }
  }
  return true;
}

Result<void> JoinVectors(Connection& db, const std::vector<std::shared_ptr<const MappedSegment>>& segments,
                         const std::vector<index::Kept>& parts, bool anew, Making* making) {
  if (!anew && Alike(segments)) {
    std::vector<index::KeptVectors> kept;
    for (std::size_t i = 0; i < segments.size(); ++i) kept.push_back({&*segments[i]->vectors, parts[i].ranges});
    making->row().model = segments.front()->row.model;
    return making->MergeVectors(kept);
  }
  std::vector<std::int64_t> ids;
  for (const index::Kept& part : parts) {
    for (const index::Range& range : part.ranges) {
      for (std::uint32_t place = range.begin; place < range.end; ++place) ids.push_back(part.words->IdOf(place));
    }
  }
  ASSIGN_OR_RETURN(making->row().model, FirstModel(db, making->row()));
  ASSIGN_OR_RETURN(const std::size_t dimensions, DimensionsOf(db, making->row().model));
  if (dimensions == 0) return {};
  ASSIGN_OR_RETURN(RowVectors rows, RowVectors::Begin(db, making->row().model));
  RETURN_IF_ERROR(
      making->WriteVectors(dimensions, [&](std::uint32_t i, std::span<float> vector) { rows.Read(ids[i], vector); }));
  if (rows.failed()) return Fail(*rows.failed());
  if (!rows.complete()) making->ForgetVectors();
  return {};
}

}  // namespace

Result<std::int64_t> FirstModel(Connection& db, const SegmentRow& row) {
  ASSIGN_OR_RETURN(Statement look,
                   db.Prepare("SELECT model FROM vectors WHERE chunk BETWEEN ? AND ? ORDER BY chunk LIMIT 1"));
  ASSIGN_OR_RETURN(const bool found, look.Bind(1, row.first).Bind(2, row.last).Step());
  return found ? look.Int(0) : 0;
}

Result<std::optional<SegmentRow>> MakeSegment(Connection& db, const Index& index, std::int64_t covered,
                                              std::int64_t until, std::int64_t most, const index::MayGoOn& may_go_on) {
  ASSIGN_OR_RETURN(Statement rows,
                   db.Prepare("SELECT c.id, c.scope, c.document, c.name, c.heading, c.text, v.model, v.vector FROM "
                              "chunks c LEFT JOIN vectors v ON v.chunk = c.id WHERE c.id BETWEEN ? AND ? ORDER BY c.id "
                              "LIMIT ?"));
  rows.Bind(1, covered + 1).Bind(2, until).Bind(3, most);
  Making making(index, may_go_on);
  making.row().first = covered + 1;
  index::WordsBuilder words;
  StoredVectors vectors;
  for (;;) {
    ASSIGN_OR_RETURN(const bool row, rows.Step());
    if (!row) break;
    making.row().last = rows.Int(0);
    words.BeginPassage(rows.Int(0), rows.Int(1), rows.Text(2));
    AddPassage(rows, 3, &words);
    vectors.Add(rows.IsNull(6) ? 0 : rows.Int(6), rows.Blob(7));
    RETURN_IF_ERROR(may_go_on());
  }
  if (words.passages() == 0) return std::optional<SegmentRow>();
  making.row().passages = words.passages();
  ASSIGN_OR_RETURN(const index::Written written, words.Write(making.words_file(), making.stamp()));
  making.SetWords(written);
  making.row().model = vectors.model();
  if (vectors.same() && vectors.model() != 0) {
    RETURN_IF_ERROR(making.WriteVectors(
        vectors.dimensions(), [&vectors](std::uint32_t i, std::span<float> vector) { vectors.Read(i, vector); }));
  }
  return std::optional<SegmentRow>(making.Keep());
}

Result<std::optional<SegmentRow>> MakeRowSegment(Connection& db, const Index& index, std::int64_t covered,
                                                 std::int64_t most, const RowSigns& signs,
                                                 const index::MayGoOn& may_go_on) {
  ASSIGN_OR_RETURN(Statement rows, db.Prepare("SELECT number, scope, document, name, words FROM document_rows WHERE "
                                              "number > ? ORDER BY number LIMIT ?"));
  rows.Bind(1, covered).Bind(2, most);
  Making making(index, may_go_on);
  making.row().first = covered + 1;
  index::WordsBuilder words(false);
  for (;;) {
    ASSIGN_OR_RETURN(const bool row, rows.Step());
    if (!row) break;
    making.row().last = rows.Int(0);
    words.BeginPassage(rows.Int(0), rows.Int(1), rows.Text(2));
    const std::span<const std::byte> packed = rows.Blob(4);
    signs(rows.Text(3), {reinterpret_cast<const char*>(packed.data()), packed.size()},
          [&words](std::string_view sign, std::uint32_t number) { words.AddWord(sign, number, 0); });
    words.EndPassage(1, 0);
    RETURN_IF_ERROR(may_go_on());
  }
  if (words.passages() == 0) return std::optional<SegmentRow>();
  making.row().passages = words.passages();
  ASSIGN_OR_RETURN(const index::Written written, words.Write(making.words_file(), making.stamp()));
  making.SetWords(written);
  return std::optional<SegmentRow>(making.Keep());
}

Result<std::optional<SegmentRow>> JoinSegments(Connection& db, const Index& index,
                                               const std::vector<std::shared_ptr<const MappedSegment>>& segments,
                                               const std::vector<Passages>& gone, bool vectors_anew,
                                               const index::MayGoOn& may_go_on) {
  IndexSnapshot without;
  without.gone = gone;
  std::vector<index::Kept> parts;
  std::int64_t passages = 0;
  for (std::uint32_t i = 0; i < segments.size(); ++i) {
    index::Kept& part = parts.emplace_back();
    part.words = &segments[i]->words;
    part.ranges = without.VisibleOf(*segments[i], Walls());
    for (const index::Range& range : part.ranges) passages += range.end - range.begin;
  }
  if (passages == 0) return std::optional<SegmentRow>();
  Making making(index, may_go_on);
  making.row().first = segments.front()->row.first;
  making.row().last = segments.back()->row.last;
  making.row().passages = passages;
  ASSIGN_OR_RETURN(const index::Written written,
                   index::MergeWords(parts, making.words_file(), making.stamp(), may_go_on));
  making.SetWords(written);
  if (&index.kind() == &kOfPassages) RETURN_IF_ERROR(JoinVectors(db, segments, parts, vectors_anew, &making));
  // What is damaged gets no checksum that says otherwise.
  for (const std::shared_ptr<const MappedSegment>& segment : segments) {
    if (!AsWritten(*segment)) return Fail(ErrorCode::kCorrupt, "A segment of the index is damaged.");
  }
  return std::optional<SegmentRow>(making.Keep());
}

}  // namespace counsel::search
