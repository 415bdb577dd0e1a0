#include "answers/nearest_sentence.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <set>
#include <utility>

#include "base/utf8.h"
#include "models/model_client.h"
#include "search/words.h"
#include "text/sentences.h"

namespace counsel::answers {
namespace {

using text::Sentence;
using text::SplitSentences;

namespace asio = boost::asio;

constexpr std::size_t kShortestSentence = 25;  // bytes
constexpr std::size_t kShortestRow = 8;        // the rest of what it means stands in the first row
constexpr std::size_t kLongestSentence = 1500;
constexpr std::chrono::minutes kLoadTimeout{5};
// What a whole question's words weigh against cosine: the ratio in which relevance weighs the two (docs/relevance.md).
constexpr double kCoverageWeight = 0.46;

double Coverage(const search::QueryWords& question, const std::string& sentence) {
  if (question.terms.empty()) return 0;
  std::set<std::string> there;
  search::ForEachWord(sentence, [&there](std::string_view folded, std::size_t, std::size_t) { there.emplace(folded); });
  const auto found = std::count_if(question.terms.begin(), question.terms.end(), [&there](const search::Term& term) {
    return std::any_of(term.folded.begin(), term.folded.end(),
                       [&there](const std::string& word) { return there.count(word) > 0; });
  });
  return static_cast<double>(found) / static_cast<double>(question.terms.size());
}

bool IsRow(const Citation& citation) {
  return std::any_of(citation.stands_in.begin(), citation.stands_in.end(),
                     [](const documents::Part& part) { return part.whole && part.kind == "table_row"; });
}

}  // namespace

std::string ComparedText(const Citation& sentence, const std::vector<Passage>& passages) {
  constexpr std::int64_t kBetweenRows = 2;  // code points: a blank line
  if (!IsRow(sentence)) return sentence.quote;
  for (const Passage& passage : passages) {
    if (passage.document != sentence.document || passage.start > sentence.start || sentence.end > passage.end) continue;
    const documents::StructureSpan* first = nullptr;  // row of the table
    std::int64_t end = 0;
    for (const documents::StructureSpan& span : passage.structure) {
      if (span.kind != "table_row" || span.start < passage.start || span.start > sentence.start) continue;
      if (first == nullptr || span.start > end + kBetweenRows) first = &span;
      end = span.end;
    }
    if (first == nullptr || first->end > sentence.start) break;  // it is the first itself
    const std::string_view row =
        SliceCodePoints(passage.text, first->start - passage.start, first->end - passage.start);
    if (row.size() > kLongestSentence) break;
    return std::string(row) + "\n" + sentence.quote;
  }
  return sentence.quote;
}

std::vector<Citation> QuotableSentences(const std::vector<Passage>& passages, std::size_t most) {
  std::vector<Citation> sentences;
  for (const Passage& passage : passages) {
    std::size_t read = 0;  // bytes of the passage, and the code points in them
    std::int64_t position = passage.start;
    for (const Sentence& sentence : SplitSentences(passage.text)) {
      const std::size_t length = sentence.end - sentence.start;
      if (sentence.heading || length < kShortestRow || length > kLongestSentence) continue;
      if (sentences.size() == most) return sentences;
      const std::string_view text = passage.text;
      position += static_cast<std::int64_t>(CountCodePoints(text.substr(read, sentence.start - read)));
      read = sentence.start;
      Citation citation = CitationOf(passage, position, text.substr(sentence.start, length));
      if (length < kShortestSentence && !IsRow(citation)) continue;
      sentences.push_back(std::move(citation));
    }
  }
  return sentences;
}

asio::awaitable<Result<std::optional<Citation>>> NearestSentence(const std::string& question,
                                                                 const std::vector<Passage>& passages,
                                                                 const std::string& embedder, models::ModelPool& pool) {
  std::vector<Citation> sentences = QuotableSentences(passages, kComparedSentences);
  if (sentences.empty()) co_return std::optional<Citation>();
  Result<models::Lease> lease = co_await pool.Acquire(embedder, kLoadTimeout);
  if (!lease) co_return Fail(std::move(lease.error()));
  const std::vector<std::string> asked(1, question);
  Result<models::Embeddings> wanted = co_await models::Embed(*lease, asked, true);
  if (!wanted) co_return Fail(std::move(wanted.error()));
  std::vector<std::string> texts;
  for (const Citation& sentence : sentences) texts.push_back(ComparedText(sentence, passages));
  Result<models::Embeddings> vectors = co_await models::Embed(*lease, texts, false);
  if (!vectors) co_return Fail(std::move(vectors.error()));

  const search::QueryWords words = search::ReadQuestion(question);
  std::size_t nearest = 0;
  double best = -2;
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    const auto row = vectors->values.begin() + static_cast<std::ptrdiff_t>(i * vectors->dimensions);
    const double cosine = std::inner_product(wanted->values.begin(), wanted->values.end(), row, 0.0);
    const double score = cosine + kCoverageWeight * Coverage(words, texts[i]);
    if (score <= best) continue;
    best = score;
    nearest = i;
  }
  co_return std::optional<Citation>(std::move(sentences[nearest]));
}

}  // namespace counsel::answers
