#include "judging/front.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "judging/grammar.h"

namespace counsel::judging {
namespace {

// Where the subject of the modal at word `modal` begins; 0: not seen.
std::size_t SubjectBefore(const Words& words, std::size_t modal) {
  constexpr std::size_t kLongest = 4;
  if (In(words[modal - 1].text, {"you", "we", "it", "they", "he", "she", "i"})) return modal - 1;
  for (std::size_t i = modal; i > 2 && modal - i < kLongest; --i) {
    const text::RawWord& word = words[i - 1];
    if (word.punctuation != 0 || IsPreposition(word.text) || IsRelative(word.text)) return 0;
    if (IsArticle(word.text) || In(word.text, {"NO", "ANY", "ALL", "EITHER", "NEITHER"})) {
      // "of the Tenant": still of the condition
      return IsOperator(words[i - 2]) ? 0 : i - 1;
    }
  }
  return 0;
}

}  // namespace

namespace {

// The condition that begins at word `from`.
void MarkOne(Words* words, std::size_t from) {
  std::size_t modal = 0;
  int verbs = 0;
  for (std::size_t i = from + 2; i < words->size() && modal == 0; ++i) {
    const text::RawWord& word = (*words)[i];
    if (word.punctuation != 0 || In(word.text, {"AND", "OR", "BUT", "that"}) || IsRelative(word.text)) return;
    if (OpensClause(word.text) != nullptr) return;
    // "If the votes are equal the chair has": the second verb
    verbs += IsAuxiliary(word.text) || IsModal(word.text) ? 1 : 0;
    if (i > from + 3 && (IsModal(word.text) || (verbs == 2 && IsAuxiliary(word.text)))) modal = i;
  }
  if (modal == 0) return;
  const std::size_t at = SubjectBefore(*words, modal);
  if (at < from + 3) return;
  // The statement stands behind a later comma: "If the goods you may order are late, you may …"
  for (std::size_t i = modal; i + 2 < words->size(); ++i) {
    if ((*words)[i].punctuation != ',') continue;
    if (SubjectBefore(*words, i + 2) == i + 1 || IsArticle((*words)[i + 1].text)) return;
  }
  text::RawWord comma;
  comma.punctuation = ',';
  comma.start = comma.end = (*words)[at - 1].end;
  words->insert(words->begin() + static_cast<std::ptrdiff_t>(at), std::move(comma));
}

}  // namespace

namespace {

// "RESOLVED the Company open an account": "is to open".
void MarkResolved(Words* words) {
  if (words->empty() || words->front().text != "RESOLVED") return;
  for (std::size_t i = 2; i < words->size() && i < 9; ++i) {
    const text::RawWord& word = (*words)[i];
    if (word.punctuation != 0 || IsModal(word.text) || IsAuxiliary(word.text) || IsRelative(word.text) ||
        OpensClause(word.text) != nullptr)
      return;
    const bool verb = word.text == "be" || (IsBaseVerb(word.text) && !IsArticle((*words)[i - 1].text) &&
                                            !IsPreposition((*words)[i - 1].text));
    if (!verb) continue;
    text::RawWord modal = word;
    modal.text = "ISTO";
    words->insert(words->begin() + static_cast<std::ptrdiff_t>(i), std::move(modal));
    return;
  }
}

// "will only allow it if": will allow it only if.
void MoveOnly(Words* words) {
  for (std::size_t i = 0; i + 3 < words->size(); ++i) {
    if ((*words)[i].text != "ONLY") continue;
    const bool before = IsModal((*words)[i + 1].text);
    const bool after = i > 0 && (IsModal((*words)[i - 1].text) || IsAuxiliary((*words)[i - 1].text));
    if (!before && !after) continue;
    for (std::size_t k = i + 2; k < words->size(); ++k) {
      if ((*words)[k].punctuation != 0 || (*words)[k].text == "ONLY") break;
      if ((*words)[k].text != "IF") continue;
      std::rotate(words->begin() + static_cast<std::ptrdiff_t>(i), words->begin() + static_cast<std::ptrdiff_t>(i) + 1,
                  words->begin() + static_cast<std::ptrdiff_t>(k));
      return;
    }
  }
}

}  // namespace

void MarkFront(Words* words) {
  MarkResolved(words);
  MoveOnly(words);
  for (std::size_t i = 0; i + 6 < words->size(); ++i) {
    const bool begins = i == 0 || (*words)[i - 1].punctuation == ';' || In((*words)[i - 1].text, {"AND", "BUT"});
    if (begins && In((*words)[i].text, {"IF", "UNLESS", "UNTIL", "WHILE"})) MarkOne(words, i);
  }
}

}  // namespace counsel::judging
