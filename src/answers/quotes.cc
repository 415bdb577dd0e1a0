#include "answers/quotes.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <numeric>
#include <optional>
#include <utility>

#include "answers/quote_relations.h"
#include "answers/spoken_to_models.h"
#include "answers/table_rows.h"
#include "base/utf8.h"
#include "ingest/place_paths.h"
#include "models/model_client.h"
#include "text/sentences.h"

namespace counsel::answers {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kShortestSentence = 25;  // bytes
constexpr std::size_t kShortestRow = 8;        // the rest of what it means stands in the first row
constexpr std::size_t kLongestSentence = 4000;
constexpr std::size_t kLongestCompared = 1200;  // its beginning says what a longer one is about
constexpr std::size_t kLongestLeadIn = 400;
constexpr std::chrono::minutes kLoadTimeout{5};

// Best scores further apart than this are no rivals: what is far behind the best is not shown beside it.
constexpr double kFarBehind = 0.35;

// "The price is £350,000.", "Rent is due monthly.": three words or more, one a verb, with a stop behind.
bool IsShortStatement(std::string_view sentence) {
  constexpr std::array<std::string_view, 12> kVerbs = {"is",  "are",  "was", "were", "shall", "must",
                                                       "may", "will", "has", "pays", "ends",  "expires"};
  if (!sentence.ends_with('.')) return false;
  std::size_t words = 0;
  bool says = false;
  for (std::size_t i = 0; i < sentence.size(); ++words) {
    const std::size_t end = std::min(sentence.find(' ', i), sentence.size());
    const std::string_view word = sentence.substr(i, end - i);
    says |= std::find(kVerbs.begin(), kVerbs.end(), word) != kVerbs.end();
    if (end == sentence.size()) says |= word.size() > 4 && word.ends_with("ed.");  // "Gareth Pugh dissented."
    i = end + 1;
  }
  return words >= 3 && says;
}

// Of a page that the question names, what stands on another is not at that place.
bool OnItsPage(const Passage& passage, const Citation& citation) {
  constexpr std::string_view kPage = "page ";
  if (!passage.place.starts_with(kPage)) return true;
  const int page = std::atoi(passage.place.c_str() + kPage.size());
  return page <= 0 || (citation.page <= page && page <= citation.last_page);
}

void Sort(understanding::AnswerKind kind, std::vector<Quote>* quotes) {
  const bool strict = understanding::WantsValue(kind);
  std::stable_sort(quotes->begin(), quotes->end(), [strict](const Quote& a, const Quote& b) {
    if (a.at_place != b.at_place) return a.at_place;
    if (strict && a.of_kind != b.of_kind) return a.of_kind;
    return a.score > b.score;
  });
}

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

// Of an item whose list is led in above its passage: the heading of a clause that ends in a colon does so. "9." is no
// item of the list beneath "8. The Landlord shall:".
std::string LeadInOfPath(std::string_view path, std::string_view text, std::size_t item) {
  const std::size_t last = path.rfind(" > ");
  const std::string_view title = last == std::string_view::npos ? path : path.substr(last + 3);
  if (!title.ends_with(':')) return "";
  const std::size_t line = item == 0 ? std::string_view::npos : text.rfind('\n', item - 1);
  const std::size_t marker = text.find_first_not_of(" \t", line == std::string_view::npos ? 0 : line + 1);
  if (marker < item && IsDigit(text[marker]) && IsDigit(title[0])) return "";
  return std::string(title);
}

// "2.1 The", "17.3.2 “Term”": a numbered line, which no wrapped line looks like.
bool BeginsNumbered(std::string_view line) {
  std::size_t at = 0;
  int dots = 0;
  while (at < line.size() && (IsDigit(line[at]) || line[at] == '.')) dots += line[at++] == '.';
  if (at == 0 || dots == 0 || at + 1 >= line.size() || (line[at] != ' ' && line[at] != '\t')) return false;
  const char next = line[std::min(line.find_first_not_of(" \t", at), line.size() - 1)];
  return !(next >= 'a' && next <= 'z');
}

// Bytes of the sentence that are the heading above it, on a line of its own: "Rent" of "Rent\n2.1 The rent is due."
std::size_t GluedHeading(const Passage& passage, std::int64_t position, std::string_view sentence) {
  constexpr std::size_t kLongestHeading = 100;
  std::size_t skipped = 0;
  for (;;) {
    const std::string_view rest = sentence.substr(skipped);
    const std::size_t line = rest.find('\n');
    if (line == std::string_view::npos || line > kLongestHeading) return skipped;
    const std::size_t next = rest.find_first_not_of(" \t\r\n", line);
    std::string_view title = rest.substr(0, line);
    while (!title.empty() && (title.back() == ' ' || title.back() == '\r' || title.back() == '\t'))
      title.remove_suffix(1);
    if (next == std::string_view::npos || title.empty()) return skipped;
    const std::int64_t below = position + CountCodePoints(sentence.substr(0, skipped + next));
    const std::string path(ingest::PathAt(passage.paths, below));
    const bool is_title = path.ends_with(title) && !title.ends_with('.');
    const bool ends = title.find_first_of(".;:,") != std::string_view::npos;
    if (!is_title && (ends || !BeginsNumbered(rest.substr(next)))) return skipped;
    skipped += next;
  }
}

// A question whose sentences are being compared. All of this process, since one embedder serves all; io thread.
class Comparing {
 public:
  Comparing() { ++running_; }
  ~Comparing() { --running_; }
  Comparing(const Comparing&) = delete;
  Comparing& operator=(const Comparing&) = delete;
  [[nodiscard]] static std::size_t running() { return running_; }

 private:
  static inline std::size_t running_ = 0;
};

}  // namespace

