#include "judging/lexicon.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "judging/asides.h"
#include "judging/front.h"
#include "text/numbers.h"

namespace counsel::judging {
namespace {

constexpr std::string_view kPhraseList =
#include "judging/phrases.inc"
    ;
constexpr std::string_view kSynonymList =
#include "judging/synonyms.inc"
    ;
constexpr std::string_view kAntonymList =
#include "judging/antonyms.inc"
    ;

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \n") - first + 1);
}

std::vector<std::string_view> Split(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (const std::string_view part = Trimmed(text.substr(0, end)); !part.empty()) parts.push_back(part);
    text.remove_prefix(std::min(end + separator.size(), text.size()));
  }
  return parts;
}

std::vector<std::string_view> Lines(std::string_view list) {
  std::vector<std::string_view> lines = Split(list, "\n");
  std::erase_if(lines, [](std::string_view line) { return line.front() == '#'; });
  return lines;
}

struct Phrase {
  std::vector<std::string_view> from, to;
};

// By first word, longest first.
const std::unordered_map<std::string_view, std::vector<Phrase>>& Phrases() {
  static const auto* const phrases = [] {
    auto* made = new std::unordered_map<std::string_view, std::vector<Phrase>>;
    for (const std::string_view line : Lines(kPhraseList)) {
      const std::size_t arrow = line.find("=>");  // nothing behind it: the phrase says nothing
      Phrase phrase;
      phrase.from = Split(line.substr(0, arrow), " ");
      phrase.to = Split(line.substr(arrow + 2), " ");
      (*made)[phrase.from.front()].push_back(std::move(phrase));
    }
    for (auto& [first, list] : *made) {
      std::stable_sort(list.begin(), list.end(),
                       [](const Phrase& a, const Phrase& b) { return a.from.size() > b.from.size(); });
    }
    return made;
  }();
  return *phrases;
}

bool Begins(const Words& words, std::size_t at, const Phrase& phrase) {
  if (at + phrase.from.size() > words.size()) return false;
  for (std::size_t i = 0; i < phrase.from.size(); ++i) {
    const text::RawWord& word = words[at + i];
    const bool same =
        word.punctuation != 0 ? phrase.from[i] == std::string_view(&word.punctuation, 1) : phrase.from[i] == word.text;
    if (!same) return false;
  }
  return true;
}

// "May" in a date is a month, and "and" in "two hundred and fifty" is no conjunction.
bool IsOfNumber(std::string_view text, const Words& words, std::size_t i, std::string_view before) {
  if (words[i].text == "and" && i + 1 < words.size()) {
    return (before == "hundred" || before == "thousand") && text::FindNumber(text, words, i + 1).words != 0;
  }
  if (words[i].text != "may" || text[words[i].start] != 'M') return false;
  return (i > 0 && words[i - 1].digits) || (i + 1 < words.size() && words[i + 1].digits);
}

using Groups = std::unordered_map<std::string, std::vector<int>>;

Groups ReadGroups(std::string_view list) {
  Groups groups;
  int number = 0;
  for (const std::string_view line : Lines(list)) {
    for (const std::string_view word : Split(line, ",")) {
      std::vector<int>& of = groups[text::Fold(word).text];
      if (of.empty() || of.back() != number) of.push_back(number);
    }
    ++number;
  }
  return groups;
}

bool Share(const Groups& groups, const std::string& one, const std::string& other) {
  const auto a = groups.find(one);
  const auto b = groups.find(other);
  if (a == groups.end() || b == groups.end()) return false;
  return std::any_of(a->second.begin(), a->second.end(), [&](int group) {
    return std::find(b->second.begin(), b->second.end(), group) != b->second.end();
  });
}

bool IsOneOf(std::initializer_list<std::string_view> words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool Has(const std::unordered_set<std::string_view>& set, std::string_view word) {
  return set.find(word) != set.end();
}

}  // namespace

