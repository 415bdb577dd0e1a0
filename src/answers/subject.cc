#include "answers/subject.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>

#include "judging/lexicon.h"
#include "search/words.h"
#include "text/words.h"
#include "understanding/asked_head.h"
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

// What a document does to another, where the document is named: all that it says is what it does.
bool IsOfChanging(std::string_view stem) {
  static const std::set<std::string, std::less<>> kChanging = {text::Fold("change").text, text::Fold("vary").text,
                                                               text::Fold("alter").text, text::Fold("amend").text};
  return kChanging.contains(stem);
}

std::string Lower(std::string_view word) {
  std::string lower(word);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

std::set<std::string, std::less<>> WordsIn(std::string_view text) {
  std::set<std::string, std::less<>> there;
  search::ForEachWord(text, [&there](std::string_view folded, std::size_t, std::size_t) { there.emplace(folded); });
  return there;
}

}  // namespace

Subject::Subject(const std::string& question, const std::string& names) {
  std::set<std::string> named;
  for (const search::Term& term : search::ReadQuestion(names).terms) named.insert(term.folded.front());
  const std::string head = understanding::AskedHead(question);
  std::vector<Word> roles;
  for (search::Term& term : search::ReadQuestion(question).terms) {
    std::string lower = Lower(term.word);
    if (lower.ends_with("'s")) lower.resize(lower.size() - 2);
    if (named.contains(term.folded.front()) || IsOfTheAsking(lower)) continue;
    Word word;
    word.asked = term.word;
    word.head = lower == head;
    word.name = understanding::IsNameAt(question, question.find(term.word));
    word.folded = std::move(term.folded);
    word.stem = text::Fold(lower).text;
    word.family = judging::Family(word.stem);
    (judging::IsRoleNoun(word.stem) && !word.head ? roles : words_).push_back(std::move(word));
  }
  // Roles count where nothing else is asked about but who somebody is.
  if (words_.empty() || (words_.size() == 1 && words_[0].head && judging::IsRoleNoun(words_[0].stem))) {
    words_.insert(words_.end(), std::make_move_iterator(roles.begin()), std::make_move_iterator(roles.end()));
  }
  const bool changing = std::all_of(words_.begin(), words_.end(), [](const Word& w) { return IsOfChanging(w.stem); });
  if (changing && !named.empty()) words_.clear();
  for (const std::string& phrase : understanding::WrittenFor(question)) {
    std::vector<std::string> folded;
    for (const search::Term& term : search::ReadQuestion(phrase).terms) folded.push_back(term.folded.front());
    if (!folded.empty()) written_.push_back(std::move(folded));
  }
}

bool Subject::IsWrittenIn(std::string_view text) const {
  return !written_.empty() && HasWritten(WordsIn(text));
}

bool Subject::HasWritten(const WordSet& there) const {
  return std::any_of(written_.begin(), written_.end(), [&there](const std::vector<std::string>& phrase) {
    return std::all_of(phrase.begin(), phrase.end(),
                       [&there](const std::string& word) { return there.contains(word); });
  });
}

std::set<std::size_t> Subject::FoundIn(std::string_view text) const {
  const WordSet there = WordsIn(text);
  const auto holds = [&there](const std::string& word) { return there.contains(word); };
  std::set<std::size_t> found;
  const bool written = HasWritten(there);
  for (std::size_t i = 0; i < words_.size(); ++i) {
    if (written || std::any_of(words_[i].folded.begin(), words_[i].folded.end(), holds)) found.insert(i);
  }
  for (const text::RawWord& raw : text::SplitWords(text, 0, text.size())) {
    if (raw.text.empty() || raw.digits) continue;
    const std::vector<std::size_t>& meant = MeantBy(raw.text);
    found.insert(meant.begin(), meant.end());
  }
  return found;
}

double Subject::Share(const std::set<std::size_t>& found) const {
  if (words_.empty()) return 1;
  return static_cast<double>(found.size()) / static_cast<double>(words_.size());
}

std::vector<std::string> Subject::NotIn(std::string_view text, bool all) const {
  const std::set<std::size_t> found = FoundIn(text);
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    const bool wanted = all || words_[i].name || words_[i].head;
    if (wanted && !found.contains(i)) missing.push_back(words_[i].asked);
  }
  return missing;
}

bool Subject::HasHead() const {
  return std::any_of(words_.begin(), words_.end(), [](const Word& word) { return word.head; });
}

bool Subject::HeadIsIn(std::string_view text) const {
  const auto head = std::find_if(words_.begin(), words_.end(), [](const Word& word) { return word.head; });
  if (head == words_.end()) return false;
  const std::vector<text::RawWord> raw = text::SplitWords(text, 0, text.size());
  return std::any_of(raw.begin(), raw.end(), [&head](const text::RawWord& word) {
    return !word.text.empty() && !word.digits && judging::Family(text::Fold(word.text).text) == head->family;
  });
}

bool Subject::IsOf(const std::set<std::size_t>& found, bool any) const {
  if (HasHead() && !any) {
    return std::any_of(found.begin(), found.end(), [this](std::size_t i) { return words_[i].head; });
  }
  // Where nothing else is asked about, a name will do.
  const bool names_alone = std::all_of(words_.begin(), words_.end(), [](const Word& word) { return word.name; });
  if (names_alone) return words_.empty() || !found.empty();
  return std::any_of(found.begin(), found.end(), [this](std::size_t i) { return !words_[i].name; });
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
