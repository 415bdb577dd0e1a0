// A text as words with their places, and what stands between them: lines, sentences, paragraphs. Pure.
//
// Unlike tokens.h it keeps names, numbers and punctuation as they are: what is read here are names and addresses.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace counsel::answers {

// A word of a text and where it stands.
struct TextWord {
  TextWord() = default;
  std::string folded;  // lower case, without accents, apostrophes and a possessive 's
  std::size_t start = 0;
  std::size_t end = 0;   // bytes of the text
  bool capital = false;  // begins with a capital letter
  bool digit = false;    // begins with a digit
};

// The words of a text, which must outlive it, and what stands between them.
class WordedText {
 public:
  explicit WordedText(std::string_view text);

  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] const std::vector<TextWord>& words() const { return words_; }
  [[nodiscard]] std::size_t size() const { return words_.size(); }
  [[nodiscard]] const TextWord& operator[](std::size_t i) const { return words_[i]; }
  [[nodiscard]] std::string_view folded(std::size_t i) const {
    return i < words_.size() ? std::string_view(words_[i].folded) : std::string_view();
  }
  // Between word i - 1 and word i; before the first and after the last word what stands there.
  [[nodiscard]] std::string_view Gap(std::size_t i) const;
  // From the first byte of word `first` to the last of word `last` - 1.
  [[nodiscard]] std::string_view Span(std::size_t first, std::size_t last) const;
  // Nothing but blanks and line ends, no empty line.
  [[nodiscard]] bool OnlyBlanks(std::size_t i) const;
  [[nodiscard]] bool NewLine(std::size_t i) const;
  [[nodiscard]] bool NewParagraph(std::size_t i) const;  // an empty line or a new page
  [[nodiscard]] bool NewSentence(std::size_t i) const;
  // Of the sentence that word i is in.
  [[nodiscard]] std::size_t SentenceStart(std::size_t i) const;
  [[nodiscard]] std::size_t SentenceEnd(std::size_t i) const;

 private:
  std::string_view text_;
  std::vector<TextWord> words_;
};

// A full stop after these ends no sentence: "Ltd", "No", an initial. Folded.
[[nodiscard]] bool IsAbbreviation(std::string_view word);

}  // namespace counsel::answers
