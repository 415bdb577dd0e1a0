#include "judging/counterparts.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "judging/grammar.h"
#include "judging/lexicon.h"
#include "text/words.h"

namespace counsel::judging {
namespace {

// What the first does to the second, by the stems of their verbs. `about`: what it is done with, where the verb alone
// tells nothing.
struct Pair {
  std::string_view first, second;
  std::initializer_list<std::string_view> first_does, second_does;
  std::string_view about;
};
const std::array<Pair, 5>& Pairs() {
  static const std::array<Pair, 5> pairs = {
      {{"discloser", "recipient", {"disclos", "provid", "reveal", "communicat"}, {"receiv"}, "information"},
       {"landlord", "tenant", {"let", "leas", "demiz"}, {"occupy"}, ""},
       {"seller", "buyer", {"sell"}, {"buy"}, ""},
       {"lender", "borrower", {"lend"}, {"borrow"}, ""},
       {"licensor", "license", {"licens"}, {}, ""}}};
  return pairs;
}

class Finder {
 public:
  explicit Finder(const std::vector<std::string_view>& passages) : passages_(passages) {}

  CalledNames Run() {
    for (const std::string_view text : passages_) {
      Take(text);
      for (std::size_t i = 1; i + 2 < words_.size(); ++i) TakeTerm(i);
    }
    for (const std::string_view text : passages_) {
      Take(text);
      for (std::size_t i = 0; i < words_.size(); ++i) {
        TakeEvidence(i);
        mergers_ += words_[i].text == "merger" ? 1 : 0;
      }
    }
    CalledNames called;
    for (const Pair& pair : Pairs()) {
      for (const std::string_view role : {pair.first, pair.second}) {
        const std::string& party = OnlyParty(role);
        if (party.empty() || party == role) continue;
        const std::string_view opposite = role == pair.first ? pair.second : pair.first;
        // Both are told, or the one that is says so by its definition.
        const std::string& other = OnlyParty(opposite);
        if (other == party || (other.empty() && defined_.count(std::string(role)) == 0)) continue;
        if (PartiesOf(opposite).count(party) > 0) continue;
        called[party] += (called[party].empty() ? " " : "") + std::string(role) + " ";
        if (defined_.count(std::string(role)) > 0) called[std::string(role)] = " " + party + " ";
      }
    }
    // The company that is bought in a merger, and who buys it.
    if (terms_.count("company") > 0 && terms_.count("parent") > 0 && mergers_ > kMergerSaid) {
      if (called.count("company") == 0) called["company"] = " target ";
      if (called.count("parent") == 0) called["parent"] = " buyer acquirer purchaser ";
    }
    return called;
  }

 private:
  static constexpr int kMergerSaid = 5;  // times, of an agreement that is one of merger

  void Take(std::string_view text) {
    text_ = text;
    words_ = Rewritten(text, text::SplitWords(text, 0, text.size()));
  }

  [[nodiscard]] std::string StemAt(std::size_t i) const {
    return i < words_.size() && words_[i].punctuation == 0 ? text::Fold(words_[i].text).text : std::string();
  }
  [[nodiscard]] bool CapitalAt(std::size_t i) const {
    return i < words_.size() && words_[i].punctuation == 0 && !IsOperator(words_[i]) && !words_[i].digits &&
           std::isupper(static_cast<unsigned char>(text_[words_[i].start])) != 0;
  }
  [[nodiscard]] bool EndsSentence(std::size_t i) const { return IsMarkOf(i, ".;"); }
  [[nodiscard]] bool IsMarkOf(std::size_t i, std::string_view marks) const {
    return i < words_.size() && words_[i].punctuation != 0 && marks.find(words_[i].punctuation) != std::string::npos;
  }

