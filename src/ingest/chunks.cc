#include "ingest/chunks.h"

#include <algorithm>

#include "base/utf8.h"

namespace counsel::ingest {
namespace {

// White space included; where a tokeniser makes few tokens of much text.
constexpr std::size_t kMostBytes = 8'000;

}  // namespace

ChunkPacker::ChunkPacker(const documents::ExtractedText& text, ChunkSizes sizes)
    : text_(text.text), sizes_(sizes), pages_(PagesByByte(text)) {}

bool ChunkPacker::BeginsChunk(const Unit& unit, int tokens) const {
  const int target = std::min(sizes_.target, sizes_.longest);
  const int most = std::min(target * 5 / 3, sizes_.longest);
  if (!any_ || tokens_ + tokens > most || unit.end - begin_ > kMostBytes) return true;
  if (unit.heading) return tokens_ >= target / 4;
  if (tokens_ >= target) return true;
  if (unit.begins_clause && tokens_ >= target / 2) return true;
  if (unit.begins_paragraph && tokens_ >= target * 5 / 8) return true;
  // Rather end below the target than grow far beyond it.
  return tokens_ >= target / 2 && tokens_ + tokens > target * 4 / 3;
}

void ChunkPacker::Add(const Unit& unit, int tokens) {
  if (BeginsChunk(unit, tokens)) {
    EndChunk();
    begin_ = unit.begin;
    path_ = unit.path;
    any_ = true;
  }
  end_ = unit.end;
  tokens_ += tokens;
}

void ChunkPacker::EndChunk() {
  if (!any_) return;
  Chunk chunk;
  chunk.start = CodePointAt(begin_);
  chunk.end = CodePointAt(end_);
  while (page_ < pages_.size() && pages_[page_].first <= begin_) ++page_;
  chunk.page = page_ == 0 ? 0 : pages_[page_ - 1].second;
  chunk.path = std::move(path_);
  chunks_.push_back(std::move(chunk));
  any_ = false;
  tokens_ = 0;
}

std::vector<Chunk> ChunkPacker::Finish() {
  EndChunk();
  return std::move(chunks_);
}

// Asked for ascending bytes only.
std::int64_t ChunkPacker::CodePointAt(std::size_t byte) {
  code_point_ += CountCodePoints(text_.substr(counted_, byte - counted_));
  counted_ = byte;
  return code_point_;
}

}  // namespace counsel::ingest
