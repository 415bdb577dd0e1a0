#include "judging/language.h"

#include <string>
#include <unordered_set>

#include "text/words.h"

namespace counsel::judging {
namespace {

using Set = std::unordered_set<std::string_view>;

// Words that several languages share ("in", "a", "on", "an", "die", "no", "me") stand in neither list.
bool IsEnglishWord(std::string_view word) {
  static const Set words = {"the",  "of",    "to",   "and",    "is",     "are",   "was",   "were", "be",
                            "been", "must",  "may",  "shall",  "not",    "by",    "any",   "or",   "if",
                            "that", "with",  "at",   "from",   "it",     "this",  "which", "has",  "have",
                            "will", "their", "its",  "other",  "under",  "when",  "each",  "all",  "who",
                            "for",  "can",   "does", "unless", "within", "after", "before"};
  return words.find(word) != words.end();
}

bool IsForeignWord(std::string_view word) {
  static const Set words = {
      "der",  "das",  "und", "ist",      "nicht",    "den",  "dem",   "des",   "ein",  "eine", "einer", "mit",
      "von",  "zu",   "auf", "f\u00fcr", "werden",   "wird", "oder",  "durch", "bei",  "nach", "muss",  "kann",
      "le",   "la",   "les", "du",       "et",       "est",  "une",   "dans",  "pour", "par",  "sur",   "que",
      "qui",  "ne",   "pas", "au",       "aux",      "doit", "il",    "elle",  "el",   "los",  "las",   "del",
      "una",  "por",  "con", "para",     "se",       "su",   "lo",    "di",    "che",  "non",  "per",   "della",
      "sono", "het",  "een", "van",      "niet",     "zijn", "wordt", "og",    "er",   "att",  "och",   "som",
      "de",   "deve", "dos", "da",       "n\u00e3o", "os",   "um",    "uma",   "na",   "w",    "nie",   "jest"};
  return words.find(word) != words.end();
}

}  // namespace

bool IsEnglish(std::string_view text) {
  std::size_t latin = 0;
  std::size_t other = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    latin += (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ? 1 : 0;
    other += byte >= 0xCE && byte <= 0xF4 ? 1 : 0;  // lead bytes of Greek, Cyrillic and beyond; not of signs below
    if (byte == 0xE2) --other;                      // dashes, quotes, currency
  }
  if (other > latin) return false;
  int english = 0;
  int foreign = 0;
  for (const text::RawWord& word : text::SplitWords(text, 0, text.size())) {
    english += IsEnglishWord(word.text) ? 1 : 0;
    foreign += IsForeignWord(word.text) ? 1 : 0;
  }
  return foreign < 2 || english >= foreign;
}

}  // namespace counsel::judging
