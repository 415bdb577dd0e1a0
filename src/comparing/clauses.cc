#include "comparing/clauses.h"

#include <algorithm>

#include "text/sentences.h"

namespace counsel::comparing {
namespace {

constexpr std::size_t kMostWords =
    400;  // of a block: beyond, its sentences are blocks, and what stands between semicolons
constexpr std::size_t kFewestWords = 8;  // of such a one

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsAsciiWord(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool IsSpace(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

// Bytes of a sign that is no ASCII and no letter: "£", "€", "–", "“"; 0: it is part of a word.
std::size_t SignAt(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  if (byte(at) == 0xC2) return byte(at + 1) <= 0xBF ? 2 : 0;                       // U+0080 to U+00BF
  if (byte(at) == 0xE2 && byte(at + 1) >= 0x80 && byte(at + 1) <= 0xAF) return 3;  // U+2000 to U+2BFF
  if (byte(at) == 0xEF && byte(at + 1) == 0xBB) return 3;                          // the byte order mark
  return 0;
}

bool IsBlankSign(std::string_view sign) {
  return sign == "\xC2\xA0" || sign == "\xC2\xAD" || sign == "\xEF\xBB\xBF" ||
         (sign >= "\xE2\x80\x80" && sign <= "\xE2\x80\x8F") || sign == "\xE2\x80\xAF";
}

std::string_view Straight(std::string_view sign) {
  if (sign == "\xE2\x80\x98" || sign == "\xE2\x80\x99") return "'";
  if (sign == "\xE2\x80\x9C" || sign == "\xE2\x80\x9D") return "\"";
  if (sign == "\xE2\x80\x93" || sign == "\xE2\x80\x94" || sign == "\xE2\x80\x91" || sign == "\xE2\x80\x90") return "-";
  return sign;
}

std::uint64_t Mix(std::uint64_t hash, std::string_view bytes) {
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return hash;
}
constexpr std::uint64_t kSeed = 0xCBF29CE484222325ULL;

// Where the word that begins at `at` ends: letters and digits; a mark between two digits is the number's.
std::size_t WordEnd(std::string_view text, std::size_t at, std::size_t end) {
  while (at < end) {
    const char c = text[at];
    if (IsAsciiWord(c) || c == '_') {
      ++at;
    } else if ((static_cast<unsigned char>(c) & 0x80) != 0 && SignAt(text, at) == 0) {
      ++at;
    } else if ((c == '.' || c == ',') && at + 1 < end && at > 0 && IsDigit(text[at - 1]) && IsDigit(text[at + 1])) {
      ++at;
    } else {
      return at;
    }
  }
  return at;
}

// Behind the clause's own number, "(a) ", "4. ", "4.2 ", or `at`.
std::size_t AfterOwnNumber(std::string_view text, std::size_t at) {
  if (const std::size_t behind = text::AfterListMarker(text, at); behind != at) return behind;
  std::size_t i = at;
  std::size_t stops = 0;
  while (i < text.size() && i - at < 12 && (IsDigit(text[i]) || (text[i] == '.' && i > at && IsDigit(text[i - 1])))) {
    if (text[i] == '.') ++stops;
    ++i;
  }
  if (stops == 0 || i >= text.size() || (text[i] != ' ' && text[i] != '\t')) return at;
  while (i < text.size() && (text[i] == ' ' || text[i] == '\t')) ++i;
  const bool begins = i < text.size() && ((text[i] >= 'A' && text[i] <= 'Z') || text[i] == '(' || text[i] == '"' ||
                                          static_cast<unsigned char>(text[i]) == 0xE2);
  return begins ? i : at;
}

// Whether a line may begin a clause with a number: what stands before it is at an end. "within\n30. The" is no
// clause 30.
bool MayBegin(std::string_view text, std::size_t line) {
  while (line > 0 && IsSpace(text[line - 1])) --line;
  if (line == 0) return true;
  const std::string_view before = text.substr(0, line);
  constexpr std::string_view kEnds = ".;:,)?!";
  return kEnds.find(before.back()) != std::string_view::npos || before.ends_with(" and") || before.ends_with(" or");
}

void SortKeys(Block* block) {
  block->keys.clear();
  block->keys.reserve(block->words.size());
  for (const Word& word : block->words) block->keys.push_back(word.key);
  std::sort(block->keys.begin(), block->keys.end());
}

Block BlockOf(std::string_view text, Range range) {
  Block block;
  block.range = range;
  const std::size_t behind = std::min(AfterOwnNumber(text, range.start), range.end);
  block.words = SplitIntoWords(text, Range(behind, range.end));
  if (block.words.empty()) block.words = SplitIntoWords(text, range);
  block.hash = kSeed;
  for (const Word& word : block.words) block.hash = (block.hash ^ word.key) * 0x9E3779B97F4A7C15ULL;
  SortKeys(&block);
  return block;
}

void AddBlock(std::string_view text, Range range, std::vector<Block>* blocks) {
  while (range.start < range.end && IsSpace(text[range.start])) ++range.start;
  while (range.end > range.start && IsSpace(text[range.end - 1])) --range.end;
  if (range.empty()) return;
  Block block = BlockOf(text, range);
  if (block.words.empty()) return;
  if (block.words.size() <= kMostWords) {
    blocks->push_back(std::move(block));
    return;
  }
  std::size_t start = range.start;
  std::size_t count = 0;
  std::vector<std::size_t> ends;
  for (const text::Sentence& sentence : text::SplitSentences(text.substr(range.start, range.end - range.start))) {
    ends.push_back(range.start + sentence.end);
  }
  std::size_t next = 0;
  for (std::size_t i = 0; i < block.words.size(); ++i) {
    ++count;
    while (next < ends.size() && ends[next] < block.words[i].end) ++next;
    // Where it is cut hangs on what stands there, and not on what came before: else one word more would move all cuts.
    const bool stop = (next < ends.size() && block.words[i].end == ends[next]) || text[block.words[i].start] == ';';
    if (!(stop && count >= kFewestWords) && count < kMostWords) continue;
    blocks->push_back(BlockOf(text, Range(start, block.words[i].end)));
    start = i + 1 < block.words.size() ? block.words[i + 1].start : range.end;
    count = 0;
  }
  if (count > 0) blocks->push_back(BlockOf(text, Range(start, range.end)));
}

}  // namespace

std::vector<Word> SplitIntoWords(std::string_view text, Range range) {
  std::vector<Word> words;
  for (std::size_t at = range.start; at < range.end;) {
    Word word;
    word.start = at;
    word.end = WordEnd(text, at, range.end);
    if (word.end == at) {
      const std::size_t sign = SignAt(text, at);
      word.end = std::min(at + std::max<std::size_t>(sign, 1), range.end);
    }
    at = word.end;
    const std::string_view said = text.substr(word.start, word.end - word.start);
    if ((said.size() == 1 && IsSpace(said[0])) || IsBlankSign(said)) continue;
    word.key = Mix(kSeed, Straight(said));
    words.push_back(word);
  }
  return words;
}

std::vector<Block> Divide(std::string_view text, const std::vector<std::size_t>& starts) {
  std::vector<Block> blocks;
  std::size_t begin = 0;
  auto known = starts.begin();
  for (std::size_t line = 0; line < text.size();) {
    std::size_t end = text.find('\n', line);
    if (end == std::string_view::npos) end = text.size();
    std::size_t first = line;
    while (first < end && IsSpace(text[first])) ++first;
    const bool blank = first == end;
    while (known != starts.end() && *known < line) ++known;
    const bool part = known != starts.end() && *known <= end && *known >= line;
    const bool numbered = !blank && AfterOwnNumber(text, first) != first && MayBegin(text, line);
    if (blank || part || numbered) {
      AddBlock(text, Range(begin, line), &blocks);
      begin = line;
    }
    line = end + 1;
  }
  AddBlock(text, Range(begin, text.size()), &blocks);
  return blocks;
}

Block Joined(const Block& one, const Block& next) {
  Block both = one;
  both.range.end = next.range.end;
  both.words.insert(both.words.end(), next.words.begin(), next.words.end());
  for (const Word& word : next.words) both.hash = (both.hash ^ word.key) * 0x9E3779B97F4A7C15ULL;
  SortKeys(&both);
  return both;
}

}  // namespace counsel::comparing
