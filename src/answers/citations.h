// Checked citations: which sentences of an answer the documents support, and by which words. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "documents/parts.h"
#include "ingest/place_paths.h"
#include "judging/judging.h"

namespace counsel::answers {

// A passage of the prompt, as the generator saw it: text is the document's text [start, end), in code points.
struct Passage {
  Passage() = default;
  int n = 0;  // its number in the prompt, from 1
  std::string document;
  std::string name;
  std::string inside;  // the names of what holds it: "letter.eml"; "" for a document that was added by itself
  std::string matter;
  int page = 0;                          // that it begins on; 0: no pages
  std::optional<double> ocr_confidence;  // 0 to 100, of what was read by OCR
  std::int64_t start = 0;
  std::int64_t end = 0;
  std::string heading;
  std::string text;
  std::vector<documents::StructureSpan> structure;  // what overlaps it
  std::vector<documents::PageStart> pages;          // that it stands on
  // The headings above its places; empty where they are not known: then `heading`, of its beginning, is all there is.
  std::vector<ingest::PathFrom> paths;
  double relevance = 0;
  std::string place;  // "clause 17.3": that the question names, and it stands here; "": found by search
};

// Where a sentence of the answer is supported. quote == the document's text [start, end).
struct Citation {
  Citation() = default;
  int n = 0;  // number of the passage
  std::string document;
  std::string name;
  std::string inside;
  int page = 0;       // 0: no pages
  int last_page = 0;  // that it ends on
  std::optional<double> ocr_confidence;
  std::int64_t start = 0;
  std::int64_t end = 0;
  std::string heading;  // above its own characters
  std::vector<documents::Part> stands_in;
  std::string quote;
  bool supported = true;  // false: the sentence it stands behind is only near
  // Bytes of the answer that the sentence spans.
  std::size_t answer_start = 0;
  std::size_t answer_end = 0;
};

struct AnswerSentence {
  AnswerSentence() = default;
  std::size_t start = 0;  // bytes of the answer
  std::size_t end = 0;
  bool needs_support = true;  // false: no claim ("Here is what I found:")
  judging::Grade grade = judging::Grade::kUnsupported;
  bool supported = false;                // the grade is "supported"
  std::string why_not;                   // for one that is not: "the source adds: 'without consent'"
  std::vector<std::string> differences;  // between the sentence and what it was compared with (judging.h)
};

struct ResolvedAnswer {
  ResolvedAnswer() = default;
  std::vector<AnswerSentence> sentences;
  std::vector<Citation> citations;  // in the order of the sentences
};

// A citation of code points [start, start + quote's) of the passage's document.
[[nodiscard]] Citation CitationOf(const Passage& passage, std::int64_t start, std::string_view quote);

// Each sentence of `answer` is judged (judging/judging.h) against the passages that its [n] marks name and that hold
// what it quotes, else against all. A supported or near one has a citation. `beside`: other passages of the same
// documents; what they call things counts, and nothing rests on them.
[[nodiscard]] ResolvedAnswer ResolveCitations(std::string_view answer, const std::vector<Passage>& passages,
                                              const std::vector<Passage>& beside = {});

}  // namespace counsel::answers
