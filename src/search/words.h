// Words of a question, and how they are looked for. Folding is done by the
// index's own tokenizer (tokenizer.h), so that a word here and a word in the
// index are the same word by construction.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace counsel::search {

// More words than this say nothing more, and each costs a walk through the index.
inline constexpr std::size_t kMaxTerms = 64;

// One content word of a question.
struct Term {
  Term() = default;
  std::string word;                 // as the question has it
  std::vector<std::string> folded;  // as the index has it; further forms for
                                    // other spellings: "licence", "license"
  std::vector<std::string> within;  // it is also found where one of these stands, of which it is a
                                    // part: "nonexclusive"
};

struct QueryWords {
  QueryWords() = default;
  std::vector<Term> terms;  // distinct, in the question's order, at most kMaxTerms
  // An FTS5 expression that finds any of them: a phrase for each form of each term, in order; identifiers such as
  // "GPL-3" or "s.5(2)" also as a phrase. "" when there is no content word. Only quoted word characters and OR: nothing
  // in a question is syntax.
  std::string match;
  // The phrases of `match` from this one on are not the question's own: they weigh less, and no term is theirs.
  std::size_t first_beside = 0;
};

// `beside`: words that are looked for beside the question's own, each by itself; at most kMaxTerms of them.
[[nodiscard]] QueryWords ReadQuestion(std::string_view question, const std::vector<std::string>& beside = {});

// An FTS5 expression that finds these words one after the other; "" when there are none.
[[nodiscard]] std::string PhraseMatch(std::string_view phrase);

// Calls `on_word(folded, start, end)` for each word of a text as the index sees
// it, joined ones too (tokenizer.h); bytes [start, end) of the text. Invalid
// UTF-8 must have been repaired.
void ForEachWord(std::string_view text,
                 const std::function<void(std::string_view folded, std::size_t start, std::size_t end)>& on_word);

// `word` is lower-case ASCII. ReadQuestion counts some of them all the same:
// "May 2024", "the will", "IT", and all where a question has no other words.
[[nodiscard]] bool IsStopWord(std::string_view word);

// The British form of an American spelling and the other way round; "" when there is none that could differ. It may
// not be a word, which is harmless in an index.
[[nodiscard]] std::string OtherSpelling(std::string_view word);

}  // namespace counsel::search
