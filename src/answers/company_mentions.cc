#include "answers/company_mentions.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <utility>

#include <utf8proc.h>

#include "answers/register_question.h"
#include "base/utf8.h"

namespace counsel::answers {
namespace {

using Words = std::vector<std::string>;
using WordSet = std::set<std::string_view>;

constexpr std::size_t kLongestName = 12;  // words
// A blank that breaks no line is one too.
constexpr std::string_view kBlanks = " \t\r\n\xC2\xA0";
constexpr std::string_view kInsideNames = " \t\r\n\xC2\xA0&()-.'/+";

bool IsLetterOrDigit(char32_t c) {
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ND:
      return true;
    default:
      return false;
  }
}

bool IsApostrophe(char32_t c) {
  return c == '\'' || c == 0x2019;
}

// Latin letters that have no accent to take off.
void AppendPlainLetter(char32_t c, std::string* out) {
  switch (c) {
    case 0x141:
    case 0x142:
      *out += 'l';
      return;
    case 0xD8:
    case 0xF8:
      *out += 'o';
      return;
    case 0xC6:
    case 0xE6:
      *out += "ae";
      return;
    case 0x110:
    case 0x111:
      *out += 'd';
      return;
    default:
      AppendUtf8(c, out);
  }
}

std::string Fold(std::string_view word) {
  const bool plain = std::all_of(word.begin(), word.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  std::string folded;
  if (plain) {
    for (const char c : word) folded += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  } else {
    std::string latin;
    for (std::size_t at = 0; at < word.size();) {
      const char32_t c = NextCodePoint(word, &at);
      if (IsApostrophe(c)) {
        latin += '\'';
      } else {
        AppendPlainLetter(c, &latin);
      }
    }
    const bool possessive = latin.ends_with("'s") || latin.ends_with("'S");
    latin.erase(std::remove(latin.begin(), latin.end(), '\''), latin.end());
    if (possessive) latin.pop_back();
    for (const std::string& part : PlainWords(latin)) folded += part;
    return folded;
  }
  if (folded.size() > 2 && folded.ends_with("'s")) folded.resize(folded.size() - 2);
  folded.erase(std::remove(folded.begin(), folded.end(), '\''), folded.end());
  return folded;
}

bool IsCapital(std::string_view word) {
  std::size_t at = 0;
  const auto c = static_cast<utf8proc_int32_t>(NextCodePoint(word, &at));
  return utf8proc_category(c) == UTF8PROC_CATEGORY_LU || utf8proc_category(c) == UTF8PROC_CATEGORY_LT;
}

// A full stop after these ends no sentence.
bool IsAbbreviation(std::string_view word) {
  static const WordSet words = {"ltd", "no",   "nos",    "co",   "st",  "rd",  "ave", "ln",   "mr",   "mrs", "ms", "dr",
                                "reg", "bros", "messrs", "prof", "rev", "hon", "inc", "regd", "regn", "jr",  "sr"};
  return word.size() == 1 || words.contains(word);
}

struct FormFound {
  LegalForm form = LegalForm::kNone;
  std::size_t length = 0;  // words
};

template <class At>
FormFound FormAt(const At& at, std::size_t i) {
  const std::string_view word = at(i);
  static const WordSet limited = {"limited", "ltd", "cyfyngedig", "cyf"};
  static const WordSet other = {"inc", "gmbh", "bv", "nv", "ag", "sarl", "llc", "corp", "corporation", "cic", "lp"};
  if (word == "limited" && at(i + 1) == "liability" && at(i + 2) == "partnership") return {LegalForm::kLlp, 3};
  if (word == "limited" && at(i + 1) == "liability") return {};
  if (word == "limited" && at(i + 1) == "by" && (at(i + 2) == "shares" || at(i + 2) == "guarantee")) return {};
  if (word == "limited" && at(i + 1) == "company" && at(i + 2) != "number" && at(i + 2) != "no" &&
      at(i + 2) != "registration") {
    return {};
  }
  if (limited.contains(word)) return {LegalForm::kLimited, 1};
  if (word == "plc" || word == "ccc") return {LegalForm::kPlc, 1};
  if (word == "public" && at(i + 1) == "limited" && at(i + 2) == "company") return {LegalForm::kPlc, 3};
  if (word == "p" && at(i + 1) == "l" && at(i + 2) == "c") return {LegalForm::kPlc, 3};
  if (word == "llp") return {LegalForm::kLlp, 1};
  if (other.contains(word)) return {LegalForm::kOther, 1};
  return {};
}

// "and" and a leading "the" say nothing, initials are one word.
Words Canonical(const Words& words) {
  Words canonical;
  bool initials = false;
  for (const std::string& word : words) {
    if (word == "and" || (word == "the" && canonical.empty())) continue;
    const bool initial = word.size() == 1 && std::isalpha(static_cast<unsigned char>(word[0])) != 0;
    if (initial && initials) {
      canonical.back() += word;
    } else {
      canonical.push_back(word == "company" ? "co" : word);
    }
    initials = initial;
  }
  return canonical;
}

CompanyName NameOf(Words words) {
  CompanyName name;
  const auto at = [&words](std::size_t i) {
    return i < words.size() ? std::string_view(words[i]) : std::string_view();
  };
  for (std::size_t length : {std::size_t{3}, std::size_t{1}}) {
    if (words.size() <= length) continue;
    const FormFound found = FormAt(at, words.size() - length);
    if (found.length != length) continue;
    name.form = found.form;
    if (found.form != LegalForm::kOther) words.resize(words.size() - length);
    break;
  }
  name.words = Canonical(words);
  return name;
}

// What stands before a name and is none of it, though it may be written with a capital.
bool LeadsIn(std::string_view word) {
  static const WordSet words = {
      "between",    "by",        "from",     "to",        "with",      "landlord",   "tenant",   "buyer",
      "seller",     "borrower",  "lender",   "client",    "customer",  "supplier",   "this",     "agreement",
      "lease",      "dated",     "date",     "whereas",   "present",   "registered", "number",   "no",
      "behalf",     "directors", "director", "secretary", "office",    "is",         "minutes",  "meeting",
      "board",      "parties",   "party",    "guarantor", "purchaser", "vendor",     "employer", "contractor",
      "licensor",   "licensee",  "chargor",  "signed",    "executed",  "name",       "re",       "subject",
      "dear",       "that",      "as",       "at",        "landlords", "members",    "whose",    "its",
      "our",        "where",     "when",     "if",        "has",       "was",        "are",      "formerly",
      "previously", "known",     "called",   "also",      "now",       "lessor",     "lessee",   "contract"};
  return words.contains(word);
}

bool Connects(std::string_view word) {
  static const WordSet words = {"and", "of", "the", "for", "in", "on", "de"};
  return words.contains(word);
}

// May the words on both sides of this be parts of one name?
bool Joins(const WordedText& text, std::size_t i) {
  if (i == 0 || i >= text.size() || text.NewParagraph(i)) return false;
  const std::string_view gap = text.Gap(i);
  for (const char c : gap) {
    if (kInsideNames.find(c) == std::string_view::npos) return false;
  }
  const bool stop = gap.find('.') != std::string_view::npos && gap.size() > 1;
  if (stop && (text[i - 1].digit || !IsAbbreviation(text.folded(i - 1)))) return false;
  // "(1) ACME", "(a) ACME": the number of an item.
  const bool closes = gap.find(')') != std::string_view::npos;
  return !closes || (!text[i - 1].digit && text[i - 1].end - text[i - 1].start > 1);
}

std::size_t NameBegin(const WordedText& text, std::size_t form, std::size_t least) {
  std::size_t first = form;
  while (first > least && form - first < kLongestName && Joins(text, first)) {
    const TextWord& before = text[first - 1];
    if (LeadsIn(before.folded) || (!before.capital && !before.digit && !Connects(before.folded))) break;
    --first;
  }
  while (first < form && Connects(text.folded(first))) ++first;
  return first;
}

Words Folded(const WordedText& text, std::size_t first, std::size_t last) {
  Words words;
  for (std::size_t i = first; i < last; ++i) words.push_back(text[i].folded);
  return words;
}

// The name that ends the mention's words, if one does: "Memorandum of ACME LIMITED" is ours. Moves the mention's
// beginning there.
bool EndsWith(const WordedText& text, CompanyMention& mention, const CompanyName& name) {
  if (name.form != mention.name.form || name.words.empty()) return false;
  if (mention.name == name) return true;
  for (std::size_t first = mention.first + 1; first < mention.last; ++first) {
    const bool of = text.folded(first - 1) == "of" && name.words.size() > 1;
    if (!of || NameOf(Folded(text, first, mention.last)) != name) continue;
    mention.first = first;
    mention.name = name;
    return true;
  }
  return false;
}

void Attribute(const WordedText& text, CompanyMention& mention, const CompanyName& name,
               const std::vector<CompanyName>& former_names) {
  mention.whole = true;
  if (EndsWith(text, mention, name)) mention.whose = Whose::kOurs;
  for (std::size_t i = 0; i < former_names.size() && mention.whose == Whose::kAnother; ++i) {
    if (former_names[i] == name || !EndsWith(text, mention, former_names[i])) continue;
    mention.whose = Whose::kFormer;
    mention.former = i;
  }
}

// "(formerly …)", "formerly known as …", "now …".
bool IsAside(const WordedText& text, std::size_t first) {
  static const WordSet words = {"formerly", "previously", "now", "fka", "renamed", "originally"};
  for (std::size_t back = 1; back <= 3 && back <= first; ++back) {
    if (text.NewSentence(first - back + 1)) return false;
    if (words.contains(text.folded(first - back))) return true;
  }
  return false;
}

bool MayBegin(const std::string& name, std::string_view word) {
  return word == name || (word.size() == 1 && name.starts_with(word)) || (word == "company" && name == "co");
}

// The company's name without its form, where nothing beside it could be part of a longer name.
void FindShortMentions(const WordedText& text, const CompanyName& name, std::vector<CompanyMention>& mentions) {
  const bool formless = name.form == LegalForm::kNone || name.form == LegalForm::kOther;
  if (name.words.size() < 2) return;
  const std::vector<CompanyMention> whole = mentions;
  for (std::size_t first = 0; first < text.size(); ++first) {
    if ((!text[first].capital && !text[first].digit) || !MayBegin(name.words[0], text.folded(first))) continue;
    std::size_t last = first + 1;
    while (last < text.size() && last - first < kLongestName && Canonical(Folded(text, first, last)) != name.words &&
           Joins(text, last)) {
      ++last;
    }
    if (Canonical(Folded(text, first, last)) != name.words) continue;
    const bool inside = std::any_of(whole.begin(), whole.end(), [&](const CompanyMention& mention) {
      return mention.first < last && first < mention.last;
    });
    const bool goes_on = last < text.size() && Joins(text, last) && (text[last].capital || text[last].digit) &&
                         text.Gap(last).find('(') == std::string_view::npos;
    const bool before = first > 0 && Joins(text, first) && !LeadsIn(text.folded(first - 1)) &&
                        (text[first - 1].capital || text[first - 1].digit) && !Connects(text.folded(first - 1));
    if (inside || goes_on || before) continue;
    CompanyMention mention;
    mention.first = first;
    mention.last = last;
    mention.name = name;
    mention.whose = Whose::kOurs;
    mention.whole = formless;
    mentions.push_back(std::move(mention));
    first = last - 1;
  }
}

}  // namespace

WordedText::WordedText(std::string_view text) : text_(text) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t next = at;
    if (!IsLetterOrDigit(NextCodePoint(text, &next))) {
      at = next;
      continue;
    }
    TextWord word;
    word.start = at;
    word.end = next;
    for (std::size_t look = next; look < text.size();) {
      const char32_t c = NextCodePoint(text, &look);
      if (IsLetterOrDigit(c)) {
        word.end = look;
        continue;
      }
      std::size_t behind = look;
      const bool joined = IsApostrophe(c) && look < text.size() && IsLetterOrDigit(NextCodePoint(text, &behind));
      if (!joined) break;
    }
    const std::string_view bytes = text.substr(word.start, word.end - word.start);
    word.folded = Fold(bytes);
    word.digit = bytes[0] >= '0' && bytes[0] <= '9';
    word.capital = !word.digit && IsCapital(bytes);
    at = word.end;
    words_.push_back(std::move(word));
  }
}

