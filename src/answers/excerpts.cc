#include "answers/excerpts.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "text/sentences.h"

namespace counsel::answers {
namespace {

constexpr std::size_t kBytesPerToken = 4;   // of English text, roughly
constexpr std::uint32_t kLabelTokens = 20;  // "[3] lease.pdf, page 2, 5. Rent:"
// A model's file that a thread reads so much of in a second, each weight once a token, makes this many tokens: from
// Qwen 1.5B (1.1 GB) at 25 and SmolLM 135M (0.1 GB) at 270 a thread on the machine of docs/performance.md.
constexpr double kBytesPerThreadSecond = 27e9;
constexpr double kFewestTokens = 200;

std::uint32_t TokensOf(const Passage& passage) {
  return static_cast<std::uint32_t>(passage.text.size() / kBytesPerToken) + kLabelTokens;
}

// Code points [start, end) of the passage's document, as a passage of their own.
Passage Cut(const Passage& passage, std::int64_t start, std::int64_t end) {
  Passage part = passage;
  part.start = start;
  part.end = end;
  part.text = SliceCodePoints(passage.text, start - passage.start, end - passage.start);
  if (!passage.paths.empty()) part.heading = ingest::PathAt(passage.paths, start);
  for (const documents::PageStart& page : passage.pages) {
    if (page.start <= start) part.page = page.page;
  }
  return part;
}

// The sentences around each quote, those that touch joined, in the order of the text.
std::vector<Passage> Around(const Passage& passage, const std::vector<const Quote*>& quotes) {
  const std::string_view text = passage.text;
  const std::vector<text::Sentence> sentences = text::SplitSentences(text);
  std::vector<bool> wanted(sentences.size(), false);
  for (const Quote* quote : quotes) {
    const std::size_t byte = ByteOffset(text, quote->citation.start - passage.start);
    for (std::size_t i = 0; i < sentences.size(); ++i) {
      if (sentences[i].start > byte || byte >= sentences[i].end) continue;
      for (std::size_t j = i == 0 ? 0 : i - 1; j < std::min(i + 2, sentences.size()); ++j) wanted[j] = true;
      if (sentences[i].lead_in >= 0) wanted[static_cast<std::size_t>(sentences[i].lead_in)] = true;
    }
  }
  std::vector<Passage> parts;
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    if (!wanted[i]) continue;
    std::size_t last = i;
    while (last + 1 < sentences.size() && wanted[last + 1]) ++last;
    // From the line's beginning: a clause's number or a list's sign stands before its first sentence.
    const std::size_t line = text.rfind('\n', sentences[i].start);
    const std::size_t begin = i > 0 ? std::max(sentences[i - 1].end, line == std::string_view::npos ? 0 : line + 1)
                                    : (line == std::string_view::npos ? 0 : line + 1);
    const std::size_t first = std::min(text.find_first_not_of(" \t\n", begin), sentences[i].start);
    const std::int64_t start = passage.start + CountCodePoints(text.substr(0, first));
    const std::int64_t end = passage.start + CountCodePoints(text.substr(0, sentences[last].end));
    parts.push_back(Cut(passage, start, end));
    i = last;
  }
  return parts;
}

struct Ranked {
  const Passage* passage = nullptr;
  std::size_t best = 0;  // of its quotes; past the last for one without
  std::vector<const Quote*> quotes;
};

std::vector<Ranked> Rank(const std::vector<Passage>& passages, const std::vector<Quote>& quotes) {
  std::vector<Ranked> ranked;
  for (const Passage& passage : passages) {
    Ranked& one = ranked.emplace_back();
    one.passage = &passage;
    one.best = quotes.size();
    for (std::size_t i = 0; i < quotes.size(); ++i) {
      const Citation& quote = quotes[i].citation;
      if (quote.document != passage.document || quote.start < passage.start || quote.end > passage.end) continue;
      one.best = std::min(one.best, i);
      one.quotes.push_back(&quotes[i]);
    }
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) { return a.best < b.best; });
  return ranked;
}

}  // namespace

std::uint32_t ReadableTokens(const models::ModelEntry& model, double tokens_per_second, std::chrono::seconds patience,
                             unsigned threads) {
  if (patience.count() <= 0 || model.remote) return 0;
  double speed = tokens_per_second;
  if (speed <= 0) {
    std::uint64_t bytes = 0;
    for (const models::ModelFile& file : model.files) bytes += file.bytes;
    if (bytes == 0) return 0;
    speed = std::max(1U, threads) * kBytesPerThreadSecond / static_cast<double>(bytes);
  }
  constexpr double kMost = 1e6;
  return static_cast<std::uint32_t>(std::clamp(speed * static_cast<double>(patience.count()), kFewestTokens, kMost));
}

Excerpts MakeExcerpts(const std::vector<Passage>& passages, const std::vector<Quote>& quotes, std::uint32_t tokens) {
  Excerpts excerpts;
  if (tokens == 0) {
    excerpts.passages = passages;
    return excerpts;
  }
  std::uint32_t left = tokens;
  const auto take = [&](Passage passage) {
    left -= std::min(left, TokensOf(passage));
    excerpts.passages.push_back(std::move(passage));
  };
  for (const Ranked& one : Rank(passages, quotes)) {
    if (TokensOf(*one.passage) <= left) {
      take(*one.passage);
      continue;
    }
    bool any = false;
    for (Passage& part : Around(*one.passage, one.quotes)) {
      if (TokensOf(part) > left && !excerpts.passages.empty()) continue;
      any = true;
      take(std::move(part));
    }
    if (!any) excerpts.left_out.push_back(*one.passage);
  }
  if (excerpts.passages.empty() && !passages.empty()) {
    excerpts.passages.push_back(passages.front());
    excerpts.left_out.erase(excerpts.left_out.begin());
  }
  return excerpts;
}

}  // namespace counsel::answers
