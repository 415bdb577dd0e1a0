#include "judging/grammar.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_set>

namespace counsel::judging {
namespace {

constexpr std::string_view kVerbList =
#include "judging/verbs.inc"
    ;

struct Verbs {
  std::unordered_set<std::string_view> base;
  std::unordered_set<std::string> stems;
};

const Verbs& AllVerbs() {
  static const Verbs* const verbs = [] {
    auto* made = new Verbs;
    for (std::size_t at = 0; at < kVerbList.size();) {
      const std::size_t end = std::min(kVerbList.find('\n', at), kVerbList.size());
      const std::string_view line = kVerbList.substr(at, end - at);
      at = end + 1;
      if (line.empty() || line.front() == '#') continue;
      for (const text::RawWord& word : text::SplitWords(line, 0, line.size())) {
        made->base.insert(line.substr(word.start, word.end - word.start));
        made->stems.insert(text::Fold(word.text).text);
      }
    }
    return made;
  }();
  return *verbs;
}

struct Opening {
  std::string_view key;
  ClauseKind kind;
};
constexpr Opening kOpenings[] = {{"IF", ClauseKind::kIf},
                                 {"UNLESS", ClauseKind::kUnless},
                                 {"EXCEPT", ClauseKind::kExcept},
                                 {"UNTIL", ClauseKind::kUntil},
                                 {"SUBJECT", ClauseKind::kSubject},
                                 {"EXTENT", ClauseKind::kExtent},
                                 {"WHILE", ClauseKind::kWhile},
                                 {"CAUSE", ClauseKind::kCause},
                                 {"ALTHOUGH", ClauseKind::kConcession},
                                 {"EVENIF", ClauseKind::kConcession},
                                 {"WHETHER", ClauseKind::kWhether}};

}  // namespace

bool In(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool IsModal(std::string_view key) {
  return In(key,
            {"MUST", "FORBID", "NOTMUST", "MAY", "MAYNOT", "WILL", "WOULD", "SHOULD", "COULD", "COULDNOT", "ISTO"});
}

bool IsAuxiliary(std::string_view word) {
  return In(word, {"is", "are", "am", "was", "were", "has", "have", "had", "does", "do", "did"});
}

bool IsBe(std::string_view word) {
  return In(word, {"is", "are", "am", "was", "were", "be", "been", "being"});
}

bool IsSoft(std::string_view word) {
  static constexpr std::string_view soft[] = {
      "a",  "an", "the",    "this",   "that",    "these",  "those",   "said",    "being",     "there", "then",
      "as", "so", "having", "hereof", "thereof", "herein", "therein", "thereby", "hereunder", "been",  "be"};
  return IsAuxiliary(word) || std::find(std::begin(soft), std::end(soft), word) != std::end(soft);
}

bool IsArticle(std::string_view word) {
  return In(word, {"the", "a", "an", "this", "that", "these", "those"});
}

bool IsPronoun(std::string_view word) {
  return In(word, {"it", "they", "he", "she", "him", "her", "them", "its", "their", "his", "itself", "themselves"});
}

bool IsRelative(std::string_view word) {
  return In(word, {"which", "who", "whom", "whose"});
}

bool IsPreposition(std::string_view key) {
  return In(key, {"TO",      "BY",      "FROM",    "FOR",  "WITH",  "WITHOUT", "WITHIN", "BEFORE", "AFTER",
                  "DURING",  "AGAINST", "BETWEEN", "OVER", "UNDER", "ABOVE",   "BELOW",  "OF",     "PER",
                  "THROUGH", "ABOUT",   "INTO",    "AT",   "SINCE", "THAN",    "BYTIME", "BEHALF", "FAVOUR"});
}

bool IsLimit(std::string_view key) {
  return In(key, {"FROM", "WITHOUT", "WITHIN", "BEFORE", "AFTER", "DURING", "AGAINST", "SINCE", "BYTIME", "ABOVE",
                  "BELOW", "BETWEEN", "FAVOUR", "BEHALF"});
}

bool IsSayingStem(std::string_view stem) {
  return In(stem, {"report",  "confirm",    "declar", "stat",  "say",      "show", "find",    "hold",
                   "conclud", "acknowledg", "agree",  "alleg", "claim",    "argu", "contend", "submit",
                   "accept",  "believ",     "decid",  "order", "determin", "admit"});
}

bool IsBaseVerb(std::string_view word) {
  return AllVerbs().base.find(word) != AllVerbs().base.end();
}

bool IsFiniteVerb(const text::RawWord& word) {
  if (word.punctuation != 0 || word.digits || word.text.size() < 3) return false;
  const text::Stem stem = text::Fold(word.text);
  const bool inflected = stem.past || (word.text.ends_with('s') && !word.text.ends_with("ss") && !stem.possessive);
  return inflected && AllVerbs().stems.find(stem.text) != AllVerbs().stems.end();
}

const ClauseKind* OpensClause(std::string_view key) {
  const auto* const found =
      std::find_if(std::begin(kOpenings), std::end(kOpenings), [&](const Opening& one) { return one.key == key; });
  return found == std::end(kOpenings) ? nullptr : &found->kind;
}

}  // namespace counsel::judging
