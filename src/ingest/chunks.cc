// SplitIntoChunks: lines → paragraphs and headings → sentences → chunks. One pass, each byte looked at a bounded number
// of times whatever the text is.
#include <algorithm>
#include <array>
#include <utility>

#include "base/utf8.h"
#include "ingest/headings.h"
#include "ingest/ingest.h"

namespace counsel::ingest {
namespace {

// Weights: an ordinary word weighs 1; a very long one more, and each wide (Chinese, Japanese, Korean) character 1,
// because an embedder sees tokens.
constexpr int kTarget = 120;
constexpr int kMax = 200;
constexpr int kFullEnough = 80;     // a new paragraph begins a new chunk from here on
constexpr int kWorthAHeading = 40;  // a new heading begins a new chunk from here on
constexpr int kOverTarget = 160;    // rather end below the target than grow beyond this
constexpr int kSoftBreak = 60;      // a sentence that is too long is cut at ';' or a line end past this
constexpr int kLettersPerWeight = 16;
constexpr int kLongestWord = 2'000;      // code points
constexpr std::size_t kLookAhead = 256;  // bytes

bool IsWide(char32_t c) {
  return c >= 0x2E80 && (c <= 0xD7FF || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFF00 && c <= 0xFFEF) || c >= 0x20000);
}

bool EndsWideSentence(char32_t c) {
  return c == 0x3002 || c == 0xFF01 || c == 0xFF1F;  // 。！？
}

// A sentence, a piece of one that is too long, or a heading. Bytes; begins and ends with what is not white space.
struct Unit {
  std::size_t begin = 0;
  std::size_t end = 0;
  int weight = 0;
  bool heading = false;
  bool begins_paragraph = false;
};

// "Art. 5", "J. Smith": a full stop that ends no sentence. `word` ends with the stop.
bool IsAbbreviation(std::string_view word) {
  constexpr std::array kAbbreviations = {
      "no",  "nos", "art",  "arts", "sec",    "secs", "s",   "ss",   "v",   "vs",  "para", "paras", "cl",  "ch",
      "pt",  "reg", "regs", "mr",   "mrs",    "ms",   "dr",  "prof", "inc", "ltd", "co",   "corp",  "st",  "cf",
      "p",   "pp",  "vol",  "fig",  "approx", "ed",   "eds", "op",   "cit", "al",  "ibid", "id",    "seq", "jan",
      "feb", "mar", "apr",  "aug",  "sept",   "oct",  "nov", "dec",  "hon", "rev", "jr",   "sr",    "esq"};
  while (!word.empty() && (word.front() == '(' || word.front() == '"' || word.front() == '[')) word.remove_prefix(1);
  word.remove_suffix(1);
  if (word.empty() || word.size() > 12) return false;
  if (word.find('.') != std::string_view::npos) return true;  // "e.g.", "U.S."
  if (word.size() == 1 && word[0] >= 'A' && word[0] <= 'Z') return true;
  std::string lower(word);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return std::find(kAbbreviations.begin(), kAbbreviations.end(), lower) != kAbbreviations.end();
}

// The word ends a sentence, as far as the word itself shows.
bool EndsSentence(std::string_view word) {
  constexpr std::array<std::string_view, 8> kClosers = {"\"", "'", ")", "]", "*", "_", "\xE2\x80\x9D", "\xE2\x80\x99"};
  for (bool stripped = true; stripped;) {
    stripped = false;
    for (std::string_view closer : kClosers) {
      if (!word.ends_with(closer)) continue;
      word.remove_suffix(closer.size());
      stripped = true;
    }
  }
  if (word.empty()) return false;
  if (word.back() == '!' || word.back() == '?') return true;
  return word.back() == '.' && !IsAbbreviation(word);
}

class Splitter {
 public:
  explicit Splitter(const documents::ExtractedText& text)
      : text_(text.text), markdown_(text.media_type == "text/markdown") {
    std::size_t byte = 0;
    std::int64_t code_point = 0;
    for (const documents::PageStart& page : text.pages) {
      byte += ByteOffset(text_.substr(byte), page.start - code_point);
      code_point = page.start;
      pages_.emplace_back(byte, page.page);
    }
    TakeStructure(text.structure);
  }

  std::vector<search::NewChunk> Split() {
    bool after_blank = true;
    bool in_fence = false;  // Markdown's ``` … ```: '#' is no heading there
    std::size_t page = 0;
    for (std::size_t begin = 0; begin < text_.size();) {
      const std::size_t end = LineEnd(begin);
      const std::size_t next = std::min(end + 1, text_.size());
      for (; page < pages_.size() && pages_[page].first <= begin; ++page) after_blank |= pages_[page].first == begin;
      LineContext line;
      line.line = text_.substr(begin, end - begin);
      // Of the next line its beginning is enough: a long one is not walked twice.
      line.next = text_.substr(next, kLookAhead);
      line.next = line.next.substr(0, line.next.find('\n'));
      line.after_blank = after_blank;
      line.markdown = markdown_;
      const bool fence = markdown_ && line.line.starts_with("```");
      if (fence) in_fence = !in_fence;
      after_blank = AddLine(line, begin, end, in_fence || fence);
      begin = end + 1;
    }
    EndParagraph();
    EndChunk();
    return std::move(chunks_);
  }

