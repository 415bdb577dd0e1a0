// Fields of a Word document: what stands between a field's codes is shown or not, and what Word shows that is no text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "extractor/numbering.h"
#include "extractor/xml.h"

namespace counsel::extractor {

class DocxFields {
 public:
  // <w:fldChar w:fldCharType="begin|separate|end">; what the end of the field shows beside its result: the tick of a
  // form field, the number of LISTNUM.
  [[nodiscard]] std::string Mark(std::string_view kind);
  void Instruction(std::string_view text);
  // Elements and values within <w:ffData>.
  void FormData(std::string_view name, const XmlWalk::Attributes& attributes);
  // Is what stands here shown? The inside of a field's code is not, whatever fields it has.
  [[nodiscard]] bool Shown() const;
  // Fields whose result Word works out and does not keep, and we do not.
  [[nodiscard]] int unknown() const { return unknown_; }

 private:
  struct Field {
    Field() = default;
    bool in_result = false;
    bool has_text = false;
    std::string instruction;
    bool check_box = false;
    std::optional<bool> checked;
    bool checked_by_default = false;
    bool choice = false;
    int chosen = 0;
    std::vector<std::string> entries;
  };
  [[nodiscard]] std::string ShownBy(const Field& field);
  [[nodiscard]] std::string ListNumber(const std::string& instruction);

  std::vector<Field> open_;
  ListCounters counters_;
  int unknown_ = 0;
};

// A character of a font that has pictures in the place of letters ("Wingdings", F0FE → "☒"). `code`: as the font
// counts.
// "" when it is not known.
[[nodiscard]] std::string SymbolOf(std::string_view font, char32_t code);

// Text in which characters for private use are pictures of its font: "[symbol]", and counted, where they are not known.
[[nodiscard]] std::string WithSymbols(std::string_view utf8, const std::string& font, int* unknown);

}  // namespace counsel::extractor
