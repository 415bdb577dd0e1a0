// Chunks: what is embedded, found and cited. Whole units of a text (units.h), about as many as `target` tokens of the
// embedder's, cut where a clause, a paragraph or a heading begins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "documents/extraction.h"
#include "ingest/units.h"

namespace counsel::ingest {

// Code points [start, end) of a document's text.
struct Chunk {
  Chunk() = default;
  std::int64_t start = 0;
  std::int64_t end = 0;
  int page = 0;                             // 0: no pages
  std::shared_ptr<const std::string> path;  // Unit::path of its first; never null
};

// In tokens of the embedder, its special ones not counted.
struct ChunkSizes {
  int target = 160;   // about 120 English words
  int longest = 510;  // that the embedder reads. A sentence of so many is kept whole
};

// Joins units to chunks. Pure; told of ascending units.
class ChunkPacker {
 public:
  // The text must outlive it.
  ChunkPacker(const documents::ExtractedText& text, ChunkSizes sizes);
  // tokens: at most sizes.longest (Divide what has more).
  void Add(const Unit& unit, int tokens);
  // Those that are whole since it was last asked.
  [[nodiscard]] std::vector<Chunk> Take() { return std::exchange(chunks_, {}); }
  // The others. Once, after the last unit.
  [[nodiscard]] std::vector<Chunk> Finish();

 private:
  [[nodiscard]] bool BeginsChunk(const Unit& unit, int tokens) const;
  void EndChunk();
  [[nodiscard]] std::int64_t CodePointAt(std::size_t byte);

  const std::string_view text_;
  const ChunkSizes sizes_;
  const std::vector<std::pair<std::size_t, int>> pages_;
  std::vector<Chunk> chunks_;

  // Being filled.
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  int tokens_ = 0;
  bool any_ = false;
  std::shared_ptr<const std::string> path_;

  std::size_t page_ = 0;
  std::size_t counted_ = 0;
  std::int64_t code_point_ = 0;
};

}  // namespace counsel::ingest
