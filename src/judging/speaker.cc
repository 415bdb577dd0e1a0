#include "judging/speaker.h"

#include <cctype>

#include "judging/grammar.h"
#include "text/words.h"

namespace counsel::judging {
namespace {

bool Capital(std::string_view text, const text::RawWord& word) {
  return word.punctuation == 0 && std::isupper(static_cast<unsigned char>(text[word.start])) != 0;
}

void AddName(std::string_view text, const std::vector<text::RawWord>& words, std::size_t at, std::string* names) {
  constexpr std::size_t kLongestName = 5;
  for (std::size_t i = at; i < words.size() && i < at + kLongestName && Capital(text, words[i]); ++i) {
    // The next line is no part of the name.
    if (i > at && text.substr(words[i - 1].end, words[i].start - words[i - 1].end).find('\n') != std::string_view::npos)
      return;
    if (words[i].text.size() > 1 && !In(words[i].text, {"mr", "mrs", "ms", "dr", "sir"}))
      *names += text::Fold(words[i].text).text + " ";
  }
}

}  // namespace

std::string SpeakerOf(const std::vector<std::string_view>& passages) {
  std::string names;
  bool witness = false;
  bool judge = false;
  for (const std::string_view text : passages) {
    const std::vector<text::RawWord> words = text::SplitWords(text, 0, text.size());
    for (std::size_t i = 0; i + 2 < words.size(); ++i) {
      const std::string& word = words[i].text;
      const std::string& next = words[i + 1].text;
      // "WITNESS STATEMENT OF DERMOT ASHWICK", "AFFIDAVIT OF …"
      if (Capital(text, words[i]) && next == "of" &&
          (word == "affidavit" || (word == "statement" && i > 0 && words[i - 1].text == "witness"))) {
        witness = true;
        AddName(text, words, i + 2, &names);
      }
      if (word == "statement" && next == "of" && words[i + 2].text == "truth") witness = true;
      if (word == "i" && words[i + 1].punctuation == ',' && Capital(text, words[i + 2]) && words[i + 2].text != "i") {
        witness = true;
        AddName(text, words, i + 2, &names);
      }
      // "Before: Mrs Justice Arkwending"
      if (word == "before" && words[i + 1].punctuation == ':' && Capital(text, words[i + 2])) {
        judge = true;
        AddName(text, words, i + 2, &names);
      }
    }
  }
  if (witness && judge) return {};
  if (witness) names += "witness deponent ";
  if (judge) names += "judg court tribunal justic ";
  return names.empty() ? names : " " + names;
}

}  // namespace counsel::judging
