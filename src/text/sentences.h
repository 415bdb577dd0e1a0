// Where sentences begin and end, in answers (Markdown) and in legal text. Pure.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace counsel::text {

// Bytes [start, end) of the text, without white space around; a list item's marker ("(a)", "-", "2.") is left out.
struct Sentence {
  Sentence() = default;
  std::size_t start = 0;
  std::size_t end = 0;
  bool heading = false;    // a Markdown heading, or a line that is bold as a whole
  bool list_item = false;  // the first sentence of a list item
  // Of a list item: the index of the sentence that leads the list in ("You must not:"); -1 otherwise.
  int lead_in = -1;
  bool complete = false;  // ends with '.', '!' or '?'
};

// Every visible character but list markers belongs to exactly one sentence. Citation marks ("[2]") after the final stop
// belong to the sentence before them.
[[nodiscard]] std::vector<Sentence> SplitSentences(std::string_view text);

// "Permitted Use: a bakery": a line that says what its value is. Several of them below each other are sentences each.
[[nodiscard]] bool IsLabelled(std::string_view line);

// The byte offset after a list marker that stands at `position` ("- ", "* ", "(a) ", "3. ", "iv) "), or `position`.
[[nodiscard]] std::size_t AfterListMarker(std::string_view text, std::size_t position);

// The byte offset after citation marks and white space between them at `position`, or `position`.
[[nodiscard]] std::size_t AfterMarks(std::string_view text, std::size_t position);

}  // namespace counsel::text