bool IsOperator(const text::RawWord& word) {
  return !word.text.empty() && word.text[0] >= 'A' && word.text[0] <= 'Z';
}

Words Rewritten(std::string_view text, Words words) {
  // "was therefore not entitled to": such a word between them hides no phrase.
  for (std::size_t i = 1; i + 1 < words.size(); ++i) {
    if (IsOneOf({"is", "are", "was", "were", "shall", "may", "must", "will", "has", "have"}, words[i - 1].text) &&
        IsOneOf({"therefore", "thus", "accordingly", "nevertheless", "nonetheless", "also", "hereby", "however"},
                words[i].text))
      words.erase(words.begin() + static_cast<std::ptrdiff_t>(i));
  }
  DropAsides(&words);
  Words out;
  out.reserve(words.size());
  for (std::size_t i = 0; i < words.size();) {
    const std::string_view first =
        words[i].punctuation != 0 ? std::string_view(&words[i].punctuation, 1) : std::string_view(words[i].text);
    const auto list = Phrases().find(first);
    const Phrase* found = nullptr;
    if (list != Phrases().end() && !IsOfNumber(text, words, i, out.empty() ? std::string_view() : out.back().text)) {
      const auto phrase = std::find_if(list->second.begin(), list->second.end(),
                                       [&](const Phrase& one) { return Begins(words, i, one); });
      if (phrase != list->second.end()) found = &*phrase;
      // "will be held on Monday": there it is a verb
      if (found != nullptr && first == "held" && found->to.front() == "AT" && !out.empty() &&
          IsOneOf({"be", "been", "is", "are", "was", "were"}, out.back().text))
        found = nullptr;
    }
    if (found == nullptr) {
      out.push_back(std::move(words[i++]));
      continue;
    }
    for (const std::string_view to : found->to) {
      text::RawWord word;
      if (to == ",") {
        word.punctuation = ',';
      } else {
        word.text = to;
      }
      word.joined = words[i].joined;
      word.start = words[i].start;
      word.end = words[i + found->from.size() - 1].end;
      out.push_back(std::move(word));
    }
    i += found->from.size();
  }
  MarkFront(&out);
  return out;
}

std::string Family(std::string_view stem) {
  struct Ending {
    std::string_view ending, instead;
    std::size_t rest;  // that must remain
  };
  static constexpr std::array<Ending, 12> endings = {{{"ication", "y", 3},
                                                      {"ization", "iz", 3},
                                                      {"ition", "", 3},
                                                      {"ation", "", 3},
                                                      {"ment", "", 3},
                                                      {"anc", "", 4},
                                                      {"enc", "", 4},
                                                      {"ion", "", 3},
                                                      {"bly", "bl", 3},
                                                      {"ly", "", 4},
                                                      {"al", "", 5},
                                                      {"at", "", 4}}};
  std::string family(stem);
  for (const Ending& one : endings) {
    if (!family.ends_with(one.ending) || family.size() < one.ending.size() + one.rest) continue;
    family.replace(family.size() - one.ending.size(), one.ending.size(), one.instead);
    if (family.ends_with("e")) family.pop_back();
    break;
  }
  if (family.size() > 5 && family.ends_with("at")) family.resize(family.size() - 2);
  return family;
}

bool AreSynonyms(const std::string& one, const std::string& other) {
  static const Groups synonyms = ReadGroups(kSynonymList);
  // A judge says "I".
  const auto judges = [](const std::string& word) { return word == "judg" || word == "court" || word == "tribunal"; };
  if ((one == "i" && judges(other)) || (other == "i" && judges(one))) return true;
  return Share(synonyms, one, other);
}

bool AreOpposites(const std::string& one, const std::string& other) {
  static const Groups opposites = ReadGroups(kAntonymList);
  return one != other && Share(opposites, one, other);
}