std::string_view WordedText::Gap(std::size_t i) const {
  const std::size_t start = i == 0 ? 0 : words_[i - 1].end;
  const std::size_t end = i < words_.size() ? words_[i].start : text_.size();
  return text_.substr(start, end - start);
}

std::string_view WordedText::Span(std::size_t first, std::size_t last) const {
  if (first >= last) return {};
  return text_.substr(words_[first].start, words_[last - 1].end - words_[first].start);
}

bool WordedText::OnlyBlanks(std::size_t i) const {
  return Gap(i).find_first_not_of(kBlanks) == std::string_view::npos && !NewParagraph(i);
}

bool WordedText::NewLine(std::size_t i) const {
  return i == 0 || i >= words_.size() || Gap(i).find_first_of("\n\f") != std::string_view::npos;
}

bool WordedText::NewParagraph(std::size_t i) const {
  if (i == 0 || i >= words_.size()) return true;
  const std::string_view gap = Gap(i);
  return gap.find('\f') != std::string_view::npos || std::count(gap.begin(), gap.end(), '\n') > 1;
}

bool WordedText::NewSentence(std::size_t i) const {
  if (NewParagraph(i)) return true;
  const std::string_view gap = Gap(i);
  if (gap.find_first_of(";!?") != std::string_view::npos) return true;
  const std::size_t stop = gap.find('.');
  if (stop == std::string_view::npos || stop + 1 == gap.size()) return false;
  return (words_[i].capital || words_[i].digit) && !IsAbbreviation(words_[i - 1].folded);
}

