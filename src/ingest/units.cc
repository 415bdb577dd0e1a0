// Lines → paragraphs and headings → sentences.
#include "ingest/units.h"

#include <algorithm>
#include <array>

#include "base/utf8.h"

namespace counsel::ingest {
namespace {

constexpr std::size_t kLongestPath = 300;  // bytes
constexpr std::size_t kLookAhead = 256;    // bytes

bool EndsWideSentence(char32_t c) {
  return c == 0x3002 || c == 0xFF01 || c == 0xFF1F;  // 。！？
}

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

// Where the next code point outside of white space begins, or `end`.
std::size_t SkipSpace(std::string_view text, std::size_t at, std::size_t end) {
  for (std::size_t next = at; at < end; at = next) {
    if (!IsSpace(NextCodePoint(text, &next))) break;
  }
  return at;
}

}  // namespace

// A word and what follows it.
struct UnitReader::Word {
  Word() = default;
  std::size_t begin = 0;
  std::size_t end = 0;
  bool ends_sentence = false;
  bool breaks = false;  // a good place to cut what is too long: after ';' or at a line's end
};

// A sentence being read, and a good place to cut it should it get too long.
struct UnitReader::Sentence {
  Sentence() = default;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t cut = 0;  // 0: none yet
  int words = 0;
};

std::vector<std::pair<std::size_t, int>> PagesByByte(const documents::ExtractedText& text) {
  const std::string_view whole = text.text;
  std::vector<std::pair<std::size_t, int>> pages;
  std::size_t byte = 0;
  std::int64_t code_point = 0;
  for (const documents::PageStart& page : text.pages) {
    byte += ByteOffset(whole.substr(byte), page.start - code_point);
    code_point = page.start;
    pages.emplace_back(byte, page.page);
  }
  return pages;
}

UnitReader::UnitReader(const documents::ExtractedText& text)
    : text_(text.text),
      markdown_(text.media_type == "text/markdown"),
      pages_(PagesByByte(text)),
      path_(std::make_shared<const std::string>()) {
  TakeStructure(text.structure);
}

void UnitReader::TakeStructure(const std::vector<documents::StructureSpan>& structure) {
  std::size_t byte = 0;
  std::int64_t code_point = 0;
  for (const documents::StructureSpan& span : structure) {
    const bool within = span.kind == "insertion" || span.kind == "attachment" || span.kind == "clause" ||
                        span.kind == "line" || span.kind == "page_label" || span.kind == "unsure";
    if (within) continue;  // of a line, or its number tells as much
    byte += ByteOffset(text_.substr(byte), span.start - code_point);
    code_point = span.start;
    const int level = span.kind == "heading" ? std::clamp(span.level, 1, 6) : 0;
    // Spans that begin together: a heading wins.
    if (!told_.empty() && told_.back().byte == byte) {
      told_.back().level = std::max(told_.back().level, level);
    } else {
      told_.push_back({byte, level});
    }
  }
}

// What the document itself says of the line: -1 nothing, 0 no heading, or its level. Asked for ascending lines.
int UnitReader::ToldOf(std::size_t begin) {
  while (next_told_ < told_.size() && told_[next_told_].byte < begin) ++next_told_;
  return next_told_ < told_.size() && told_[next_told_].byte == begin ? told_[next_told_].level : -1;
}

void UnitReader::RenewPath() {
  std::string path = headings_.text();
  const std::string& clause = clauses_.text();
  // The heading "5. Rent" says as much as the clause 5 beneath it.
  const bool said = !clause.empty() && headings_.last().starts_with(clause);
  if (!clause.empty() && !said && path.size() + clause.size() + 3 <= kLongestPath) {
    path += (path.empty() ? "" : " > ") + clause;
  }
  if (path != *path_) path_ = std::make_shared<const std::string>(std::move(path));
}

bool UnitReader::Next(Unit* unit) {
  for (;;) {
    while (whole_.empty()) {
      if (line_ < text_.size()) {
        AddLine();
      } else if (open_.end > open_.at) {
        EndParagraph();
      } else {
        return false;
      }
    }
    if (NextSentence(unit)) return true;
    whole_.pop_front();
  }
}

void UnitReader::AddLine() {
  const std::size_t begin = line_;
  const std::size_t end = std::min(text_.find('\n', begin), text_.size());
  const std::size_t next = std::min(end + 1, text_.size());
  line_ = end + 1;
  for (; next_page_ < pages_.size() && pages_[next_page_].first <= begin; ++next_page_) {
    after_blank_ |= pages_[next_page_].first == begin;
  }
  LineContext line;
  line.line = text_.substr(begin, end - begin);
  // Of the next line its beginning is enough: a long one is not walked twice.
  line.next = text_.substr(next, kLookAhead);
  line.next = line.next.substr(0, line.next.find('\n'));
  line.after_blank = after_blank_;
  line.markdown = markdown_;
  const bool fence = markdown_ && line.line.starts_with("```");
  if (fence) in_fence_ = !in_fence_;
  if (line.line.find_first_not_of(" \t") == std::string_view::npos) {
    EndParagraph();
    after_blank_ = true;
    return;
  }
  const int told = ToldOf(begin);
  const bool literal = in_fence_ || fence;
  const int level = told >= 0 ? told : literal ? 0 : HeadingLevel(line);
  if (level > 0) {
    EndParagraph();
    const bool numbered = clauses_.EnterHeading(line.line);
    if (!numbered) clauses_.Leave();
    headings_.Enter(level, line.line, numbered ? clauses_.depth() : 0);
    RenewPath();
    open_.at = begin;
    open_.end = end;
    open_.heading = true;
    open_.clause = numbered;
    EndParagraph();
    after_blank_ = markdown_;
    return;
  }
  const bool clause = !literal && clauses_.Enter(line.line.substr(0, kLookAhead), after_blank_);
  if (clause || told == 0 || IsListItem(line.line)) EndParagraph();
  if (clause) {
    headings_.EndNumbered(clauses_.depth());
    RenewPath();
  }
  if (open_.end == open_.at) {
    open_.at = begin;
    open_.clause = clause;
  }
  open_.end = end;
  after_blank_ = false;
}

void UnitReader::EndParagraph() {
  if (open_.end > open_.at) {
    open_.path = path_;
    whole_.push_back(std::move(open_));
  }
  open_ = Paragraph();
}

// The next word of [*at, end); false at the end. Cut where it gets too long.
bool UnitReader::NextWord(std::size_t* at, std::size_t end, Word* word) const {
  *at = SkipSpace(text_, *at, end);
  if (*at >= end) return false;
  *word = Word();
  word->begin = *at;
  bool wide_end = false;
  for (std::size_t next = *at; next < end && !wide_end; *at = next) {
    const char32_t c = NextCodePoint(text_, &next);
    if (IsSpace(c)) break;
    if (next - word->begin > kLongestUnit) break;
    wide_end = EndsWideSentence(c);
  }
  word->end = *at;
  LookAhead(*at, end, word);
  word->ends_sentence |= wide_end;
  return true;
}

// What the white space after the word says: text_[at…end).
void UnitReader::LookAhead(std::size_t at, std::size_t end, Word* word) const {
  const std::size_t here = at;
  word->breaks = text_[word->end - 1] == ';';
  for (; at < end && at - here < kLookAhead && IsSpace(static_cast<unsigned char>(text_[at])); ++at) {
    word->breaks |= text_[at] == '\n';
  }
  const bool small_follows = at < end && text_[at] >= 'a' && text_[at] <= 'z';
  const bool apart = at > here || at >= end;
  const std::size_t tail = std::max(word->begin, word->end - std::min<std::size_t>(word->end, 40));
  word->ends_sentence = apart && !small_follows && EndsSentence(text_.substr(tail, word->end - tail));
}

// The next sentence of the front paragraph; false when it has no more.
bool UnitReader::NextSentence(Unit* unit) {
  Paragraph& paragraph = whole_.front();
  Sentence sentence;
  Word word;
  for (std::size_t at = paragraph.at; NextWord(&at, paragraph.end, &word);) {
    if (sentence.words > 0 && word.end - sentence.begin > kLongestUnit) {
      if (sentence.cut > 0) sentence.end = sentence.cut;
      break;
    }
    if (sentence.words == 0) sentence.begin = word.begin;
    sentence.end = word.end;
    ++sentence.words;
    if (word.breaks) sentence.cut = word.end;
    // One word is no sentence: "5." numbers the one that follows.
    if (!paragraph.heading && word.ends_sentence && sentence.words > 1) break;
  }
  paragraph.at = sentence.words > 0 ? sentence.end : paragraph.end;
  if (sentence.words == 0) return false;
  *unit = Unit();
  unit->begin = sentence.begin;
  unit->end = sentence.end;
  unit->path = paragraph.path;
  unit->heading = paragraph.heading;
  unit->begins_paragraph = !paragraph.begun;
  unit->begins_clause = paragraph.clause && !paragraph.begun;
  paragraph.begun = true;
  return true;
}

namespace {

// The parts of [begin, end) that end at `cuts` (ascending), without white space around.
std::vector<Unit> Parts(std::string_view text, const Unit& unit, const std::vector<std::size_t>& cuts) {
  std::vector<Unit> parts;
  std::size_t begin = unit.begin;
  for (std::size_t cut : cuts) {
    Unit part;
    part.begin = SkipSpace(text, begin, cut);
    part.end = cut;
    part.path = unit.path;
    part.heading = unit.heading;
    part.begins_paragraph = unit.begins_paragraph && parts.empty();
    part.begins_clause = unit.begins_clause && parts.empty();
    begin = cut;
    if (part.begin < part.end) parts.push_back(std::move(part));
  }
  return parts;
}

}  // namespace

std::vector<Unit> Divide(std::string_view text, const Unit& unit) {
  const std::string_view whole = text.substr(unit.begin, unit.end - unit.begin);
  std::vector<std::size_t> cuts;
  for (std::size_t at = whole.find_first_of(";\n"); at != std::string_view::npos;
       at = whole.find_first_of(";\n", at + 1)) {
    cuts.push_back(unit.begin + at + (whole[at] == ';' ? 1 : 0));
  }
  cuts.push_back(unit.end);
  if (std::vector<Unit> parts = Parts(text, unit, cuts); parts.size() > 1) return parts;
  // In halves: at the space nearest to the middle, or at the code point there.
  const std::size_t middle = whole.size() / 2;
  const std::size_t before = whole.find_last_of(" \t", middle);
  const std::size_t after = whole.find_first_of(" \t", middle);
  std::size_t cut = before;
  if (before == std::string_view::npos || (after != std::string_view::npos && after - middle < middle - before))
    cut = after;
  if (cut == std::string_view::npos) {
    cut = middle;
    const auto continues = [&](std::size_t at) { return at < whole.size() && (whole[at] & 0xC0) == 0x80; };
    while (continues(cut)) ++cut;
  }
  std::vector<Unit> halves = Parts(text, unit, {unit.begin + cut, unit.end});
  if (halves.size() < 2) halves.clear();
  return halves;
}

}  // namespace counsel::ingest