  // Acme Ltd ("Vendor"), (the "Company"), (hereinafter referred to as "IBC"): what it calls a party.
  void TakeTerm(std::size_t i) {
    constexpr std::size_t kLongest = 7;
    if (!IsMarkOf(i, "(")) return;
    std::size_t close = i + 1;
    while (close < words_.size() && close - i < kLongest && !IsMarkOf(close, "(),;")) ++close;
    if (!IsMarkOf(close, ")") || close < i + 2 || !CapitalAt(close - 1)) return;
    const std::string term = StemAt(close - 1);
    // A quotation mark before it: it is defined there.
    const std::size_t start = words_[close - 1].start;
    const bool quoted = start > 0 && (text_[start - 1] == '"' || static_cast<unsigned char>(text_[start - 1]) >= 0x80);
    if (!quoted || term.empty() || IsDocumentNoun(term)) return;
    // A name stands before it, or nothing yet: "____ ("Vendor")".
    if (!CapitalAt(i - 1) && !(IsMarkOf(i - 1, ".,") && CapitalAt(i - 2)) && !IsRoleNoun(term)) return;
    const std::string before = StemAt(i - 1);
    terms_.insert(term);
    // Company ("Disclosing Party")
    const bool role = std::any_of(Pairs().begin(), Pairs().end(),
                                  [&](const Pair& pair) { return term == pair.first || term == pair.second; });
    if (role && IsRoleNoun(before) && before != "party") {
      defined_.insert(term);
      parties_[term].insert(before);
      terms_.insert(before);
    }
  }

  // The party that begins at word `i`, behind "the" or not; "" for none.
  [[nodiscard]] std::string PartyAt(std::size_t i, bool owner = false) const {
    if (i < words_.size() && In(words_[i].text, {"the", "such", "said"})) ++i;
    // "to the Vendor's employees"
    if (!CapitalAt(i) || text::Fold(words_[i].text).possessive != owner) return {};
    const std::string stem = StemAt(i);
    return terms_.count(stem) > 0 ? stem : std::string();
  }

  // The words from `first` of the same sentence hold what the pair is about.
  [[nodiscard]] bool IsAbout(const Pair& pair, std::size_t at) const {
    if (pair.about.empty()) return true;
    constexpr std::size_t kReach = 16;
    for (std::size_t i = at; i < std::min(words_.size(), at + kReach) && !EndsSentence(i); ++i) {
      if (StemAt(i) == pair.about) return true;
    }
    for (std::size_t i = at; i > 0 && at - i < kReach && !EndsSentence(i); --i) {
      if (StemAt(i) == pair.about) return true;
    }
    return false;
  }

  // "disclosed by IBC to the Vendor", "received from IBC", "IBC may disclose to the Vendor"; not "IBC shall not
  // disclose".
  void TakeEvidence(std::size_t i) {
    const std::string stem = StemAt(i);
    if (stem.empty()) return;
    constexpr std::size_t kReach = 8;
    // "IBC's disclosure of such information to the Vendor"
    if (stem == "disclosur" && i > 0 && text::Fold(words_[i - 1].text).possessive) {
      for (std::size_t k = i + 1; k < std::min(words_.size(), i + kReach) && !EndsSentence(k); ++k) {
        if (words_[k].text != "TO" || PartyAt(k + 1).empty() || PartyAt(i - 1, true).empty()) continue;
        Add("discloser", PartyAt(i - 1, true), true);
        Add("recipient", PartyAt(k + 1), true);
      }
    }
    for (const Pair& pair : Pairs()) {
      const bool first = In(stem, pair.first_does);
      const bool second = In(stem, pair.second_does);
      if ((!first && !second) || !IsAbout(pair, i)) continue;
      const std::string_view doer = first ? pair.first : pair.second;
      const std::string_view other = first ? pair.second : pair.first;
      const bool participle = text::Fold(words_[i].text).past;
      std::string by;
      std::string whom;
      std::string after;
      for (std::size_t k = i + 1; k < std::min(words_.size(), i + kReach) && !EndsSentence(k); ++k) {
        if (OpensClause(words_[k].text) != nullptr || IsModal(words_[k].text) || IsRelative(words_[k].text)) break;
        if (words_[k].text == "BY" && participle && by.empty()) by = PartyAt(k + 1);
        if (words_[k].text == (first ? "TO" : "FROM") && whom.empty()) whom = PartyAt(k + 1);
        if (!whom.empty() && IsMarkOf(k, ",") && words_[i].text.ends_with("ing") && by.empty()) after = PartyAt(k + 1);
      }
      if (by.empty() && !participle) by = SubjectBefore(i);
      // "by disclosing it to the Vendor, IBC does not grant"
      if (by.empty()) by = after;
      // Who does it and to whom, or in a passive who has done it: a duty not to do it tells nothing.
      const bool both = !by.empty() && !whom.empty() && by != whom;
      if (!by.empty() && (participle || !whom.empty())) Add(doer, by, both);
      if (!whom.empty() && (!by.empty() || second)) Add(other, whom, both);
    }
  }

