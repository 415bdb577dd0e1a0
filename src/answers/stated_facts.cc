#include "answers/stated_facts.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>
#include <utility>

#include "answers/postal_address.h"

namespace counsel::answers {
namespace {

using WordSet = std::set<std::string_view>;

constexpr std::size_t kDescription = 70;  // words behind a name
constexpr std::size_t kLongestAddress = 30;
constexpr std::size_t kSaidNear = 25;
constexpr std::size_t kLongestQuote = 400;  // bytes

// The first company named at or behind word `i`, asides left out; mentions.size() for none.
std::size_t NextMention(const std::vector<CompanyMention>& mentions, std::size_t i) {
  std::size_t next = 0;
  while (next < mentions.size() && (mentions[next].first < i || mentions[next].aside)) ++next;
  return next;
}

// The last one before word `i`.
std::optional<std::size_t> MentionBefore(const std::vector<CompanyMention>& mentions, std::size_t i) {
  std::optional<std::size_t> before;
  for (std::size_t m = 0; m < mentions.size() && mentions[m].last <= i; ++m) {
    if (!mentions[m].aside) before = m;
  }
  return before;
}

// "(2)", "(b)": another party begins.
bool BeginsItem(const WordedText& text, std::size_t i) {
  const bool marker = text[i].digit ? text[i].end - text[i].start <= 2 : text[i].end - text[i].start == 1;
  return marker && text.Gap(i).find('(') != std::string_view::npos &&
         text.Gap(i + 1).find(')') != std::string_view::npos;
}

bool OtherKindOfNumber(std::string_view word) {
  static const WordSet words = {"charity", "charitable", "vat",    "tax",     "data",    "ico",       "land",
                                "title",   "vehicle",    "trade",  "mark",    "fca",     "sra",       "design",
                                "patent",  "pension",    "paye",   "eori",    "tel",     "telephone", "fax",
                                "phone",   "account",    "policy", "invoice", "licence", "reference", "lei",
                                "sort",    "frn",        "firm",   "utr",     "duns",    "insurance", "page",
                                "clause",  "passport",   "permit", "roll",    "unit"};
  return words.contains(word);
}

// The words before word `i` that make it a company's number: "company number", "registered in England and Wales No."
bool LabelsNumber(const WordedText& text, std::size_t from, std::size_t i) {
  static const WordSet labels = {"number", "no", "nr", "num"};
  static const WordSet qualifiers = {"company",  "co",      "registered", "registration", "registry", "reg",
                                     "regd",     "regn",    "corporate",  "incorporated", "england",  "wales",
                                     "scotland", "ireland", "house",      "incorporation"};
  static const WordSet places = {"england", "wales", "scotland", "ireland", "kingdom", "with", "under", "as"};
  if (i <= from) return false;
  std::size_t at = i - 1;
  if (at > from && (text.folded(at) == "is" || text.folded(at) == "being")) --at;
  const std::string_view last = text.folded(at);
  if (last == "crn") return true;
  for (std::size_t back = 0; back < 4 && at >= from + back; ++back) {
    if (OtherKindOfNumber(text.folded(at - back))) return false;
  }
  if (labels.contains(last)) {
    if (at == from) return text.Gap(at).find('(') != std::string_view::npos;  // "ACME LIMITED (No. 01234567)"
    const std::string_view before = text.folded(at - 1);
    if (before == "with" || before == "under") {
      return at >= from + 2 && places.contains(text.folded(at - 2)) && !OtherKindOfNumber(text.folded(at - 2));
    }
    return qualifiers.contains(before);
  }
  // "registered in England: 01234567"
  if (!places.contains(last)) return false;
  for (std::size_t back = 1; back < 8 && at >= from + back; ++back) {
    if (text.folded(at - back) == "registered" || text.folded(at - back) == "incorporated") return true;
  }
  return false;
}

struct NumberWords {
  std::size_t last = 0;  // words [i, last)
  std::size_t digits = 0;
};

// A company number that begins at word `i`: "01234567", "SC012345", "SC 012345".
std::optional<NumberWords> NumberAt(const WordedText& text, std::size_t i) {
  static const WordSet prefixes = {"sc", "ni", "oc", "so", "nc", "lp", "sl", "fc",
                                   "ip", "rc", "nf", "ac", "ce", "cs", "zc"};
  NumberWords found;
  found.last = i + 1;
  std::string word(text.folded(i));
  if (prefixes.contains(word) && i + 1 < text.size() && text[i + 1].digit && text.OnlyBlanks(i + 1)) {
    word += text.folded(i + 1);
    found.last = i + 2;
  }
  const std::size_t letters = word.find_first_of("0123456789");
  if (letters == std::string::npos || letters > 2) return std::nullopt;
  std::size_t end = letters;
  while (end < word.size() && std::isdigit(static_cast<unsigned char>(word[end])) != 0) ++end;
  found.digits = end - letters;
  const bool shaped = word.size() - end <= 1 && word.size() <= 8 && found.digits >= 4;
  if (!shaped || (word.size() != end && letters == 0)) return std::nullopt;
  // "0123 4567", "12/345": not as it stands.
  const std::string_view behind = text.Gap(found.last);
  const bool goes_on =
      found.last < text.size() && text[found.last].digit && behind.find_first_not_of(" /-.,") == behind.npos;
  if (goes_on) return std::nullopt;
  return found;
}

void Quote(const WordedText& text, std::size_t from, std::size_t first, std::size_t last, StatedFact& fact) {
  fact.value_start = text[first].start;
  fact.value_end = text[last - 1].end;
  fact.end = fact.value_end;
  const bool near = fact.end - text[from].start <= kLongestQuote;
  fact.start = near ? text[from].start : fact.value_start;
}

bool IsOwn(const CompanyMention& mention) {
  return mention.whose != Whose::kAnother;
}

// ---- the registered office ----

struct OfficePhrase {
  std::size_t first = 0;  // words of "registered office"
  std::size_t last = 0;   // behind it, and behind "of ACME LIMITED (…)"
  std::optional<std::size_t> subject;
  bool of_somebody = false;  // "of the Tenant": of whom is not known
};

OfficePhrase ReadOfficePhrase(const WordedText& text, const std::vector<CompanyMention>& mentions, std::size_t i) {
  OfficePhrase phrase;
  phrase.first = i;
  phrase.last = i + 2;
  if (text.folded(phrase.last) == "address" && text.OnlyBlanks(phrase.last)) ++phrase.last;
  const std::string_view next = text.folded(phrase.last);
  if ((next != "of" && next != "for") || !text.OnlyBlanks(phrase.last)) return phrase;
  // "registered office of 12 Mill Lane" is how some write "at".
  if (phrase.last + 1 < text.size() && text[phrase.last + 1].digit) return phrase;
  const std::size_t m = NextMention(mentions, phrase.last + 1);
  phrase.of_somebody = true;
  if (m == mentions.size() || mentions[m].first > phrase.last + 2) return phrase;
  phrase.subject = m;
  phrase.last = mentions[m].last;
  // "(company number 01234567)", "(the Tenant)"
  if (phrase.last < text.size() && text.Gap(phrase.last).find('(') != std::string_view::npos) {
    for (std::size_t at = phrase.last + 1; at < text.size() && at < phrase.last + 12; ++at) {
      if (text.Gap(at).find(')') == std::string_view::npos) continue;
      phrase.last = at;
      break;
    }
  }
  return phrase;
}

bool IsParty(std::string_view word) {
  static const WordSet words = {"tenant",   "landlord", "buyer",    "seller",  "guarantor", "party",     "borrower",
                                "lender",   "supplier", "customer", "client",  "parent",    "holding",   "subsidiary",
                                "employer", "employee", "vendor",   "chargor", "licensor",  "purchaser", "licensee",
                                "lessor",   "lessee",   "surety",   "agent",   "bank",      "contractor"};
  return words.contains(word);
}

std::optional<std::size_t> SubjectOfOffice(const WordedText& text, const std::vector<CompanyMention>& mentions,
                                           const OfficePhrase& phrase, bool label) {
  if (phrase.subject) return phrase.subject;
  if (phrase.of_somebody) return std::nullopt;
  // "the Company's registered office", "your registered office": of whom is not said here.
  const std::string_view owner = phrase.first > 0 ? text.folded(phrase.first - 1) : std::string_view();
  const bool owned = owner == "your" || owner == "their" || owner == "our" || owner == "company" || IsParty(owner);
  if (owned && !text.NewLine(phrase.first)) return std::nullopt;
  const std::optional<std::size_t> subject = CompanyDescribedAt(text, mentions, phrase.first);
  if (!subject || label) return subject;
  for (std::size_t i = mentions[*subject].last; i <= phrase.first; ++i) {
    if (text.NewParagraph(i) || (text.NewSentence(i) && owner != "its")) return std::nullopt;
  }
  return subject;
}

// Past "is at", "situated at", ":"; nothing when no address is announced. `of`: whether "of" announces one too.
std::optional<std::size_t> BeginOfAddress(const WordedText& text, std::size_t at, bool of) {
  static const WordSet announcing = {"is", "at", "situate", "situated", "located", "being", "address", "are"};
  static const WordSet between = {"currently", "presently", "in", "the", "as", "follows", "now"};
  if (text.folded(at) == "and" && text.folded(at + 1) == "principal" && text.folded(at + 2) == "place") at += 5;
  bool announced = false;
  for (std::size_t i = at; i < text.size() && i < at + 6; ++i) {
    const std::string_view gap = text.Gap(i);
    const bool sign = gap.find(':') != std::string_view::npos || gap.find("\xE2\x80\x93") != std::string_view::npos ||
                      gap.find(" - ") != std::string_view::npos || (i == at && text.NewLine(i) && text[i].digit);
    announced = announced || sign;
    const std::string_view word = text.folded(i);
    if (announcing.contains(word) || (of && word == "of")) {
      announced = true;
    } else if (!between.contains(word)) {
      return announced ? std::optional(i) : std::nullopt;
    }
  }
  return std::nullopt;
}

// Behind the postcode, else where the clause ends.
std::size_t EndOfAddress(const WordedText& text, const std::vector<CompanyMention>& mentions, std::size_t first) {
  static const WordSet ends = {"company", "registered", "whose",       "tel", "telephone", "email",
                               "with",    "which",      "hereinafter", "vat", "or",        "fax"};
  const std::size_t m = NextMention(mentions, first);
  std::size_t most = std::min(text.size(), first + kLongestAddress);
  if (m < mentions.size()) most = std::min(most, mentions[m].first);
  if (most <= first) return first;
  std::size_t end = first + 1;
  while (end < most) {
    const std::string_view gap = text.Gap(end);
    const bool broken = gap.find_first_of(";()\"") != std::string_view::npos ||
                        gap.find("\xE2\x80\x9C") != std::string_view::npos || text.NewParagraph(end) ||
                        text.NewSentence(end) || ends.contains(text.folded(end));
    if (broken) break;
    ++end;
  }
  const std::string_view clause = text.Span(first, end);
  if (const std::optional<std::size_t> behind = EndOfPostcode(clause)) {
    while (end > first + 1 && text[end - 1].end > text[first].start + *behind) --end;
    return end;
  }
  // "… Leeds and ACME …"
  while (end > first + 1 && (text.folded(end - 1) == "and" || text.folded(end - 1) == "the")) --end;
  return end;
}

}  // namespace

bool DescribesOnly(const WordedText& text, const std::vector<CompanyMention>& mentions, std::size_t first,
                   std::size_t last) {
  static const WordSet known = {
      "a",          "an",           "the",        "private",   "public",       "limited",     "unlimited",
      "company",    "incorporated", "registered", "in",        "england",      "wales",       "scotland",
      "northern",   "ireland",      "united",     "kingdom",   "uk",           "and",         "under",
      "with",       "by",           "shares",     "guarantee", "law",          "laws",        "act",
      "acts",       "number",       "no",         "nr",        "registration", "reg",         "regd",
      "regn",       "co",           "crn",        "whose",     "its",          "having",      "has",
      "is",         "being",        "situated",   "situate",   "located",      "office",      "address",
      "principal",  "place",        "business",   "for",       "as",           "hereinafter", "called",
      "referred",   "to",           "which",      "house",     "liability",    "partnership", "body",
      "corporate",  "vat",          "tel",        "telephone", "fax",          "email",       "phone",
      "www",        "companies",    "or",         "duly",      "existing",     "organised",   "formerly",
      "previously", "known",        "now",        "details"};
  bool address = false;
  for (std::size_t i = first; i < last; ++i) {
    const auto aside = std::find_if(mentions.begin(), mentions.end(), [i](const CompanyMention& mention) {
      return mention.aside && mention.first <= i && i < mention.last;
    });
    if (aside != mentions.end()) continue;
    if (BeginsItem(text, i)) return false;
    const std::string_view word = text.folded(i);
    const std::string_view before = text.Gap(i);
    const std::string_view behind = text.Gap(i + 1);
    if (text.NewSentence(i)) address = false;
    if (word == "of" || word == "at" || word == "office" || word == "address") address = true;
    const bool digits = word.find_first_of("0123456789") != std::string_view::npos;
    address = address || text[i].digit;
    // (the "Tenant"), ("Acme")
    const bool defined = text[i].capital &&
                         (before.find_first_of("\"(") != std::string_view::npos ||
                          before.find("\xE2\x80\x9C") != std::string_view::npos ||
                          before.find("\xE2\x80\x98") != std::string_view::npos || text.folded(i - 1) == "the") &&
                         (behind.find_first_of("\")") != std::string_view::npos ||
                          behind.find("\xE2\x80\x9D") != std::string_view::npos ||
                          behind.find("\xE2\x80\x99") != std::string_view::npos);
    const bool web = before == "@" || before == "." || behind == "@" || behind == ".";
    if (!known.contains(word) && word != "of" && word != "at" && !digits && !defined && !web &&
        !(address && text[i].capital))
      return false;
  }
  return true;
}

std::optional<std::size_t> CompanyDescribedAt(const WordedText& text, const std::vector<CompanyMention>& mentions,
                                              std::size_t i) {
  const std::optional<std::size_t> before = MentionBefore(mentions, i);
  if (!before || i - mentions[*before].last > kDescription) return std::nullopt;
  const CompanyMention& mention = mentions[*before];
  const bool described = DescribesOnly(text, mentions, mention.last, i);
  // "ACME LIMITED's bankers"
  const bool owns = IsPossessive(text, mention);
  const std::string_view next = text.folded(mention.last);
  if (!described || (owns && next != "registered" && next != "company")) return std::nullopt;
  return before;
}

bool SpeaksOfChange(const WordedText& text, const std::vector<CompanyMention>& mentions, std::size_t first,
                    std::size_t last) {
  static const WordSet words = {
      "formerly", "former",  "previously", "previous",    "change",    "changed",     "changing",
      "changes",  "moved",   "move",       "until",       "prior",     "old",         "proposed",
      "resigned", "resign",  "resigns",    "resignation", "ceased",    "cease",       "ceasing",
      "removed",  "removal", "retired",    "retire",      "retiring",  "retirement",  "deceased",
      "late",     "ex",      "appoint",    "appointed",   "appoints",  "appointment", "appointing",
      "elect",    "elected", "terminated", "dismissed",   "outgoing",  "incoming",    "alternate",
      "shadow",   "nominee", "facto",      "replaced",    "successor", "erstwhile",   "designate"};
  for (std::size_t i = first; i < last && i < text.size(); ++i) {
    if (!words.contains(text.folded(i))) continue;
    // "ACME LIMITED (formerly known as ACME BICYCLES LIMITED)" is said of the name alone.
    const bool of_a_name = std::any_of(mentions.begin(), mentions.end(), [i](const CompanyMention& mention) {
      return mention.aside && mention.first > i && mention.first <= i + 3;
    });
    if (!of_a_name) return true;
  }
  return false;
}

namespace {

// A number in brackets right behind the name: "ACME LIMITED (01234567)".
bool StandsBare(const WordedText& text, std::size_t i, const NumberWords& number) {
  std::size_t length = 0;
  for (std::size_t word = i; word < number.last; ++word) length += text.folded(word).size();
  return length == 8 && number.digits >= 6 && text.Gap(i).find('(') != std::string_view::npos &&
         text.Gap(number.last).find_first_of("),") != std::string_view::npos;
}

}  // namespace

std::vector<StatedFact> FindStatedNumbers(const WordedText& text, const std::vector<CompanyMention>& mentions) {
  std::vector<StatedFact> facts;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const std::optional<NumberWords> number = NumberAt(text, i);
    if (!number) continue;
    const std::optional<std::size_t> subject = CompanyDescribedAt(text, mentions, i);
    if (!subject || !mentions[*subject].whole) continue;
    const CompanyMention& mention = mentions[*subject];
    const bool bare = i == mention.last && StandsBare(text, i, *number);
    if (!bare && !LabelsNumber(text, mention.last, i)) continue;
    const bool told =
        std::any_of(facts.begin(), facts.end(), [&](const StatedFact& one) { return one.mention == *subject; });
    if (told || SpeaksOfChange(text, mentions, mention.last, i)) continue;
    StatedFact fact;
    fact.kind = StatedKind::kNumber;
    fact.mention = *subject;
    Quote(text, mention.first, i, number->last, fact);
    facts.push_back(fact);
  }
  return facts;
}

