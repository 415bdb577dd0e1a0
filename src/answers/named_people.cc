#include "answers/named_people.h"

#include <algorithm>
#include <set>

#include "answers/person_name.h"

namespace counsel::answers {
namespace {

using WordSet = std::set<std::string_view>;

// No part of a person's name, however it is written.
bool IsNoName(std::string_view word) {
  static const WordSet words = {
      "the",        "this",      "signed",    "by",        "name",       "and",        "director",   "directors",
      "present",    "chairman",  "chair",     "agreement", "limited",    "ltd",        "plc",        "llp",
      "in",         "on",        "of",        "each",      "both",       "any",        "a",          "an",
      "for",        "company",   "secretary", "board",     "executed",   "deed",       "witness",    "managing",
      "finance",    "sales",     "executive", "non",       "authorised", "signatory",  "position",   "title",
      "capacity",   "print",     "between",   "acting",    "duly",       "resolved",   "it",         "as",
      "january",    "february",  "march",     "april",     "june",       "july",       "august",     "september",
      "october",    "november",  "december",  "monday",    "tuesday",    "wednesday",  "thursday",   "friday",
      "saturday",   "sunday",    "england",   "wales",     "scotland",   "landlord",   "tenant",     "buyer",
      "seller",     "member",    "members",   "full",      "signature",  "date",       "attendance", "minutes",
      "meeting",    "apologies", "our",       "your",      "all",        "no",         "none",       "or",
      "to",         "with",      "from",      "at",        "is",         "are",        "whereas",    "per",
      "pro",        "partner",   "sole",      "joint",     "designated", "operations", "marketing",  "technical",
      "commercial", "group",     "guarantor", "supplier",  "customer",   "client",     "solicitor",  "group's",
      "chief",      "officer",   "manager",   "legal",     "counsel"};
  return words.contains(word);
}

bool IsParticle(std::string_view word) {
  static const WordSet words = {"van", "von", "der", "den", "de", "da", "di", "la", "le", "du"};
  return words.contains(word);
}

bool MayBeName(const WordedText& text, std::size_t i) {
  const TextWord& word = text[i];
  const bool initial = word.folded.size() == 1 && word.capital;
  if ((IsNoName(word.folded) && !initial) || word.digit) return false;
  return word.capital || IsParticle(word.folded);
}

// Within one name: blanks, the dot of an initial or title, a hyphen; not over a line.
bool JoinsName(const WordedText& text, std::size_t i) {
  const std::string_view gap = text.Gap(i);
  if (gap == "-") return true;
  if (gap.find_first_not_of(" .\t\xC2\xA0") != std::string_view::npos) return false;
  const bool dot = gap.find('.') != std::string_view::npos;
  return !dot || text.folded(i - 1).size() == 1 || IsPersonTitle(text.folded(i - 1));
}

bool Overlaps(const std::vector<CompanyMention>& mentions, const WordRange& range) {
  return std::any_of(mentions.begin(), mentions.end(), [&](const CompanyMention& mention) {
    return mention.first < range.last && range.first < mention.last;
  });
}

// Two names at least that are more than a title.
bool IsPerson(const WordedText& text, const std::vector<CompanyMention>& mentions, const WordRange& range) {
  std::size_t names = 0;
  for (std::size_t i = range.first; i < range.last; ++i) {
    names += IsPersonTitle(text.folded(i)) || IsParticle(text.folded(i)) ? 0 : 1;
  }
  const bool shaped =
      names >= 2 && names <= 4 && text[range.last - 1].capital && text.folded(range.last - 1).size() > 1;
  return shaped && !Overlaps(mentions, range);
}

std::optional<WordRange> PersonAt(const WordedText& text, const std::vector<CompanyMention>& mentions,
                                  std::size_t first) {
  WordRange range{first, first};
  constexpr std::size_t kLongest = 6;
  while (range.last < text.size() && range.last - first < kLongest && MayBeName(text, range.last) &&
         (range.last == first || JoinsName(text, range.last))) {
    ++range.last;
  }
  if (range.last == first || !IsPerson(text, mentions, range)) return std::nullopt;
  return range;
}

}  // namespace

std::optional<WordRange> PersonBefore(const WordedText& text, const std::vector<CompanyMention>& mentions,
                                      std::size_t end) {
  WordRange range{end, end};
  constexpr std::size_t kLongest = 6;
  while (range.first > 0 && end - range.first < kLongest && MayBeName(text, range.first - 1) &&
         (range.first == end || JoinsName(text, range.first))) {
    --range.first;
  }
  if (range.first == end || !IsPerson(text, mentions, range)) return std::nullopt;
  return range;
}

// "John Smith, Jane Doe (chair) and Peter Patel"
std::vector<WordRange> PeopleFrom(const WordedText& text, const std::vector<CompanyMention>& mentions, std::size_t at) {
  std::vector<WordRange> people;
  while (people.size() < kMostPeople && at < text.size()) {
    if (!people.empty() && text.folded(at) == "and") ++at;
    const std::optional<WordRange> person = at < text.size() ? PersonAt(text, mentions, at) : std::nullopt;
    if (!person) break;
    people.push_back(*person);
    at = person->last;
    if (at >= text.size() || text.NewParagraph(at)) break;
    const std::string_view gap = text.Gap(at);
    const bool goes_on = text.folded(at) == "and" || gap.find(',') != std::string_view::npos ||
                         gap.find('&') != std::string_view::npos ||
                         (text.NewLine(at) && gap.find('.') == std::string_view::npos);
    if (!goes_on) break;
  }
  return people;
}

}  // namespace counsel::answers
