#include "judging/asides.h"

#include <utility>

#include "judging/grammar.h"

namespace counsel::judging {
namespace {

constexpr std::size_t kLongest = 24;  // words

std::string_view At(const Words& words, std::size_t i) {
  return i < words.size() ? std::string_view(words[i].text) : std::string_view();
}

bool IsMark(const Words& words, std::size_t i, char mark) {
  return i < words.size() && words[i].punctuation == mark;
}

// Past "(whether … or otherwise)" or ", whether … or otherwise,"; `at` when none begins there.
std::size_t BehindWhether(const Words& words, std::size_t at) {
  const bool bracket = IsMark(words, at, '(');
  if ((!bracket && !IsMark(words, at, ',')) || At(words, at + 1) != "whether") return at;
  for (std::size_t i = at + 2; i + 1 < words.size() && i - at < kLongest; ++i) {
    if (IsMark(words, i, ';') || IsMark(words, i, ':') || IsMark(words, i, '.')) return at;
    if (At(words, i) != "otherwise" || At(words, i - 1) != "or") continue;
    return IsMark(words, i + 1, bracket ? ')' : ',') ? i + 2 : at;
  }
  return at;
}

// Past ", without waiving any other remedies,".
std::size_t BehindOtherRemedies(const Words& words, std::size_t at) {
  if (!IsMark(words, at, ',') || At(words, at + 1) != "without") return at;
  if (!In(At(words, at + 2), {"prejudice", "waiving", "limiting"})) return at;
  bool other = false;
  bool remedies = false;
  for (std::size_t i = at + 3; i < words.size() && i - at < kLongest; ++i) {
    if (IsMark(words, i, ',')) return other && remedies ? i + 1 : at;
    if (words[i].punctuation != 0) return at;
    other = other || In(At(words, i), {"other", "further"});
    remedies = remedies || In(At(words, i), {"right", "rights", "remedy", "remedies"});
  }
  return at;
}

// "in no event shall either party be liable": either party shall not be liable.
void StraightenNoEvent(Words* words) {
  constexpr std::size_t kLongestSubject = 8;
  for (std::size_t i = 0; i + 5 < words->size(); ++i) {
    const bool event = At(*words, i) == "in" && At(*words, i + 1) == "no" && In(At(*words, i + 2), {"event", "case"});
    const bool circumstances = At(*words, i) == "under" && At(*words, i + 1) == "no" &&
                               In(At(*words, i + 2), {"circumstances", "circumstance"});
    const bool modal = In(At(*words, i + 3), {"shall", "will", "is", "are", "may", "must"});
    if ((!event && !circumstances) || !modal) continue;
    const bool be = In(At(*words, i + 3), {"is", "are"});
    std::size_t verb = i + 4;
    while (verb < words->size() && verb - i < kLongestSubject + 4 && (*words)[verb].punctuation == 0 &&
           !(be ? In(At(*words, verb), {"liable", "responsible"}) : At(*words, verb) == "be"))
      ++verb;
    if (verb >= words->size() || (*words)[verb].punctuation != 0 || verb == i + 4) continue;
    if (!(be ? In(At(*words, verb), {"liable", "responsible"}) : At(*words, verb) == "be")) continue;
    Words straight(words->begin(), words->begin() + static_cast<std::ptrdiff_t>(i));
    straight.insert(straight.end(), words->begin() + static_cast<std::ptrdiff_t>(i) + 4,
                    words->begin() + static_cast<std::ptrdiff_t>(verb));
    straight.push_back((*words)[i + 3]);
    straight.push_back((*words)[i + 1]);
    straight.back().text = "not";
    straight.insert(straight.end(), words->begin() + static_cast<std::ptrdiff_t>(verb), words->end());
    *words = std::move(straight);
    return;
  }
}

}  // namespace

void DropAsides(Words* words) {
  StraightenNoEvent(words);
  for (std::size_t i = 1; i < words->size(); ++i) {
    std::size_t end = BehindWhether(*words, i);
    if (end == i) end = BehindOtherRemedies(*words, i);
    if (end > i)
      words->erase(words->begin() + static_cast<std::ptrdiff_t>(i), words->begin() + static_cast<std::ptrdiff_t>(end));
  }
}

}  // namespace counsel::judging
