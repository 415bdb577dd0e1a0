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
constexpr std::string_view kInsideNames = " \t\r\n\xC2\xA0&()-.'/+";

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
  if (word == "limited" && (at(i + 1) == "liability" || at(i + 1) == "partnership")) return {};
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
  if (EndsWith(text, mention, name)) mention.whose = Whose::kOurs;
  for (std::size_t i = 0; i < former_names.size() && mention.whose == Whose::kAnother; ++i) {
    if (former_names[i] == name || !EndsWith(text, mention, former_names[i])) continue;
    mention.whose = Whose::kFormer;
    mention.former = i;
  }
}

// "(formerly …)", "formerly known as …", "now …", "trading as …".
bool IsAside(const WordedText& text, std::size_t first) {
  static const WordSet words = {"formerly", "previously", "now", "fka", "renamed", "originally", "trading"};
  // "ACME LIMITED T/A ZIP LIMITED", whose initials may count as part of the name.
  for (const std::size_t initials : {first, first - std::min<std::size_t>(first, 2)}) {
    if (text.folded(initials) == "t" && text.folded(initials + 1) == "a") return true;
  }
  for (std::size_t back = 1; back <= 3 && back <= first; ++back) {
    if (text.NewSentence(first - back + 1)) return false;
    if (words.contains(text.folded(first - back))) return true;
  }
  return false;
}

bool MayBegin(const std::string& name, std::string_view word) {
  return word == name || (word.size() == 1 && name.starts_with(word)) || (word == "company" && name == "co");
}

// "ACME LIMITED Pension Scheme": something else that is called after it.
bool NamesSomethingElse(const WordedText& text, std::size_t behind) {
  static const WordSet words = {"pension", "pensions", "employee",   "employees",  "retirement", "staff",
                                "group",   "trust",    "trustee",    "trustees",   "benefit",    "share",
                                "scheme",  "holdings", "foundation", "charitable", "benevolent"};
  return behind < text.size() && text[behind].capital && Joins(text, behind) && words.contains(text.folded(behind));
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

CompanyName CanonicalName(std::string_view name) {
  const WordedText text(name);
  return NameOf(Folded(text, 0, text.size()));
}

bool IsPossessive(const WordedText& text, const CompanyMention& mention) {
  const std::string_view last = text.Span(mention.last - 1, mention.last);
  return last.ends_with("'s") || last.ends_with("\xE2\x80\x99s");
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
    mention.whole = true;
    mention.name = NameOf(Folded(text, mention.first, mention.last));
    if (!NamesSomethingElse(text, mention.last)) Attribute(text, mention, name, former_names);
    mention.aside = IsAside(text, mention.first);
    mentions.push_back(std::move(mention));
  }
  FindShortMentions(text, name, mentions);
  std::sort(mentions.begin(), mentions.end(),
            [](const CompanyMention& a, const CompanyMention& b) { return a.first < b.first; });
  return mentions;
}

}  // namespace counsel::answers
