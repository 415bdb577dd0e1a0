#include "comparing/matters.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "comparing/alignment.h"
#include "judging/lexicon.h"
#include "judging/values.h"
#include "text/sentences.h"
#include "text/words.h"

namespace counsel::comparing {
namespace {

using judging::Words;

template <std::size_t N>
bool IsOneOf(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

constexpr std::array<std::string_view, 10> kModals = {"must",  "shall",  "will",  "may",   "can",
                                                      "could", "should", "would", "might", "ought"};
constexpr std::array<std::string_view, 8> kEntitled = {"required", "obliged",   "entitled",   "permitted",
                                                       "allowed",  "obligated", "authorised", "authorized"};
constexpr std::array<std::string_view, 10> kNegations = {"not",  "no",      "never",   "nor",    "neither",
                                                         "none", "without", "nothing", "nobody", "cannot"};
constexpr std::array<std::string_view, 12> kConditions = {"unless",          "except",    "only",    "if",
                                                          "until",           "provided",  "subject", "save",
                                                          "notwithstanding", "excluding", "solely",  "whether"};
constexpr std::array<std::string_view, 12> kLiability = {"liab",     "indemni", "negligen", "damages",
                                                         "losses",   "warrant", "guarant",  "penalt",
                                                         "disclaim", "waive",   "forfeit",  "insur"};
constexpr std::array<std::string_view, 10> kPlaces = {"clause",     "clauses",  "section", "sections", "paragraph",
                                                      "paragraphs", "schedule", "article", "annex",    "appendix"};
constexpr std::array<std::string_view, 4> kMoney = {"pound", "dollar", "euro", "yen"};
constexpr std::array<std::string_view, 8> kSpans = {"day",    "working-day", "month", "hour",
                                                    "minute", "quarter",     "week",  "year"};
// How often: a duration between.
constexpr std::array<std::string_view, 14> kOften = {
    "daily",    "weekly", "fortnightly", "monthly",     "bimonthly", "quarterly",   "yearly",
    "annually", "annual", "biannual",    "half-yearly", "biennial",  "semi-annual", "semiannually"};

Matter KindOfValue(std::string_view key, std::string_view before, std::string_view sign_before) {
  if (key.starts_with("date:")) return Matter::kDate;
  if (key.starts_with("time:")) return Matter::kTime;
  const std::size_t blank = key.rfind(' ');
  const std::string_view unit = blank == std::string_view::npos ? "" : key.substr(blank + 1);
  if (unit == "percent") return Matter::kPercentage;
  if (IsOneOf(kMoney, unit)) return Matter::kSum;
  if (IsOneOf(kSpans, unit)) return Matter::kDuration;
  if (sign_before == "£" || sign_before == "€" || sign_before == "$" || before == "usd" || before == "gbp" ||
      before == "eur") {
    return Matter::kSum;
  }
  return IsOneOf(kPlaces, before) ? Matter::kReference : Matter::kNumber;
}

bool IsValue(Matter matter) {
  return matter <= Matter::kNumber || matter == Matter::kReference;
}

char Upper(std::string_view text, std::size_t at) {
  return at < text.size() && text[at] >= 'A' && text[at] <= 'Z' ? text[at] : '\0';
}

// One word that is no value.
std::optional<Thing> ThingAt(std::string_view text, const Words& words, std::size_t i) {
  const std::string& word = words[i].text;
  Thing thing;
  thing.key = word;
  thing.range = Range(words[i].start, words[i].end);
  const auto is = [&thing](Matter matter) {
    thing.matter = matter;
    return std::optional<Thing>(thing);
  };
  if (IsOneOf(kNegations, word) || word.ends_with("n't")) return is(Matter::kNegation);
  // "May" is a month, "will" a will where a capital stands in the middle of a sentence.
  const bool named = i > 0 && Upper(text, words[i].start) != '\0' && Upper(text, words[i].start + 1) == '\0';
  if (IsOneOf(kModals, word) && !(named && (word == "may" || word == "will"))) return is(Matter::kModal);
  if (IsOneOf(kEntitled, word)) return is(Matter::kModal);
  if (IsOneOf(kConditions, word)) return is(Matter::kCondition);
  if (IsOneOf(kOften, word)) return is(Matter::kDuration);
  if (word == "and" || word == "or") return is(Matter::kJoint);
  if (std::any_of(kLiability.begin(), kLiability.end(),
                  [&](std::string_view stem) { return word.starts_with(stem); })) {
    return is(Matter::kLiability);
  }
  thing.key = text::Fold(word).text;
  if (judging::IsRoleNoun(thing.key)) return is(Matter::kParty);
  const bool begins = i == 0 || words[i - 1].punctuation == '.' || words[i - 1].punctuation == ':';
  if (Upper(text, words[i].start) != '\0' && !begins && word.size() > 1) return is(Matter::kName);
  return std::nullopt;
}

// The sentence that a range stands in.
Range SentenceOf(std::string_view text, Range clause, Range range) {
  const std::string_view said = text.substr(clause.start, clause.end - clause.start);
  for (const text::Sentence& sentence : text::SplitSentences(said)) {
    if (clause.start + sentence.end <= range.start) continue;
    return Range(std::min(clause.start + sentence.start, range.start),
                 std::max(clause.start + sentence.end, range.end));
  }
  return clause;
}

// Index of the first word that reaches behind `at`.
std::size_t WordAt(const std::vector<Word>& words, std::size_t at) {
  const auto it = std::upper_bound(words.begin(), words.end(), at,
                                   [](std::size_t byte, const Word& word) { return byte < word.end; });
  return static_cast<std::size_t>(it - words.begin());
}

class Finder {
 public:
  Finder(const Side& first, const Side& second, const std::vector<std::size_t>& aligned)
      : first_(first), second_(second), aligned_(aligned) {
    // What a clause is called is no part of what it says: its own number has no words.
    a_ = ThingsIn(first.text, Words(first));
    b_ = ThingsIn(second.text, Words(second));
  }

  std::vector<Change> Find() {
    std::size_t from_a = 0;
    std::size_t from_b = 0;
    std::size_t b = 0;
    for (std::size_t a = 0; a < a_.size(); ++a) {
      const std::size_t word = WordAt(first_.block->words, a_[a].range.start);
      const std::size_t other = word < aligned_.size() ? aligned_[word] : kNone;
      if (other == kNone) continue;
      const std::size_t place = second_.block->words[other].start;
      while (b < b_.size() && b_[b].range.end <= place) ++b;
      if (b >= b_.size() || b_[b].range.start > place || b_[b].key != a_[a].key || b_[b].matter != a_[a].matter)
        continue;
      Between(from_a, a, from_b, b);
      from_a = a + 1;
      from_b = ++b;
    }
    Between(from_a, a_.size(), from_b, b_.size());
    return std::move(found_);
  }

 private:
  static Range Words(const Side& side) { return Range(side.block->words.front().start, side.block->range.end); }

  // Things that have no like one beside them.
  void Between(std::size_t a, std::size_t a_end, std::size_t b, std::size_t b_end) {
    std::vector<const Thing*> left, right;
    for (; a < a_end; ++a) left.push_back(&a_[a]);
    for (; b < b_end; ++b) right.push_back(&b_[b]);
    // The same in other words, or elsewhere among them: "30 days" for "thirty days".
    for (const Thing*& one : left) {
      const auto same = std::find_if(right.begin(), right.end(), [&one](const Thing* other) {
        return other != nullptr && other->key == one->key && other->matter == one->matter;
      });
      if (same == right.end()) continue;
      *same = nullptr;
      one = nullptr;
    }
    std::erase(left, nullptr);
    std::erase(right, nullptr);
    for (const Thing* one : left) {
      const auto kind = std::find_if(right.begin(), right.end(), [&one](const Thing* other) {
        if (other == nullptr) return false;
        return other->matter == one->matter || (IsValue(other->matter) && IsValue(one->matter));
      });
      const Thing* other = kind == right.end() ? nullptr : *kind;
      if (kind != right.end()) *kind = nullptr;
      Add(one, other);
    }
    for (const Thing* other : right) {
      if (other != nullptr) Add(nullptr, other);
    }
  }

  void Add(const Thing* one, const Thing* other) {
    const Matter matter = one == nullptr     ? other->matter
                          : other == nullptr ? one->matter
                                             : std::min(one->matter, other->matter);
    const bool replaced = one != nullptr && other != nullptr;
    if (!replaced && (matter == Matter::kName || matter == Matter::kJoint)) return;
    Change change;
    change.matter = matter;
    if (one != nullptr) change.first = one->range;
    if (other != nullptr) change.second = other->range;
    if (one != nullptr) change.first_quote = SentenceOf(first_.text, first_.block->range, one->range);
    if (other != nullptr) change.second_quote = SentenceOf(second_.text, second_.block->range, other->range);
    if (one == nullptr) change.first_quote = SentenceOf(first_.text, first_.block->range, BesideInFirst(other->range));
    if (other == nullptr)
      change.second_quote = SentenceOf(second_.text, second_.block->range, BesideInSecond(one->range));
    found_.push_back(change);
  }

  // Where it would stand in the other clause: at the nearest word before it that both have.
  Range BesideInSecond(Range range) const {
    for (std::size_t i = std::min(WordAt(first_.block->words, range.start) + 1, aligned_.size()); i > 0; --i) {
      if (aligned_[i - 1] == kNone) continue;
      const Word& word = second_.block->words[aligned_[i - 1]];
      return Range(word.start, word.end);
    }
    return Range(second_.block->range.start, second_.block->range.start);
  }
  Range BesideInFirst(Range range) const {
    const std::size_t place = WordAt(second_.block->words, range.start);
    for (std::size_t i = aligned_.size(); i > 0; --i) {
      if (aligned_[i - 1] == kNone || aligned_[i - 1] > place) continue;
      return Range(first_.block->words[i - 1].start, first_.block->words[i - 1].end);
    }
    return Range(first_.block->range.start, first_.block->range.start);
  }

  const Side& first_;
  const Side& second_;
  const std::vector<std::size_t>& aligned_;
  std::vector<Thing> a_, b_;
  std::vector<Change> found_;
};

}  // namespace

std::vector<Thing> ThingsIn(std::string_view text, Range range) {
  std::vector<Thing> things;
  const Words words = text::SplitWords(text, range.start, range.end);
  for (std::size_t i = 0; i < words.size();) {
    const judging::Value value = judging::FindValue(text, words, i);
    if (value.words == 0 && !words[i].digits) {
      if (!words[i].text.empty()) {
        if (std::optional<Thing> thing = ThingAt(text, words, i)) things.push_back(std::move(*thing));
      }
      ++i;
      continue;
    }
    const std::size_t count = std::max<std::size_t>(value.words, 1);
    const std::string_view before = i > 0 ? std::string_view(words[i - 1].text) : "";
    const std::string_view sign =
        i > 0 ? text.substr(words[i - 1].start, words[i - 1].end - words[i - 1].start) : std::string_view();
    Thing thing;
    thing.key = value.words > 0 ? value.key : words[i].text;
    thing.matter = KindOfValue(thing.key, before, sign);
    thing.range = Range(words[i].start, words[i + count - 1].end);
    things.push_back(std::move(thing));
    i += count;
  }
  return things;
}

std::vector<Change> FindMatters(const Side& first, const Side& second, const std::vector<std::size_t>& aligned) {
  return Finder(first, second, aligned).Find();
}

std::vector<Matter> KindsIn(std::string_view text, Range range) {
  std::vector<Matter> kinds;
  for (const Thing& thing : ThingsIn(text, range)) {
    if (thing.matter != Matter::kName && thing.matter != Matter::kJoint) kinds.push_back(thing.matter);
  }
  std::sort(kinds.begin(), kinds.end());
  kinds.erase(std::unique(kinds.begin(), kinds.end()), kinds.end());
  return kinds;
}

}  // namespace counsel::comparing