std::vector<Quote> Quotable(const std::vector<Passage>& passages) {
  std::vector<Quote> quotes;
  for (const Passage& passage : passages) {
    const std::string_view text = passage.text;
    std::size_t read = 0;  // bytes of the passage, and the code points in them
    std::int64_t position = passage.start;
    const std::vector<text::Sentence> sentences = text::SplitSentences(text);
    const auto spoken = SpokenToModels(text);
    for (const text::Sentence& sentence : sentences) {
      if (sentence.heading) continue;
      position += CountCodePoints(text.substr(read, sentence.start - read));
      read = sentence.start;
      const std::size_t glued =
          GluedHeading(passage, position, text.substr(sentence.start, sentence.end - sentence.start));
      const std::size_t length = sentence.end - sentence.start - glued;
      if (length < kShortestRow || length > kLongestSentence) continue;
      position += CountCodePoints(text.substr(read, glued));
      read += glued;
      Quote quote;
      quote.citation = CitationOf(passage, position, text.substr(read, length));
      if (glued > 0) {
        // No item of what stands above its heading.
      } else if (sentence.lead_in >= 0) {
        const text::Sentence& lead = sentences[static_cast<std::size_t>(sentence.lead_in)];
        if (lead.end - lead.start <= kLongestLeadIn) quote.lead_in = text.substr(lead.start, lead.end - lead.start);
      } else if (sentence.list_item) {
        quote.lead_in = LeadInOfPath(quote.citation.heading, text, sentence.start);
        if (quote.lead_in.ends_with(quote.citation.quote)) quote.lead_in.clear();  // it is the heading itself
      }
      // A signature is one: "Ann Archer, Director".
      const bool short_one = length < kShortestSentence && quote.lead_in.empty() && passage.place.empty();
      const bool stated = IsShortStatement(quote.citation.quote) || text::IsLabelled(quote.citation.quote);
      if (short_one && !RowOf(quote.citation, passages) && !stated) continue;
      quote.at_place = !passage.place.empty() && OnItsPage(passage, quote.citation);
      quote.strength = passage.relevance;
      quote.spoken_to_models = std::any_of(spoken.begin(), spoken.end(), [read, length](const auto& range) {
        return read < range.second && range.first < read + length;
      });
      quotes.push_back(std::move(quote));
    }
  }
  return quotes;
}

std::string ComparedText(const Quote& quote, const std::vector<Passage>& passages) {
  const Citation& sentence = quote.citation;
  if (!quote.lead_in.empty()) return quote.lead_in + "\n" + sentence.quote;
  const std::optional<TableRow> row = RowOf(sentence, passages);
  return row && !row->header.empty() && row->header.size() <= kLongestCompared ? row->header + "\n" + sentence.quote
                                                                               : sentence.quote;
}

bool Answers(understanding::AnswerKind kind, const std::vector<Quote>& quotes, bool whole) {
  constexpr double kWeak = 0.35;
  if (quotes.empty()) return !understanding::WantsValue(kind);
  return std::any_of(quotes.begin(), quotes.end(), [kind, whole](const Quote& quote) {
    if (quote.at_place) return true;
    if (!quote.about || (whole && quote.strength < kWeak && !quote.mostly)) return false;
    return !understanding::WantsValue(kind) || quote.of_kind ||
           understanding::AnswersInWords(kind, quote.lead_in + " " + quote.citation.quote);
  });
}

asio::awaitable<Result<std::vector<Quote>>> ChooseQuotes(const Wanted& wanted, const std::vector<Passage>& passages,
                                                         const std::string& embedder, models::ModelPool& pool) {
  const Comparing one;
  std::vector<Quote> quotes = Quotable(passages);
  ScoreByWords(wanted, passages, &quotes);
  Sort(wanted.kind, &quotes);
  if (const std::size_t most = SentencesToMeasure(Comparing::running()); quotes.size() > most) quotes.resize(most);
  if (quotes.empty()) co_return quotes;
  if (wanted.vector != nullptr && !wanted.vector->values.empty()) {
    Result<models::Lease> lease = co_await pool.Acquire(embedder, kLoadTimeout);
    if (!lease) co_return Fail(std::move(lease.error()));
    std::vector<std::string> texts;
    for (const Quote& quote : quotes) {
      texts.push_back(RepairUtf8(ComparedText(quote, passages).substr(0, kLongestCompared)));
    }
    Result<models::Embeddings> vectors = co_await models::Embed(*lease, texts, false);
    if (!vectors) co_return Fail(std::move(vectors.error()));
    const std::vector<float>& asked = wanted.vector->values;
    for (std::size_t i = 0; i < quotes.size(); ++i) {
      const auto row = vectors->values.begin() + static_cast<std::ptrdiff_t>(i * vectors->dimensions);
      double cosine = std::inner_product(asked.begin(), asked.end(), row, 0.0);
      // What is asked, beside what it refers to: that one's own answer would be first otherwise.
      const std::vector<float>& last = wanted.last_line;
      if (last.size() == asked.size()) cosine = (cosine + std::inner_product(last.begin(), last.end(), row, 0.0)) / 2;
      quotes[i].score += cosine;
    }
    PutDefinitionsBefore(&quotes);
    Sort(wanted.kind, &quotes);
  }
  // By value: erasing moves them.
  const double best = quotes.front().score;
  const bool of_kind = understanding::WantsValue(wanted.kind) && quotes.front().of_kind;
  const bool at_place = quotes.front().at_place;
  std::erase_if(quotes, [&](const Quote& quote) {
    if (at_place) return !quote.at_place;
    return quote.score < best - kFarBehind || (of_kind && !quote.of_kind);
  });
  if (quotes.size() > kMostQuotes) quotes.resize(kMostQuotes);
  co_return quotes;
}

}  // namespace counsel::answers