  // "IBC discloses", "IBC may disclose", "IBC is willing to disclose"
  [[nodiscard]] std::string SubjectBefore(std::size_t verb) const {
    constexpr std::size_t kReach = 6;
    for (std::size_t k = verb; k > 0 && verb - k < kReach; --k) {
      const std::string& word = words_[k - 1].text;
      if (In(word, {"FORBID", "MAYNOT", "NOT", "NO", "NOTMUST", "UNLESS"}) || words_[k - 1].punctuation != 0) return {};
      if (std::string party = PartyAt(k - 1); !party.empty()) return party;
    }
    return {};
  }

  // Where both are named it weighs more than "were disclosed by the Vendor to anybody".
  void Add(std::string_view role, const std::string& party, bool both) {
    (both ? parties_ : perhaps_)[std::string(role)].insert(party);
  }

  [[nodiscard]] const std::set<std::string>& PartiesOf(std::string_view role) {
    const std::set<std::string>& of = parties_[std::string(role)];
    return of.empty() ? perhaps_[std::string(role)] : of;
  }

  std::string OnlyParty(std::string_view role) {
    const std::set<std::string>& of = PartiesOf(role);
    return of.size() == 1 ? *of.begin() : std::string();
  }

  const std::vector<std::string_view>& passages_;
  std::string_view text_;
  Words words_;
  std::set<std::string> terms_, defined_;
  int mergers_ = 0;                                                 // how often the word stands there
  std::map<std::string, std::set<std::string>> parties_, perhaps_;  // by role
};

}  // namespace

CalledNames CounterpartsOf(const std::vector<std::string_view>& passages) {
  return Finder(passages).Run();
}

CalledNames TermsOf(const std::vector<std::string_view>& passages) {
  CalledNames terms;
  std::set<std::string> two;
  for (const std::string_view text : passages) {
    const std::vector<text::RawWord> words = text::SplitWords(text, 0, text.size());
    const auto capital = [&](std::size_t i) {
      return words[i].punctuation == 0 && std::isupper(static_cast<unsigned char>(text[words[i].start])) != 0;
    };
    const auto quote = [&](std::size_t at) {
      if (text.substr(at, 1) == ":") ++at;
      const std::string_view mark = text.substr(at, 3);
      return mark.starts_with('"') || mark == "\u201c" || mark == "\u201d";
    };
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
      const std::size_t start = words[i].start;
      const bool opens = start > 0 && (quote(start - 1) || (start > 2 && quote(start - 3)));
      if (!opens || words[i + 1].text == "day" || !capital(i) || !capital(i + 1) || !quote(words[i + 1].end)) continue;
      const std::string last = text::Fold(words[i + 1].text).text;
      const std::string& first = words[i].text;
      const auto [term, added] = terms.emplace(last, first);
      if (!added && term->second != first) two.insert(last);
    }
  }
  for (const std::string& last : two) terms.erase(last);
  return terms;
}

}  // namespace counsel::judging