 private:
  // What the document itself says of a line: kNothing, a paragraph that is no heading, or a heading's level.
  static constexpr int kNothing = -1;
  static constexpr int kNoHeading = 0;

  void TakeStructure(const std::vector<documents::StructureSpan>& structure) {
    std::size_t byte = 0;
    std::int64_t code_point = 0;
    for (const documents::StructureSpan& span : structure) {
      const bool within = span.kind == "insertion" || span.kind == "attachment" || span.kind == "clause";
      if (within) continue;  // of a line, or its number tells as much
      byte += ByteOffset(text_.substr(byte), span.start - code_point);
      code_point = span.start;
      const int level = span.kind == "heading" ? std::clamp(span.level, 1, 6) : kNoHeading;
      // Spans that begin together: a heading wins.
      if (!told_.empty() && told_.back().first == byte) {
        told_.back().second = std::max(told_.back().second, level);
      } else {
        told_.emplace_back(byte, level);
      }
    }
  }

  // Asked for ascending lines.
  int ToldOf(std::size_t begin) {
    while (next_told_ < told_.size() && told_[next_told_].first < begin) ++next_told_;
    return next_told_ < told_.size() && told_[next_told_].first == begin ? told_[next_told_].second : kNothing;
  }

  [[nodiscard]] std::size_t LineEnd(std::size_t from) const { return std::min(text_.find('\n', from), text_.size()); }

  // true when the line was blank.
  bool AddLine(const LineContext& line, std::size_t begin, std::size_t end, bool literal) {
    if (line.line.find_first_not_of(" \t") == std::string_view::npos) {
      EndParagraph();
      return true;
    }
    const int told = ToldOf(begin);
    const int level = told != kNothing ? told : literal ? 0 : HeadingLevel(line);
    if (level > 0) {
      EndParagraph();
      pending_.Enter(level, line.line);
      AddSentences(begin, end, true);
      return markdown_;
    }
    if (told == kNoHeading || IsListItem(line.line)) EndParagraph();
    if (paragraph_end_ == paragraph_begin_) paragraph_begin_ = begin;
    paragraph_end_ = end;
    return false;
  }

  void EndParagraph() {
    if (paragraph_end_ > paragraph_begin_) AddSentences(paragraph_begin_, paragraph_end_, false);
    paragraph_begin_ = paragraph_end_ = 0;
  }

  // A word and what follows it.
  struct Word {
    std::size_t begin = 0;
    std::size_t end = 0;
    int weight = 0;
    bool ends_sentence = false;
    bool before_line_end = false;
  };

  // The next word of [*at, end); false at the end. Cut where it gets too long.
  bool NextWord(std::size_t* at, std::size_t end, Word* word) const {
    std::size_t next = *at;
    char32_t c = 0;
    for (*word = Word(); *at < end; *at = next) {
      c = NextCodePoint(text_, &next);
      if (!IsSpace(c)) break;
    }
    if (*at >= end) return false;
    word->begin = *at;
    int narrow = 0;
    int wide = 0;
    bool wide_end = false;
    for (next = *at; next < end && !wide_end; *at = next) {
      c = NextCodePoint(text_, &next);
      if (IsSpace(c)) break;
      ++(IsWide(c) ? wide : narrow);
      wide_end = EndsWideSentence(c);
      if (wide + narrow == kLongestWord || wide == kMax / 2) {
        *at = next;
        break;
      }
    }
    word->end = *at;
    word->weight = wide + (narrow + kLettersPerWeight - 1) / kLettersPerWeight;
    LookAhead(*at, end, wide_end, word);
    return true;
  }

  // What the white space after the word says: text_[at…end).
  void LookAhead(std::size_t at, std::size_t end, bool wide_end, Word* word) const {
    const std::size_t here = at;
    for (; at < end && at - here < kLookAhead && IsSpace(static_cast<unsigned char>(text_[at])); ++at) {
      word->before_line_end |= text_[at] == '\n';
    }
    const bool small_follows = at < end && text_[at] >= 'a' && text_[at] <= 'z';
    const bool apart = at > here || at >= end;
    const std::size_t tail = std::max(word->begin, word->end - std::min<std::size_t>(word->end, 40));
    word->ends_sentence = wide_end || (apart && !small_follows && EndsSentence(text_.substr(tail, word->end - tail)));
  }