std::vector<StatedFact> FindStatedOffices(const WordedText& text, const std::vector<CompanyMention>& mentions) {
  std::vector<StatedFact> facts;
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    if (text.folded(i) != "registered" || !text.OnlyBlanks(i + 1)) continue;
    if (text.folded(i + 1) != "office" && text.folded(i + 1) != "address") continue;
    const OfficePhrase phrase = ReadOfficePhrase(text, mentions, i);
    const std::optional<std::size_t> first = BeginOfAddress(text, phrase.last, !phrase.subject);
    if (!first) continue;
    const bool label = text.Gap(phrase.last).find(':') != std::string_view::npos || text.NewLine(phrase.first);
    const std::optional<std::size_t> subject = SubjectOfOffice(text, mentions, phrase, label);
    if (!subject || !IsOwn(mentions[*subject])) continue;
    const std::size_t last = EndOfAddress(text, mentions, *first);
    if (last <= *first || !LooksLikeAddress(text.Span(*first, last))) continue;
    const std::size_t from = std::min(mentions[*subject].first, phrase.first);
    const std::size_t sentence = text.SentenceStart(phrase.first);
    if (SpeaksOfChange(text, mentions, std::max(sentence, phrase.first - std::min(phrase.first, kSaidNear)), *first))
      continue;
    // "at 1 Old Street, London until 1 May 2020"
    if (SpeaksOfChange(text, mentions, last, std::min(last + 4, text.SentenceEnd(last - 1)))) continue;
    StatedFact fact;
    fact.kind = StatedKind::kOffice;
    fact.mention = *subject;
    Quote(text, from, *first, last, fact);
    facts.push_back(fact);
  }
  return facts;
}

}  // namespace counsel::answers
