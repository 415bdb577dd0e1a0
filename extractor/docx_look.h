// How runs and paragraphs of a DOCX are shown, and formulas written in a line.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "extractor/xml.h"

namespace counsel::extractor {

// As its own properties say; nothing: as its styles do.
struct DocxRun {
  DocxRun() = default;
  std::string style;
  std::string font;
  std::optional<bool> hidden;
  std::optional<bool> raised;
  std::optional<bool> struck;
  bool lowered = false;
  bool white = false;
  bool shaded = false;
  bool tiny = false;  // nobody can read it

  void Take(std::string_view name, const XmlWalk::Attributes& attributes);
};

// What a paragraph's own properties say.
struct DocxParagraph {
  DocxParagraph() = default;
  std::string style;
  std::string list;  // numId
  std::optional<int> level;
  int outline = 0;
  bool mark_deleted = false;  // the next paragraph goes on where this one ends
  bool mark_hidden = false;
  bool shaded = false;
  bool shows = false;  // text that is not hidden

  void Take(std::string_view name, const XmlWalk::Attributes& attributes);
};

// "P×r over 365" becomes "(P×r)/365", "x" with a raised 2 "x^2": a formula's parts are never run together.
class DocxMath {
 public:
  // true: it is a part of a formula, and nobody else's.
  bool Start(std::string_view name, const XmlWalk::Attributes& attributes);
  // The formula's text once its outermost element ends; nothing before.
  std::optional<std::string> End(std::string_view name);
  [[nodiscard]] bool inside() const { return depth_ > 0; }
  void Text(std::string_view utf8) { parts_.back() += utf8; }

 private:
  int depth_ = 0;
  std::vector<std::string> parts_;    // open arguments, the innermost last
  std::vector<std::string> closing_;  // of open brackets
};

}  // namespace counsel::extractor