std::size_t WordedText::SentenceStart(std::size_t i) const {
  while (i > 0 && !NewSentence(i)) --i;
  return i;
}

std::size_t WordedText::SentenceEnd(std::size_t i) const {
  for (++i; i < words_.size() && !NewSentence(i);) ++i;
  return std::min(i, words_.size());
}

CompanyName CanonicalName(std::string_view name) {
  const WordedText text(name);
  return NameOf(Folded(text, 0, text.size()));
}

std::vector<CompanyMention> FindCompanies(const WordedText& text, const CompanyName& name,
                                          const std::vector<CompanyName>& former_names) {
  std::vector<CompanyMention> mentions;
  std::size_t least = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    // "ACME LIMITED (company number …)" is no limited company.
    const auto at = [&text, i](std::size_t word) {
      const bool apart = word == i + 1 && text.Gap(word).find_first_of("(,;:\n") != std::string_view::npos;
      return apart || word >= text.size() ? std::string_view() : text.folded(word);
    };
    const FormFound form = FormAt(at, i);
    const bool small = at(i) == "ltd" || at(i) == "plc" || at(i) == "llp" || at(i) == "ccc";
    if (form.form == LegalForm::kNone || (!text[i].capital && !small) || i == 0 || !Joins(text, i)) continue;
    CompanyMention mention;
    mention.first = NameBegin(text, i, least);
    mention.last = i + form.length;
    least = mention.last;
    if (mention.first == i) continue;
    mention.name = NameOf(Folded(text, mention.first, mention.last));
    Attribute(text, mention, name, former_names);
    mention.aside = IsAside(text, mention.first);
    mentions.push_back(std::move(mention));
  }
  FindShortMentions(text, name, mentions);
  std::sort(mentions.begin(), mentions.end(),
            [](const CompanyMention& a, const CompanyMention& b) { return a.first < b.first; });
  return mentions;
}

}  // namespace counsel::answers
