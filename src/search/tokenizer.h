// How a text becomes words: one way for the index, for questions, for marking what was found.
//
// FTS5's "porter" over "unicode61" (lower case, accents off, stem), and around it what legal texts need:
// - what is invisible is not there (soft hyphens, zero-width characters, marks of direction, byte order marks), and
//   ligatures, full-width letters, ß, ø, œ and the like are their letters;
// - words that hyphens join are also one word ("non-exclusive" is found as "nonexclusive", "indem-⏎nify" as
// "indemnify"),
//   grouped digits one number ("£64,250": 64250), a number with leading zeros also one without ("00445790"), and a date
//   in any spelling also its digits ("1 March 2024": 20240301). Such a word stands at the place of the first that it is
//   made of, beside it.
// The stored text, and the positions of words in it, stay as they are.
//
// It takes the place of "porter" on every connection that the store opens, so that the schema of earlier homes holds.
// Their rows were written by FTS5's own; until they are written anew (word_forms.h) they are removed by that one.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace counsel::search {

struct Word {
  Word() = default;
  std::string folded;
  std::size_t start = 0;  // bytes of the text
  std::size_t end = 0;
  bool joined = false;  // made of several words, or of one number, as above; it follows the first of them
  std::string plain;    // of a joined one: what it is before folding, "nonexclusive"
};
// Of valid UTF-8.
[[nodiscard]] std::vector<Word> WordsOf(std::string_view text);

// While it lives, this thread's statements see rows as earlier Counsels wrote them: to remove such a row.
class EarlierForm {
 public:
  explicit EarlierForm(bool earlier = true);
  ~EarlierForm();
  EarlierForm(const EarlierForm&) = delete;
  EarlierForm& operator=(const EarlierForm&) = delete;

 private:
  const bool before_;
};

// Makes every connection of the store that is opened from now on use it. Called by whatever of this room a program
// links; more than once does no harm.
bool InstallTokenizer();

}  // namespace counsel::search
