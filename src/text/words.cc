#include "text/words.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <unordered_map>

#include <utf8proc.h>

#include "base/utf8.h"

namespace counsel::text {
namespace {

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

bool IsVowel(char c) {
  return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y';
}

bool EndsWith(std::string_view word, std::string_view ending) {
  return word.size() > ending.size() && word.substr(word.size() - ending.size()) == ending;
}

bool IsWordCategory(utf8proc_category_t category) {
  switch (category) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return true;
    default:
      return false;
  }
}

struct Char {
  char32_t value = 0;
  std::size_t start = 0;
  std::size_t end = 0;
  bool word = false;
};

Char Read(std::string_view text, std::size_t i, std::size_t end) {
  Char c;
  if (i >= end) return c;
  c.start = i;
  c.value = NextCodePoint(text, &i);
  c.end = i;
  c.word = IsWordCategory(utf8proc_category(static_cast<utf8proc_int32_t>(c.value)));
  if (c.value == 0x2019 || c.value == 0x2018) c.value = '\'';
  if (c.value == 0x2010 || c.value == 0x2011) c.value = '-';
  if (c.value == 0x37E) c.value = ';';  // the Greek question mark, which stands in PDFs for a semicolon
  return c;
}

void AppendFolded(char32_t value, std::string* out) {
  if (value < 0x80) {
    out->push_back(value >= 'A' && value <= 'Z' ? static_cast<char>(value + 32) : static_cast<char>(value));
    return;
  }
  AppendUtf8(static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(value))), out);
}

// A number and what belongs to it: "1,000", "2.0", "5(2)(b)", "1st".
std::size_t NumberEnd(std::string_view text, std::size_t i, std::size_t end) {
  while (i < end) {
    const bool next_digit = i + 1 < end && IsDigit(text[i + 1]);
    if (IsDigit(text[i]) || ((text[i] == '.' || text[i] == ',') && next_digit)) {
      ++i;
    } else if (static_cast<unsigned char>(text[i]) < 0x80 && std::isalpha(static_cast<unsigned char>(text[i]))) {
      ++i;
    } else if (text[i] == '(') {
      std::size_t close = i + 1;
      while (close < end && close - i < 6 && std::isalnum(static_cast<unsigned char>(text[close]))) ++close;
      if (close >= end || text[close] != ')' || close == i + 1) return i;
      i = close + 1;
    } else {
      return i;
    }
  }
  return i;
}

// A word; inside it an apostrophe, or the stops of an abbreviation ("U.S.C").
std::size_t WordEnd(std::string_view text, std::size_t i, std::size_t end, std::string* folded) {
  while (i < end) {
    const Char c = Read(text, i, end);
    const Char next = Read(text, c.end, end);
    const bool inner = c.value == '\'' && next.word;
    const bool abbreviation = c.value == '.' && next.word && !IsDigit(text[next.start]) && !folded->empty() &&
                              (folded->size() == 1 || (*folded)[folded->size() - 2] == '.');
    if (!c.word && !inner && !abbreviation) return i;
    AppendFolded(c.value, folded);
    i = c.end;
  }
  return i;
}

