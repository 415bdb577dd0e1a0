#include "answers/subject.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "judging/lexicon.h"
#include "search/words.h"
#include "text/words.h"
#include "understanding/glossary.h"

namespace counsel::answers {
namespace {

// They ask for a kind of value, or what a text says, and tell nothing of what it is about.
constexpr std::array<std::string_view, 46> kOfTheAsking = {
    "long",  "often",  "soon",    "quickly",  "frequently", "much",     "many",    "high",     "large", "last",
    "lasts", "happen", "happens", "time",     "times",      "amount",   "total",   "number",   "date",  "day",
    "get",   "gets",   "give",    "gives",    "take",       "takes",    "say",     "says",     "state", "states",
    "tell",  "tells",  "provide", "provides", "mention",    "mentions", "contain", "contains", "cover", "covers",
    "deal",  "deals",  "mean",    "means",    "somebody",   "anybody"};

bool IsOfTheAsking(std::string_view lower) {
  return std::find(kOfTheAsking.begin(), kOfTheAsking.end(), lower) != kOfTheAsking.end();
}

std::string Lower(std::string_view word) {
  std::string lower(word);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

}  // namespace

Subject::Subject(const std::string& question, const std::string& names) {
  std::set<std::string> named;
  for (const search::Term& term : search::ReadQuestion(names).terms) named.insert(term.folded.front());
  std::vector<Word> roles;
  for (search::Term& term : search::ReadQuestion(question).terms) {
    std::string lower = Lower(term.word);
    if (lower.ends_with("'s")) lower.resize(lower.size() - 2);
    if (named.contains(term.folded.front()) || IsOfTheAsking(lower)) continue;
    Word word;
    word.folded = std::move(term.folded);
    word.stem = text::Fold(lower).text;
    word.family = judging::Family(word.stem);
    (judging::IsRoleNoun(word.stem) ? roles : words_).push_back(std::move(word));
  }
  if (words_.empty()) words_ = std::move(roles);
  for (const std::string& phrase : understanding::WrittenFor(question)) {
    std::vector<std::string> folded;
    for (const search::Term& term : search::ReadQuestion(phrase).terms) folded.push_back(term.folded.front());
    if (!folded.empty()) written_.push_back(std::move(folded));
  }
}

double Subject::ShareIn(std::string_view text) const {
  if (words_.empty()) return 1;
  std::set<std::string, std::less<>> there;
  search::ForEachWord(text, [&there](std::string_view folded, std::size_t, std::size_t) { there.emplace(folded); });
  const auto holds = [&there](const std::string& word) { return there.contains(word); };
  for (const std::vector<std::string>& phrase : written_) {
    if (std::all_of(phrase.begin(), phrase.end(), holds)) return 1;
  }
  std::set<std::size_t> found;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    if (std::any_of(words_[i].folded.begin(), words_[i].folded.end(), holds)) found.insert(i);
  }
  for (const text::RawWord& raw : text::SplitWords(text, 0, text.size())) {
    if (raw.text.empty() || raw.digits) continue;
    const std::vector<std::size_t>& meant = MeantBy(raw.text);
    found.insert(meant.begin(), meant.end());
  }
  return static_cast<double>(found.size()) / static_cast<double>(words_.size());
}

const std::vector<std::size_t>& Subject::MeantBy(const std::string& word) const {
  const auto [known, added] = known_.try_emplace(word);
  if (!added) return known->second;
  const std::string stem = text::Fold(word).text;
  const std::string family = judging::Family(stem);
  for (std::size_t i = 0; i < words_.size(); ++i) {
    if (family == words_[i].family || judging::AreSynonyms(stem, words_[i].stem)) known->second.push_back(i);
  }
  return known->second;
}

}  // namespace counsel::answers
