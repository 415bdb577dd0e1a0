// From a text to chunks, sized in the embedder's own tokens.
#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "base/offload.h"
#include "ingest/guarded.h"
#include "ingest/pipeline.h"

namespace counsel::ingest {
namespace {

namespace asio = boost::asio;

// Of one request: the text is walked in windows, so that what is known of it stays small.
constexpr std::size_t kMostUnits = 512;
constexpr std::size_t kMostUnitBytes = std::size_t{64} << 10;
constexpr int kNotCounted = -1;

struct Measured {
  Measured() = default;
  explicit Measured(Unit unit_in) : unit(std::move(unit_in)) {}
  Unit unit;
  int tokens = kNotCounted;
};

std::vector<Measured> NextWindow(UnitReader& reader) {
  std::vector<Measured> window;
  std::size_t bytes = 0;
  Unit unit;
  while (window.size() < kMostUnits && bytes < kMostUnitBytes && reader.Next(&unit)) {
    bytes += unit.end - unit.begin;
    window.emplace_back(unit);
  }
  return window;
}

// The texts of those whose tokens are not known.
std::vector<std::string> NotCounted(std::string_view text, const std::vector<Measured>& window) {
  std::vector<std::string> texts;
  for (const Measured& one : window) {
    if (one.tokens == kNotCounted) texts.emplace_back(text.substr(one.unit.begin, one.unit.end - one.unit.begin));
  }
  return texts;
}

void Take(const TokenCounts& counts, std::vector<Measured>* window) {
  auto next = counts.tokens.begin();
  for (Measured& one : *window) {
    if (one.tokens == kNotCounted) one.tokens = static_cast<int>(std::min<std::uint32_t>(*next++, 1'000'000));
  }
}

// Puts the parts of those that are too long, not counted yet, in their places. What is a single character counts as
// much as fits.
std::vector<Measured> Divided(std::string_view text, int longest, std::vector<Measured> window) {
  std::vector<Measured> divided;
  for (Measured& one : window) {
    std::vector<Unit> parts;
    if (one.tokens > longest) parts = Divide(text, one.unit);
    for (Unit& part : parts) divided.emplace_back(std::move(part));
    if (!parts.empty()) continue;
    one.tokens = std::min(one.tokens, longest);
    divided.push_back(std::move(one));
  }
  return divided;
}

}  // namespace

void Pipeline::TakeChunks(const JobPointer& job, std::vector<Chunk> chunks) {
  if (chunks.empty()) return;
  job->chunks.insert(job->chunks.end(), std::make_move_iterator(chunks.begin()), std::make_move_iterator(chunks.end()));
  if (!job->in_line) Line(job);
  changed_.Give();
}

asio::awaitable<Result<void>> Pipeline::SplitIntoChunks(JobPointer job, const documents::ExtractedText& text) {
  UnitReader reader(text);
  std::optional<ChunkPacker> packer;
  for (;;) {
    auto read = [&reader] { return NextWindow(reader); };
    std::vector<Measured> window = co_await Offload(store_.threads(), read);
    if (window.empty()) break;
    for (std::vector<std::string> texts = NotCounted(text.text, window); !texts.empty();
         texts = NotCounted(text.text, window)) {
      if (Over(*job)) co_return Fail(ErrorCode::kCancelled, "The document is being removed.");
      const std::size_t asked = texts.size();
      Result<TokenCounts> counts = co_await embedding_->CountTokens(std::move(texts));
      if (!counts) co_return Fail(std::move(counts.error()));
      if (counts->tokens.size() != asked || counts->longest < 1) {
        co_return Fail(ErrorCode::kUnavailable, "The embedding model did not count the tokens of every text.");
      }
      Take(*counts, &window);
      if (!packer) {
        ChunkSizes sizes;
        sizes.longest = counts->longest;
        packer.emplace(text, sizes);
      }
      const int longest = counts->longest;
      window = Divided(text.text, longest, std::move(window));
    }
    for (const Measured& one : window) packer->Add(one.unit, one.tokens);
    TakeChunks(job, packer->Take());
  }
  if (packer) TakeChunks(job, packer->Finish());
  co_return Result<void>();
}

}  // namespace counsel::ingest