const std::unordered_map<std::string_view, std::string_view>& IrregularPasts() {
  static const std::unordered_map<std::string_view, std::string_view> pasts = {{"paid", "pay"},
                                                                               {"made", "make"},
                                                                               {"gave", "give"},
                                                                               {"given", "give"},
                                                                               {"sent", "send"},
                                                                               {"kept", "keep"},
                                                                               {"held", "hold"},
                                                                               {"sold", "sell"},
                                                                               {"bought", "buy"},
                                                                               {"took", "take"},
                                                                               {"taken", "take"},
                                                                               {"chose", "choose"},
                                                                               {"chosen", "choose"},
                                                                               {"began", "begin"},
                                                                               {"begun", "begin"},
                                                                               {"brought", "bring"},
                                                                               {"built", "build"},
                                                                               {"got", "get"},
                                                                               {"gotten", "get"},
                                                                               {"left", "leave"},
                                                                               {"lost", "lose"},
                                                                               {"said", "say"},
                                                                               {"shown", "show"},
                                                                               {"showed", "show"},
                                                                               {"told", "tell"},
                                                                               {"understood", "understand"},
                                                                               {"withdrawn", "withdraw"},
                                                                               {"borne", "bear"},
                                                                               {"done", "do"},
                                                                               {"found", "find"},
                                                                               {"known", "know"},
                                                                               {"forbidden", "forbid"},
                                                                               {"seen", "see"},
                                                                               {"spent", "spend"},
                                                                               {"lent", "lend"},
                                                                               {"meant", "mean"},
                                                                               {"used", "use"},
                                                                               {"owed", "owe"},
                                                                               {"repaid", "repay"},
                                                                               {"withheld", "withhold"},
                                                                               {"met", "meet"},
                                                                               {"won", "win"},
                                                                               {"fell", "fall"},
                                                                               {"fallen", "fall"},
                                                                               {"broke", "break"},
                                                                               {"broken", "break"},
                                                                               {"wrote", "write"},
                                                                               {"drew", "draw"},
                                                                               {"drawn", "draw"},
                                                                               {"sought", "seek"},
                                                                               {"became", "become"},
                                                                               {"came", "come"},
                                                                               {"went", "go"},
                                                                               {"gone", "go"},
                                                                               {"ran", "run"},
                                                                               {"led", "lead"},
                                                                               {"undertook", "undertake"},
                                                                               {"undertaken", "undertake"},
                                                                               {"arose", "arise"},
                                                                               {"arisen", "arise"},
                                                                               {"bound", "bind"},
                                                                               {"stood", "stand"},
                                                                               {"thought", "think"},
                                                                               {"heard", "hear"},
                                                                               {"fought", "fight"},
                                                                               {"grew", "grow"},
                                                                               {"grown", "grow"},
                                                                               {"knew", "know"},
                                                                               {"spoke", "speak"},
                                                                               {"spoken", "speak"},
                                                                               {"struck", "strike"},
                                                                               {"taught", "teach"},
                                                                               {"wore", "wear"},
                                                                               {"worn", "wear"},
                                                                               {"overpaid", "overpay"}};
  return pasts;
}

// Words that only look inflected.
bool LooksInflected(std::string_view word) {
  static constexpr std::array<std::string_view, 22> words = {
      "need",     "seed",      "exceed",     "proceed", "succeed", "indeed", "hundred", "speed",
      "feed",     "deed",      "thing",      "string",  "bring",   "during", "king",    "nothing",
      "anything", "something", "everything", "always",  "species", "series"};
  return std::find(words.begin(), words.end(), word) != words.end();
}

void DropDouble(std::string* word) {
  const std::size_t n = word->size();
  if (n < 3 || (*word)[n - 1] != (*word)[n - 2]) return;
  const char last = word->back();
  if (last != 's' && last != 'z' && !IsVowel(last) && !(last == 'l' && n < 6)) word->pop_back();
}

bool HasVowel(std::string_view word) {
  return std::any_of(word.begin(), word.end(), IsVowel);
}

// British and American spellings, on both sides of a comparison alike, so words it spoils still match themselves.
void UnifySpelling(std::string* stem) {
  if (stem->size() > 4 && (EndsWith(*stem, "is") || EndsWith(*stem, "ys"))) {
    stem->back() = 'z';
  } else if (EndsWith(*stem, "isation")) {
    stem->replace(stem->size() - 7, 7, "ization");
  } else if (EndsWith(*stem, "our")) {
    stem->erase(stem->size() - 2, 1);
  }
}

