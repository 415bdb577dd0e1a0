#include "understanding/follow_up.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace counsel::understanding {
namespace {

constexpr std::size_t kLongestFollowUp = 300;  // bytes: who writes more explains himself

std::vector<std::string> LowerWords(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || (static_cast<unsigned char>(c) & 0x80) != 0) {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

template <std::size_t N>
bool In(std::string_view word, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

constexpr std::array<std::string_view, 6> kContinues = {"and", "but", "or", "so", "then", "also"};
constexpr std::array<std::string_view, 11> kPronouns = {"it",  "its", "they", "them", "their", "he",
                                                        "she", "him", "his",  "her",  "hers"};
constexpr std::array<std::string_view, 4> kPointers = {"that", "this", "these", "those"};
// What makes a pointer stand alone: "When does that end?", but not "that the tenant".
constexpr std::array<std::string_view, 12> kVerbs = {"is",  "are",  "was",   "were", "does",   "do",
                                                     "end", "ends", "apply", "mean", "happen", "be"};
// Little words: a question of nothing else has no subject of its own.
constexpr std::array<std::string_view, 60> kSmall = {
    "a",    "an",    "the",  "is",    "are",  "was",   "were", "be",    "do",     "does",  "did",  "has",
    "have", "had",   "may",  "must",  "can",  "shall", "will", "would", "should", "who",   "whom", "whose",
    "what", "which", "when", "where", "why",  "how",   "long", "much",  "many",   "often", "for",  "of",
    "to",   "in",    "on",   "at",    "by",   "with",  "from", "and",   "or",     "but",   "not",  "no",
    "if",   "any",   "all",  "there", "then", "about", "so",   "due",   "else",   "also",  "more", "that"};

// "Is it permitted to …", "Will it be shown that …": it stands for what follows.
bool StandsForWhatFollows(const std::vector<std::string>& words, std::size_t i) {
  constexpr std::array<std::string_view, 4> kBefore = {"is", "was", "will", "would"};
  constexpr std::size_t kNear = 4;
  if (words[i] != "it" || i == 0 || !In(words[i - 1], kBefore)) return false;
  for (std::size_t j = i + 2; j < std::min(words.size(), i + kNear); ++j) {
    if (words[j] == "to" || words[j] == "that" || words[j] == "whether") return j + 1 < words.size();
  }
  return false;
}

}  // namespace

bool RefersBack(std::string_view question) {
  if (question.size() > kLongestFollowUp) return false;
  const std::vector<std::string> words = LowerWords(question);
  if (words.empty()) return false;
  if (In(words[0], kContinues)) return true;
  const bool what_about = words.size() > 1 && (words[0] == "what" || words[0] == "how") && words[1] == "about";
  if (what_about) return true;
  if (std::all_of(words.begin(), words.end(), [](const std::string& word) { return In(word, kSmall); })) return true;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (In(words[i], kPronouns) && !StandsForWhatFollows(words, i)) {
      // A possessive or object of somebody named before it explains itself: "May the tenant assign his lease?"
      const bool explained =
          words[i] != "it" && std::find(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(i), "the") !=
                                  words.begin() + static_cast<std::ptrdiff_t>(i);
      const bool it_explained = (words[i] == "it" || words[i] == "its") && i > 4;
      if (!explained && !it_explained) return true;
    }
    const bool last = i + 1 == words.size();
    const bool alone = last || (i < 3 && In(words[i + 1], kVerbs)) || (i == 1 && In(words[i + 1], kSmall));
    if (In(words[i], kPointers) && alone) return true;
  }
  return false;
}

std::string MadeWhole(const std::string& question, const std::vector<std::string>& earlier) {
  if (!RefersBack(question)) return question;
  // What was asked between is left out: its subject is another, or that of the one that stands by itself.
  const auto whole =
      std::find_if(earlier.rbegin(), earlier.rend(), [](const std::string& before) { return !RefersBack(before); });
  return whole == earlier.rend() ? question : *whole + "\n" + question;
}

}  // namespace counsel::understanding