bool IsNegative(std::string_view stem) {
  static const std::unordered_set<std::string_view> negative = {
      "refus",     "fail",   "deny",    "prohibit", "prevent", "preclud",  "disclaim", "void",
      "ceas",      "waiv",   "lack",    "exclud",   "declin",  "reject",   "disput",   "alleg",
      "purport",   "avoid",  "unabl",   "unlawful", "illegal", "neglect",  "omit",     "hardly",
      "impossibl", "rarely", "seldom",  "fals",     "untru",   "doubt",    "invalid",  "absenc",
      "unlikely",  "stop",   "failur",  "refusal",  "waiver",  "instead",  "wrong",    "dismiss",
      "withhold",  "revok",  "nothing", "forbid",   "unless",  "overturn", "revers",   "oppos"};
  return Has(negative, stem);
}

bool IsLight(std::string_view stem) {
  static const std::unordered_set<std::string_view> light = {
      "also",       "further",     "furthermor",   "moreover",  "nevertheless", "however",      "hereby",
      "then",       "accordingly", "therefor",     "thus",      "itself",       "themselv",     "himself",
      "herself",    "own",         "respectiv",    "such",      "namely",       "specifically", "explicitly",
      "expressly",  "simply",      "additionally", "please",    "note",         "mean",         "case",
      "there",      "likewis",     "so",           "as",        "way",          "thing",        "certain",
      "particular", "actually",    "indeed",       "i.e",       "e.g",          "overall",      "still",
      "question",   "even",        "yes",          "concerned", "fact",         "do",           "be",
      "have",       "just",        "would",        "self",      "besid",        "importantly",  "shall",
      "remain",     "mr",          "mrs",          "ms",        "dr",           "what",         "here",
      "ones",       "undersigned", "duly",         "hereto",    "hereinafter",  "hereafter",    "forego",
      "asis"};
  return Has(light, stem);
}

bool IsRoleNoun(std::string_view stem) {
  static const std::unordered_set<std::string> roles = [] {
    constexpr std::string_view kRoles =
        "landlord tenant lessor lesse licensor license licensee buyer seller purchaser vendor supplier "
        "customer client employer employe worker contractor consultant agent principal recipient "
        "discloser director secretary chair chairman board member shareholder court judg claimant "
        "defendant appellant respondent insurer insured surveyor expert arbitrator auditor lender "
        "borrower bank guarantor trustee beneficiary executor testator party company manager officer "
        "contributor you we i user owner holder author licenser provider processor controller witness "
        "solicitor regulator government engineer partner founder investor debtor creditor donor "
        "occupier visitor distributor tribunal parent child guardian carrier courier merchant student "
        "patient school council police doctor nurse agency minister spouse heir driver passenger broker "
        "foreman builder architect assignee assignor transferee transferor mortgagee mortgagor lessee "
        "employee payee subcontractor operator administrator liquidator receiver underwriter applicant "
        "accused prosecutor petitioner nominee subscriber advertiser retailer wholesaler manufacturer "
        "franchisor franchisee firm policyholder counterparty committee president treasurer commodore club "
        "society association captain master mediator adjudicator umpire registrar clerk governor guest proxy "
        "commissioner inspector valuer authority provider target acquirer ";
    std::unordered_set<std::string> made;
    for (const std::string_view role : Split(kRoles, " ")) {
      made.insert(std::string(role));
      made.insert(text::Fold(role).text);
    }
    // "licence", "to employ" and "less" are nobody: the list has some stems among its words.
    for (const char* nobody : {"licens", "employ", "less", "accus"}) made.erase(nobody);
    return made;
  }();
  return roles.find(std::string(stem)) != roles.end();
}

bool IsDocumentNoun(std::string_view stem) {
  static const std::unordered_set<std::string_view> nouns = {"leas",   "agreement", "contract",   "licens", "document",
                                                             "policy", "deed",      "instrument", "nda",    "tenancy"};
  return Has(nouns, stem);
}

}  // namespace counsel::judging
