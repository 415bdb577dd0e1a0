#include "judging/asides.h"

#include <algorithm>
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

// Past ", without waiving any other remedies," and "in addition to all other remedies it may have,".
std::size_t BehindOtherRemedies(const Words& words, std::size_t at) {
  const std::size_t first = IsMark(words, at, ',') ? at + 1 : at;
  if (first == at && at > 0) return at;
  const bool without = At(words, first) == "without" && In(At(words, first + 1), {"prejudice", "waiving", "limiting"});
  const bool beside = At(words, first) == "in" && At(words, first + 1) == "addition" && At(words, first + 2) == "to";
  if (!without && !beside) return at;
  bool other = false;
  bool remedies = false;
  for (std::size_t i = first + 2; i < words.size() && i - at < kLongest; ++i) {
    if (IsMark(words, i, ',')) return other && remedies ? i + 1 : at;
    if (words[i].punctuation != 0) return at;
    other = other || In(At(words, i), {"other", "further"});
    remedies = remedies || In(At(words, i), {"right", "rights", "remedy", "remedies", "relief"});
  }
  return at;
}

// "giving the other party thirty days' notice": giving such notice to the other party.
void StraightenNotice(Words* words) {
  for (std::size_t i = 0; i + 5 < words->size(); ++i) {
    if (At(*words, i) != "giving" || At(*words, i + 1) != "the" || At(*words, i + 2) != "other" ||
        At(*words, i + 3) != "party")
      continue;
    std::size_t notice = i + 4;
    while (notice < words->size() && notice - i < 14 && At(*words, notice) != "notice") ++notice;
    if (At(*words, notice) != "notice") return;
    const auto begin = words->begin() + static_cast<std::ptrdiff_t>(i) + 1;
    std::rotate(begin, begin + 3, words->begin() + static_cast<std::ptrdiff_t>(notice) + 1);
    text::RawWord to = (*words)[i];
    to.text = "to";
    words->insert(words->begin() + static_cast<std::ptrdiff_t>(notice) - 2, std::move(to));
    return;
  }
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
  StraightenNotice(words);
  for (std::size_t i = 0; i < words->size(); ++i) {
    std::size_t end = BehindWhether(*words, i);
    if (end == i) end = BehindOtherRemedies(*words, i);
    if (end > i)
      words->erase(words->begin() + static_cast<std::ptrdiff_t>(i), words->begin() + static_cast<std::ptrdiff_t>(end));
  }
}

}  // namespace counsel::judging
