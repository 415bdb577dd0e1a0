#include "search/nearest.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <utility>

#include "index/vectors.h"
#include "search/mapped_index.h"

namespace counsel::search {
namespace {

// One binary for every x86-64: the loader picks the widest form that this processor has. Sanitizers instrument the
// picking itself, before they are ready for it.
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define COUNSEL_WIDEST_VECTORS __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define COUNSEL_WIDEST_VECTORS
#endif

// A float where SQLite left it.
using UnalignedFloat = float __attribute__((aligned(1), may_alias));

// 32 sums side by side: what lets the compiler vectorise without leave to reorder one sum.
COUNSEL_WIDEST_VECTORS
float DotOf(const float* a, const UnalignedFloat* b, std::size_t size) {
  constexpr std::size_t kLanes = 32;
  float sums[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= size; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += a[i + lane] * b[i + lane];
  }
  float rest = 0;
  for (; i < size; ++i) rest += a[i] * b[i];
  for (std::size_t width = kLanes / 2; width > 0; width /= 2) {
    for (std::size_t lane = 0; lane < width; ++lane) sums[lane] += sums[lane + width];
  }
  return sums[0] + rest;
}

bool Better(const Neighbour& a, const Neighbour& b) {
  return a.cosine != b.cosine ? a.cosine > b.cosine : a.chunk < b.chunk;
}

// The best `limit` of what it is shown. Nothing is allocated after the first `limit`.
class Best {
 public:
  explicit Best(std::size_t limit) : limit_(limit) { heap_.reserve(limit); }

  void Show(Neighbour neighbour) {
    if (heap_.size() < limit_) {
      heap_.push_back(neighbour);
      std::push_heap(heap_.begin(), heap_.end(), Better);
    } else if (!heap_.empty() && Better(neighbour, heap_.front())) {
      std::pop_heap(heap_.begin(), heap_.end(), Better);
      heap_.back() = neighbour;
      std::push_heap(heap_.begin(), heap_.end(), Better);
    }
  }

  std::vector<Neighbour> Take() {
    std::sort_heap(heap_.begin(), heap_.end(), Better);
    return std::move(heap_);
  }