// Words of the same meaning wherever a contract or a licence would use them. Kept short on purpose.
void UnifySynonym(std::string* stem) {
  static const std::unordered_map<std::string_view, std::string_view> same = {
      {"licenc", "licens"},      {"defenc", "defens"},    {"offenc", "offens"}, {"practiz", "practic"},
      {"judgement", "judgment"}, {"programm", "program"}, {"centr", "center"},  {"furnish", "provid"},
      {"supply", "provid"},      {"purchas", "buy"},      {"commenc", "begin"}, {"start", "begin"},
      {"forbid", "prohibit"},    {"show", "display"},     {"get", "receiv"},    {"obtain", "receiv"}};
  if (const auto it = same.find(*stem); it != same.end()) *stem = it->second;
}

}  // namespace

std::vector<RawWord> SplitWords(std::string_view text, std::size_t start, std::size_t end) {
  std::vector<RawWord> words;
  bool hyphen = false;
  for (std::size_t i = start; i < end;) {
    const Char c = Read(text, i, end);
    RawWord word;
    word.start = c.start;
    word.joined = hyphen;
    hyphen = false;
    if (c.value < 0x80 && IsDigit(static_cast<char>(c.value))) {
      word.digits = true;
      i = NumberEnd(text, i, end);
      for (const char digit : text.substr(word.start, i - word.start))
        AppendFolded(static_cast<unsigned char>(digit), &word.text);
    } else if (c.word) {
      i = WordEnd(text, i, end, &word.text);
    } else {
      i = c.end;
      hyphen = c.value == '-' && !words.empty() && words.back().end == c.start && Read(text, i, end).word;
      constexpr std::string_view kKept = ",;:.?!()/%$<>=&+";
      if (c.value < 0x80 && kKept.find(static_cast<char>(c.value)) != std::string_view::npos) {
        word.punctuation = static_cast<char>(c.value);
      } else if (c.value == 0x2014 || c.value == 0x2013) {
        word.punctuation = ',';
      } else if (c.value == 0x2026) {
        word.punctuation = '.';
      } else if (utf8proc_category(static_cast<utf8proc_int32_t>(c.value)) == UTF8PROC_CATEGORY_SC || c.value == 0xA7 ||
                 utf8proc_category(static_cast<utf8proc_int32_t>(c.value)) == UTF8PROC_CATEGORY_SM) {
        AppendUtf8(c.value, &word.text);
      } else {
        continue;
      }
    }
    word.end = i;
    words.push_back(std::move(word));
  }
  return words;
}

Stem Fold(std::string_view word) {
  Stem stem;
  stem.text = word;
  std::string& text = stem.text;
  if (EndsWith(text, "'s")) {
    stem.possessive = true;
    text.resize(text.size() - 2);
  }
  if (const auto it = IrregularPasts().find(text); it != IrregularPasts().end()) {
    text = it->second;
    stem.past = true;
  }
  if (text == "using") text = "use";
  if (!LooksInflected(text) && text.size() > 3) {
    if (EndsWith(text, "ies") && text.size() > 4) {
      text.replace(text.size() - 3, 3, "y");
    } else if (EndsWith(text, "sses") || EndsWith(text, "xes") || EndsWith(text, "ches") || EndsWith(text, "shes")) {
      text.resize(text.size() - 2);
    } else if (EndsWith(text, "s") && !EndsWith(text, "ss") && !EndsWith(text, "us") && !EndsWith(text, "is")) {
      text.pop_back();
    } else if (EndsWith(text, "ied") && text.size() > 4) {
      text.replace(text.size() - 3, 3, "y");
      stem.past = true;
    } else if (EndsWith(text, "ed") && text.size() > 4 && HasVowel(std::string_view(text).substr(0, text.size() - 2))) {
      text.resize(text.size() - 2);
      DropDouble(&text);
      stem.past = true;
    } else if (EndsWith(text, "ing") && text.size() > 5 &&
               HasVowel(std::string_view(text).substr(0, text.size() - 3))) {
      text.resize(text.size() - 3);
      DropDouble(&text);
    }
  }
  if (text.size() > 3 && text.back() == 'e') text.pop_back();
  UnifySpelling(&text);
  UnifySynonym(&text);
  return stem;
}

}  // namespace counsel::text
