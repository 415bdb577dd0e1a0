#include "answers/citations.h"

#include <algorithm>
#include <utility>

#include "answers/claims.h"
#include "answers/spoken_to_models.h"
#include "base/utf8.h"
#include "text/sentences.h"
#include "text/tokens.h"

namespace counsel::answers {
namespace {

using judging::Grade;
using text::Sentence;
using text::SplitSentences;
using text::Tokenize;
using text::TokenKind;

judging::Source SourceOf(const Passage& passage) {
  judging::Source source;
  source.name = passage.inside.empty() ? passage.name : passage.name + " " + passage.inside;
  source.heading = passage.heading;
  source.text = passage.text;
  return source;
}

// The passages, by their numbers, and behind them those that only define.
std::vector<judging::Source> SourcesOf(const std::vector<Passage>& passages, const std::vector<Passage>& beside) {
  std::vector<judging::Source> sources;
  for (const Passage& passage : passages) sources.push_back(SourceOf(passage));
  for (const Passage& passage : beside) {
    const auto of_it = [&passage](const Passage& one) { return one.document == passage.document; };
    if (std::none_of(passages.begin(), passages.end(), of_it)) continue;
    sources.push_back(SourceOf(passage));
    sources.back().defines = true;
  }
  return sources;
}

class Resolver {
 public:
  Resolver(std::string_view answer, const std::vector<Passage>& passages, const std::vector<Passage>& beside)
      : answer_(answer),
        blanked_(BlankOutSigns(answer)),
        sentences_(SplitSentences(answer)),
        passages_(passages),
        sources_(SourcesOf(passages, beside)) {
    for (const Passage& passage : passages) words_.push_back(WordsOnly(passage.text));
  }

  ResolvedAnswer Run() {
    for (std::size_t i = 0; i < sentences_.size(); ++i) Resolve(i);
    return std::move(resolved_);
  }

 private:
  [[nodiscard]] std::string_view Blanked(const Sentence& sentence) const {
    return std::string_view(blanked_).substr(sentence.start, sentence.end - sentence.start);
  }

  [[nodiscard]] bool LeadsListIn(std::size_t i) const {
    return std::any_of(sentences_.begin() + static_cast<std::ptrdiff_t>(i), sentences_.end(),
                       [&](const Sentence& other) { return other.lead_in == static_cast<int>(i); });
  }

  void Resolve(std::size_t i) {
    const Sentence& sentence = sentences_[i];
    const std::vector<text::Token> tokens = Tokenize(blanked_, sentence.start, sentence.end);
    AnswerSentence out;
    out.start = sentence.start;
    out.end = sentence.end;
    const bool question = !tokens.empty() && tokens.back().kind == TokenKind::kBreak && tokens.back().key == "?";
    out.needs_support = !sentence.heading && !question && !LeadsListIn(i) && !IsTalk(tokens);
    if (out.needs_support) Judge(sentence, &out);
    resolved_.sentences.push_back(std::move(out));
  }

  // A list item claims what its lead-in and it say together.
  [[nodiscard]] std::string ClaimOf(const Sentence& sentence) const {
    std::string claim(Blanked(sentence));
    if (sentence.lead_in < 0) return claim;
    const Sentence& lead = sentences_[static_cast<std::size_t>(sentence.lead_in)];
    if (IsTalk(Tokenize(blanked_, lead.start, lead.end))) return claim;
    std::string_view words = Blanked(lead);
    while (!words.empty() && (words.back() == ':' || words.back() == ' ')) words.remove_suffix(1);
    return std::string(words) + " " + claim;
  }

  void Judge(const Sentence& sentence, AnswerSentence* out) {
    const std::string_view text = answer_.substr(sentence.start, sentence.end - sentence.start);
    const std::vector<std::size_t> candidates = Candidates(text, &out->why_not);
    if (candidates.empty()) return;
    judging::Verdict verdict = sources_.Judge(ClaimOf(sentence), candidates);
    if (verdict.grade != Grade::kUnsupported &&
        IsSpokenToModels(passages_[verdict.source].text, verdict.start, verdict.end)) {
      verdict.grade = Grade::kUnsupported;
      verdict.reason = "it rests on words of the document that tell whoever answers what to say";
      verdict.differences.clear();
    }
    out->grade = verdict.grade;
    out->supported = verdict.grade == Grade::kSupported;
    out->why_not = std::move(verdict.reason);
    out->differences = std::move(verdict.differences);
    if (verdict.grade != Grade::kUnsupported) AddCitation(verdict, *out);
  }

  std::vector<std::size_t> Candidates(std::string_view text, std::string* why_not) const {
    std::vector<int> marks = MarksOf(text);
    // A number that no passage has names none: the sentence is judged against all.
    std::erase_if(marks, [&](int mark) {
      return std::none_of(passages_.begin(), passages_.end(), [&](const Passage& one) { return one.n == mark; });
    });
    const std::vector<std::string> quotes = QuotesOf(text);
    std::vector<std::size_t> candidates;
    for (std::size_t i = 0; i < passages_.size(); ++i) {
      if (!marks.empty() && std::find(marks.begin(), marks.end(), passages_[i].n) == marks.end()) continue;
      const bool quoted = std::all_of(quotes.begin(), quotes.end(), [&](const std::string& quote) {
        return words_[i].find(quote) != std::string::npos;
      });
      if (quoted) candidates.push_back(i);
    }
    if (candidates.empty()) {
      *why_not = passages_.empty() ? "there are no passages" : "the words it quotes do not stand in a passage";
    }
    return candidates;
  }

  void AddCitation(const judging::Verdict& verdict, const AnswerSentence& sentence) {
    const Passage& passage = passages_[verdict.source];
    const std::string_view text = passage.text;
    const std::int64_t start = passage.start + CountCodePoints(text.substr(0, verdict.start));
    Citation citation = CitationOf(passage, start, text.substr(verdict.start, verdict.end - verdict.start));
    citation.supported = verdict.grade == Grade::kSupported;
    citation.answer_start = sentence.start;
    citation.answer_end = sentence.end;
    resolved_.citations.push_back(std::move(citation));
  }

  std::string_view answer_;
  std::string blanked_;
  std::vector<Sentence> sentences_;
  const std::vector<Passage>& passages_;
  judging::Sources sources_;
  std::vector<std::string> words_;  // of the passages, for quotes
  ResolvedAnswer resolved_;
};

// The page that a code point stands on. A passage may begin on an earlier one.
int PageAt(const Passage& passage, std::int64_t at) {
  int page = passage.page;
  for (const documents::PageStart& next : passage.pages) {
    if (next.start <= at) page = next.page;
  }
  return page;
}

}  // namespace

Citation CitationOf(const Passage& passage, std::int64_t start, std::string_view quote) {
  Citation citation;
  citation.n = passage.n;
  citation.document = passage.document;
  citation.name = passage.name;
  citation.inside = passage.inside;
  citation.ocr_confidence = passage.ocr_confidence;
  citation.start = start;
  citation.end = start + CountCodePoints(quote);
  citation.page = PageAt(passage, citation.start);
  citation.last_page = PageAt(passage, citation.end - 1);
  citation.heading =
      passage.paths.empty() ? passage.heading : std::string(ingest::PathAt(passage.paths, citation.start));
  citation.stands_in = documents::PartsOf(passage.structure, citation.start, citation.end);
  citation.quote = quote;
  return citation;
}

ResolvedAnswer ResolveCitations(std::string_view answer, const std::vector<Passage>& passages,
                                const std::vector<Passage>& beside) {
  return Resolver(answer, passages, beside).Run();
}

}  // namespace counsel::answers