 private:
  std::size_t limit_;
  std::vector<Neighbour> heap_;  // the worst on top
};

std::string Placeholders(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += i == 0 ? "?" : ",?";
  return text;
}

}  // namespace

bool Walls::Sees(std::int64_t chunk) const {
  if (unseen.Holds(chunk)) return false;
  if (only && !std::binary_search(only->begin(), only->end(), chunk)) return false;
  return hidden.empty() || !std::binary_search(hidden.begin(), hidden.end(), chunk);
}

std::string Walls::Condition(std::string_view table) const {
  std::string condition;
  const std::string prefix(table);
  if (!scopes.empty()) condition = prefix + ".scope IN (" + Placeholders(scopes.size()) + ")";
  if (!documents.empty()) {
    if (!condition.empty()) condition += " AND ";
    condition += prefix + ".document IN (" + Placeholders(documents.size()) + ")";
  }
  return condition.empty() ? "1" : condition;
}

void Walls::Bind(store::Statement& statement, int first) const {
  for (std::int64_t scope : scopes) statement.Bind(first++, scope);
  for (const std::string& document : documents) statement.Bind(first++, document);
}

float Dot(std::span<const float> a, std::span<const std::byte> b) {
  return DotOf(a.data(), reinterpret_cast<const UnalignedFloat*>(b.data()), a.size());
}

bool IsUnitVector(std::span<const float> vector) {
  constexpr double kTolerance = 0.01;
  double squares = 0;
  for (float value : vector) squares += static_cast<double>(value) * value;
  // False for NaN and infinity too.
  return std::abs(squares - 1) < kTolerance;
}

Result<std::int64_t> CheckModel(store::Connection& db, std::string_view model, std::size_t dimensions) {
  Result<store::Statement> read = db.Prepare(
      "SELECT m.id, m.dimensions FROM embedding_models m "
      "WHERE m.name = ? AND EXISTS (SELECT 1 FROM vectors v WHERE v.model = m.id)");
  if (!read) return Fail(std::move(read.error()));
  read->Bind(1, model);
  Result<bool> row = read->Step();
  if (!row) return Fail(std::move(row.error()));
  if (!*row) return 0;
  if (read->Int(1) != static_cast<std::int64_t>(dimensions)) {
    return Fail(ErrorCode::kInvalidArgument,
                "The question's vector has " + std::to_string(dimensions) + " values, those of the index ('" +
                    std::string(model) + "') have " + std::to_string(read->Int(1)) + ".",
                "Check that the model file is the one that the catalogue describes.");
  }
  return read->Int(0);
}

namespace {

// So many more than are wanted, by their small forms, are measured by their rows: what a byte a value may have
// misplaced.
constexpr std::size_t kMeasuredMore = 60;

// The rows of passages first to last, from end to end.
Result<void> Scan(store::Connection& db, std::int64_t model, std::span<const float> vector, const Walls& walls,
                  const Passages& ids, Best* best) {
  // All: the table from end to end ('+' keeps the index out). Scopes: their rows by the index. Documents: CROSS JOIN
  // keeps the order of the loops, chunks first, since they are few, and '+' has them found by their documents.
  const std::string sql =
      walls.documents.empty()
          ? std::string("SELECT v.chunk, v.vector FROM vectors v WHERE ") + (walls.scopes.empty() ? "+" : "") +
                "v.model = ? AND v.chunk BETWEEN ? AND ? AND " + walls.Condition("v")
          : "SELECT v.chunk, v.vector FROM chunks c CROSS JOIN vectors v ON v.chunk = c.id WHERE v.model = ? AND "
            "+c.id BETWEEN ? AND ? AND " +
                walls.Condition("c");
  Result<store::Statement> rows = db.Prepare(sql);
  if (!rows) return Fail(std::move(rows.error()));
  rows->Bind(1, model).Bind(2, ids.first).Bind(3, ids.last);
  walls.Bind(*rows, 4);
  for (;;) {
    Result<bool> row = rows->Step();
    if (!row) return Fail(std::move(row.error()));
    if (!*row) return {};
    if (!walls.Sees(rows->Int(0))) continue;
    const std::span<const std::byte> bytes = rows->Blob(1);
    if (bytes.size() != vector.size_bytes()) {
      return Fail(ErrorCode::kCorrupt,
                  "A stored vector has " + std::to_string(bytes.size()) + " bytes instead of " +
                      std::to_string(vector.size_bytes()) + ".",
                  "Restore the home from a backup, or add the documents again.");
    }
    best->Show({rows->Int(0), Dot(vector, bytes)});
  }
}

// Of the passages that the files have vectors of this model of.
Result<void> LookInFiles(store::Connection& db, std::int64_t model, std::span<const float> vector,
                         const IndexSnapshot& index, const std::vector<std::vector<index::Range>>& visible,
                         std::size_t count, Best* best) {
  std::uint64_t passages = 0;
  for (const std::vector<index::Range>& ranges : visible) passages += index::SizeOf(ranges);
  if (passages == 0) return {};
  index::Asked asked(vector, count + kMeasuredMore, passages);
  for (std::uint32_t i = 0; i < visible.size(); ++i) {
    if (!visible[i].empty()) asked.Look(*index.segments[i]->vectors, visible[i], i);
  }
  constexpr float kNone = -2;
  std::vector<Neighbour> near;
  for (const index::Near& one : asked.Take()) {
    near.push_back({index.segments[one.segment]->words.IdOf(one.passage), kNone});
  }
  if (Result<void> measured = MeasureCosines(db, model, vector, near); !measured) return measured;
  for (const Neighbour& one : near) {
    if (one.cosine > kNone) best->Show(one);
  }
  return {};
}

}  // namespace

Result<std::vector<Neighbour>> Nearest(store::Connection& db, std::int64_t model, std::span<const float> vector,
                                       const Walls& walls, std::size_t count, const IndexSnapshot* index) {
  Best best(count);
  std::int64_t covered = 0;
  if (index != nullptr) {
    covered = index->covered;
    std::vector<std::vector<index::Range>> visible;
    for (const std::shared_ptr<const MappedSegment>& segment : index->segments) {
      std::vector<index::Range>& ranges = visible.emplace_back();
      const bool has =
          segment->row.model == model && segment->vectors && segment->vectors->dimensions() == vector.size();
      if (has) {
        ranges = index->VisibleOf(*segment, walls);
        continue;
      }
      RETURN_IF_ERROR(Scan(db, model, vector, walls, {segment->row.first, segment->row.last}, &best));
    }
    RETURN_IF_ERROR(LookInFiles(db, model, vector, *index, visible, count, &best));
  }
  RETURN_IF_ERROR(Scan(db, model, vector, walls, {covered + 1, INT64_MAX}, &best));
  return best.Take();
}

Result<void> MeasureCosines(store::Connection& db, std::int64_t model, std::span<const float> vector,
                            std::span<Neighbour> chunks) {
  Result<store::Statement> read = db.Prepare("SELECT vector FROM vectors WHERE chunk = ? AND model = ?");
  if (!read) return Fail(std::move(read.error()));
  for (Neighbour& neighbour : chunks) {
    read->Reset();
    read->Bind(1, neighbour.chunk).Bind(2, model);
    Result<bool> row = read->Step();
    if (!row) return Fail(std::move(row.error()));
    if (*row && read->Blob(0).size() == vector.size_bytes()) neighbour.cosine = Dot(vector, read->Blob(0));
  }
  return {};
}

}  // namespace counsel::search
