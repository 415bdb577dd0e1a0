// The words of RTF that the reader knows, and what it keeps for each group and paragraph.
#pragma once

#include <optional>
#include <string>
#include <string_view>

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
  bool ends_aside = false;
};

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
