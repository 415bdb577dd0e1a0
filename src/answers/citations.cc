#include "answers/citations.h"

#include <algorithm>
#include <optional>

#include "answers/alignment.h"
#include "answers/claims.h"
#include "base/utf8.h"
#include "text/sentences.h"
#include "text/tokens.h"

namespace counsel::answers {
namespace {

using text::SplitSentences;
using text::Tokenize;
using text::TokenKind;

// A claim shorter than this is true of too many texts to be checked by its words.
constexpr std::size_t kMinClaimTokens = 3;
constexpr std::size_t kMinClaimWords = 2;

struct Reader {
  const Passage* passage = nullptr;
  SourceText source;
  std::string words;  // for quotes
};

struct Support {
  std::size_t reader = 0;
  SourceText::Span span;
};

bool LongEnough(const std::vector<Token>& claim) {
  std::size_t words = 0;
  std::size_t counted = 0;
  for (const Token& token : claim) {
    words += token.kind == TokenKind::kWord;
    counted += token.kind == TokenKind::kWord || token.kind == TokenKind::kOperator || token.kind == TokenKind::kNumber;
  }
  return words >= kMinClaimWords && counted >= kMinClaimTokens;
}

class Resolver {
 public:
  Resolver(std::string_view answer, const std::vector<Passage>& passages)
      : answer_(answer), blanked_(BlankOutSigns(answer)), sentences_(SplitSentences(answer)) {
    for (const Passage& passage : passages)
      readers_.push_back({&passage, SourceText(passage.text), WordsOnly(passage.text)});
  }

  ResolvedAnswer Run() {
    for (std::size_t i = 0; i < sentences_.size(); ++i) Resolve(i);
    return std::move(resolved_);
  }

 private:
  std::vector<Token> TokensOf(std::size_t i) const {
    return Tokenize(blanked_, sentences_[i].start, sentences_[i].end);
  }

  bool LeadsListIn(std::size_t i) const {
    return std::any_of(sentences_.begin() + static_cast<std::ptrdiff_t>(i), sentences_.end(),
                       [&](const Sentence& other) { return other.lead_in == static_cast<int>(i); });
  }

  void Resolve(std::size_t i) {
    const Sentence& sentence = sentences_[i];
    const std::string_view text = answer_.substr(sentence.start, sentence.end - sentence.start);
    std::vector<Token> claim = TokensOf(i);
    AnswerSentence out;
    out.start = sentence.start;
    out.end = sentence.end;
    const bool question = !claim.empty() && claim.back().kind == TokenKind::kBreak && claim.back().key == "?";
    out.needs_support = !sentence.heading && !question && !LeadsListIn(i) && !IsTalk(claim);
    if (out.needs_support) {
      if (sentence.lead_in >= 0) JoinLeadIn(static_cast<std::size_t>(sentence.lead_in), &claim);
      out.why_not = FindSupport(text, claim, &out);
      out.supported = out.why_not.empty();
    }
    resolved_.sentences.push_back(std::move(out));
  }

  // A list item claims what its lead-in and it say together.
  void JoinLeadIn(std::size_t lead_in, std::vector<Token>* claim) const {
    std::vector<Token> joined = TokensOf(lead_in);
    if (IsTalk(joined)) return;
    joined.insert(joined.end(), claim->begin(), claim->end());
    *claim = std::move(joined);
  }

  // "" when the claim is supported (its citation is added), else why not.
  std::string FindSupport(std::string_view text, const std::vector<Token>& claim, const AnswerSentence* out) {
    std::string why_not;
    const std::vector<std::size_t> candidates = Candidates(text, &why_not);
    if (candidates.empty()) return why_not;
    std::optional<Support> best;
    std::size_t nearest_shared = 0;
    for (const std::size_t index : candidates) {
      const Reader& reader = readers_[index];
      const std::vector<Token> stripped = WithoutAttribution(claim, *reader.passage);
      if (!LongEnough(stripped)) {
        if (why_not.empty()) why_not = "it is too short to be checked";
        continue;
      }
      if (const auto span = reader.source.Find(stripped)) {
        if (!best || span->end - span->start < best->span.end - best->span.start) best = Support{index, *span};
      } else if (const std::size_t shared = reader.source.Shared(stripped);
                 why_not.empty() || shared > nearest_shared) {
        nearest_shared = shared;
        const std::string missing = reader.source.Missing(stripped);
        why_not = missing.empty() ? "no passage says this in one place without more or less"
                                  : missing + " is not in the nearest passage";
      }
    }
    if (!best) return why_not;
    AddCitation(*best, *out);
    return "";
  }

  std::vector<std::size_t> Candidates(std::string_view text, std::string* why_not) const {
    const std::vector<int> marks = MarksOf(text);
    const std::vector<std::string> quotes = QuotesOf(text);
    std::vector<std::size_t> candidates;
    bool marked = false;
    for (std::size_t i = 0; i < readers_.size(); ++i) {
      const Reader& reader = readers_[i];
      if (!marks.empty() && std::find(marks.begin(), marks.end(), reader.passage->n) == marks.end()) continue;
      marked = true;
      const bool quoted = std::all_of(quotes.begin(), quotes.end(), [&](const std::string& quote) {
        return reader.words.find(quote) != std::string::npos;
      });
      if (quoted) candidates.push_back(i);
    }
    if (candidates.empty()) {
      *why_not = readers_.empty() ? "there are no passages"
                 : !marked        ? "there is no passage with the number it cites"
                                  : "the words it quotes do not stand in a passage";
    }
    return candidates;
  }

  void AddCitation(const Support& support, const AnswerSentence& sentence) {
    const Passage& passage = *readers_[support.reader].passage;
    const std::string_view text = passage.text;
    const std::int64_t start = passage.start + CountCodePoints(text.substr(0, support.span.start));
    Citation citation =
        CitationOf(passage, start, text.substr(support.span.start, support.span.end - support.span.start));
    citation.answer_start = sentence.start;
    citation.answer_end = sentence.end;
    resolved_.citations.push_back(std::move(citation));
  }

  std::string_view answer_;
  std::string blanked_;
  std::vector<Sentence> sentences_;
  std::vector<Reader> readers_;
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

ResolvedAnswer ResolveCitations(std::string_view answer, const std::vector<Passage>& passages) {
  return Resolver(answer, passages).Run();
}

}  // namespace counsel::answers
