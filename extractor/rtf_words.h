// The words of RTF that the reader knows, and what it keeps for each group and paragraph.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace counsel::extractor {

// What a group's text is for.
enum class Destination { kText, kSkipped, kShape, kFonts, kStyles, kAuthors, kLabel, kAuthor };

struct Group {
  Group() = default;
  Destination destination = Destination::kText;
  int unicode_skip = 1;  // bytes that stand in for a \u character
  int font = -1;
  bool hidden = false;
  bool raised = false;
  bool inserted = false;
  bool deleted = false;
  int inserted_by = 0;
  int deleted_by = 0;
  bool struck = false;
  bool lowered = false;
  bool ends_aside = false;
  bool ends_box = false;
  bool two_ways = false;   // \upr: its groups say the same, the second one in Unicode
  bool older_way = false;  // within it
};

struct RtfFont {
  RtfFont() = default;
  const char* charset = nullptr;  // ICU's name; nullptr: the document's
  bool symbols = false;           // its letters are pictures
  std::string name;
};

// Bytes as the font shows them. `unknown` counts symbols that are not known; nullptr: they are no text.
[[nodiscard]] std::string Decoded(std::string_view bytes, const RtfFont& font, const std::string& charset,
                                  int* unknown);

// Characters of what \u says, one UTF-16 unit at a time.
struct Utf16Units {
  Utf16Units() = default;
  char32_t high = 0;

  std::optional<char32_t> Take(std::int32_t value);
};

// The style sheet as it is read: which styles are headings.
struct RtfStyles {
  RtfStyles() = default;
  int style = 0;    // the one being read,
  int outline = 0;  // and what it says of itself
  std::string name;
  std::map<int, int> headings;  // style → level

  void Name(std::string_view utf8);
};

// What a row's definition says of its cells: which of them go on from the row above.
struct RowShape {
  RowShape() = default;
  std::vector<char> goes_on;
  std::size_t cell = 0;  // the next one

  // true: the word is one of a row's definition.
  bool Take(std::string_view word);

 private:
  bool below_ = false;
};

// Words that say how a group's text looks; false for others.
bool TakeLook(std::string_view word, std::optional<std::int32_t> value, Group* group);

struct ParagraphState {
  ParagraphState() = default;
  std::string label;  // the list number that the writing program put down
  int outline = 0;
  int style = -1;
  int level = 0;
  bool in_table = false;
};

// What groups that begin with the word are for, wherever they stand.
[[nodiscard]] std::optional<Destination> DestinationOf(std::string_view word);

// "Page header" of the words that begin one; nullptr for others.
[[nodiscard]] const char* PageAside(std::string_view word);

// ICU's name of a font's character set (\fcharset); nullptr when it says nothing.
[[nodiscard]] const char* CharsetOf(int font_charset);

// ICU's name of the document's character set, from a word that names one ("mac"); nullptr for other words.
[[nodiscard]] const char* CharsetOfWord(std::string_view word);

// The character that a word stands for ("emdash"); nullptr for none.
[[nodiscard]] const char* TextOfWord(std::string_view word);

// Groups that begin with it hold no text.
[[nodiscard]] bool IsUnseen(std::string_view word);

// Neither letters nor digits: what stands before a list item without a number.
[[nodiscard]] bool IsBullet(std::string_view label);

// 2 for "heading 2;", as the built-in styles are called; else 0.
[[nodiscard]] int HeadingLevelOfStyle(std::string name);

}  // namespace counsel::extractor