  // A sentence being read, and a good place to cut it should it get too long.
  struct Sentence {
    Unit unit;
    std::size_t cut_end = 0;
    std::size_t cut_next = 0;  // where the word after the cut begins; 0: not read yet
    int cut_weight = 0;
  };

  // Takes from the sentence what is to be added so that the word that begins at `next` finds room.
  static Unit Cut(Sentence* sentence, std::size_t next) {
    Unit cut = sentence->unit;
    if (sentence->cut_weight >= kSoftBreak) {
      cut.end = sentence->cut_end;
      cut.weight = sentence->cut_weight;
      sentence->unit.begin = sentence->cut_next != 0 ? sentence->cut_next : next;
    } else {
      sentence->unit.begin = next;
    }
    sentence->unit.weight -= cut.weight;
    sentence->cut_weight = 0;
    return cut;
  }

  // Splits bytes [begin, end), one paragraph or heading, into sentences and adds them.
  void AddSentences(std::size_t begin, std::size_t end, bool heading) {
    Sentence sentence;
    bool first = true;
    const auto add = [&](Unit unit) {
      unit.heading = heading;
      unit.begins_paragraph = std::exchange(first, false);
      Add(unit);
    };
    Word word;
    for (std::size_t at = begin; NextWord(&at, end, &word);) {
      while (sentence.unit.weight > 0 && sentence.unit.weight + word.weight > kMax) add(Cut(&sentence, word.begin));
      if (sentence.unit.weight == 0) sentence.unit.begin = word.begin;
      if (sentence.cut_weight > 0 && sentence.cut_next == 0) sentence.cut_next = word.begin;
      const bool one_word = sentence.unit.weight == 0;
      sentence.unit.end = word.end;
      sentence.unit.weight += word.weight;
      if (text_[word.end - 1] == ';' || word.before_line_end) {
        sentence.cut_end = word.end;
        sentence.cut_next = 0;
        sentence.cut_weight = sentence.unit.weight;
      }
      // One word is no sentence: "5." numbers the one that follows.
      if (!heading && word.ends_sentence && !one_word) {
        add(sentence.unit);
        sentence = Sentence();
      }
    }
    if (sentence.unit.weight > 0) add(sentence.unit);
  }

  [[nodiscard]] bool BeginsChunk(const Unit& unit) const {
    if (chunk_.weight == 0) return true;
    if (chunk_.weight + unit.weight > kMax) return true;
    if (unit.heading) return chunk_.weight >= kWorthAHeading;
    if (chunk_.weight >= kTarget) return true;
    if (unit.begins_paragraph && chunk_.weight >= kFullEnough) return true;
    return chunk_.weight >= kSoftBreak && chunk_.weight + unit.weight > kOverTarget;
  }

  void Add(const Unit& unit) {
    if (BeginsChunk(unit)) {
      EndChunk();
      chunk_.begin = unit.begin;
      heading_ = pending_.text();
    }
    chunk_.end = unit.end;
    chunk_.weight += unit.weight;
  }

  void EndChunk() {
    if (chunk_.weight == 0) return;
    search::NewChunk chunk;
    chunk.start = CodePointAt(chunk_.begin);
    chunk.end = CodePointAt(chunk_.end);
    while (page_ < pages_.size() && pages_[page_].first <= chunk_.begin) ++page_;
    chunk.page = page_ == 0 ? 0 : pages_[page_ - 1].second;
    chunk.heading = heading_;
    chunk.text = text_.substr(chunk_.begin, chunk_.end - chunk_.begin);
    chunks_.push_back(std::move(chunk));
    chunk_ = Unit();
  }

  // Asked for ascending bytes only.
  std::int64_t CodePointAt(std::size_t byte) {
    code_point_ += CountCodePoints(text_.substr(counted_, byte - counted_));
    counted_ = byte;
    return code_point_;
  }

  const std::string_view text_;
  const bool markdown_;
  std::vector<std::pair<std::size_t, int>> pages_;  // (byte, page)
  std::vector<std::pair<std::size_t, int>> told_;   // (byte, kNoHeading or level)
  std::size_t next_told_ = 0;
  std::vector<search::NewChunk> chunks_;

  std::size_t paragraph_begin_ = 0;
  std::size_t paragraph_end_ = 0;
  HeadingPath pending_;  // at the place being read
  Unit chunk_;           // being filled
  std::string heading_;  // of the chunk being filled
  std::size_t page_ = 0;
  std::size_t counted_ = 0;
  std::int64_t code_point_ = 0;
};

}  // namespace

std::vector<search::NewChunk> SplitIntoChunks(const documents::ExtractedText& text) {
  return Splitter(text).Split();
}

}  // namespace counsel::ingest
