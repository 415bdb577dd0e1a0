// An answer's text with its grades and sources, as paragraphs; and reading what the record says. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "word/document.h"

namespace counsel::word {

using Json = nlohmann::json;

// null where there is none.
[[nodiscard]] const Json& Member(const Json& json, std::string_view name);
// "" where there is none, or it is no string.
[[nodiscard]] std::string StringOf(const Json& json, std::string_view name);
// A text of an entry: {"text": …}, or a plain one; "" where it was deleted.
[[nodiscard]] std::string TextIn(const Json& text);
[[nodiscard]] std::string TextOf(const Json& json, std::string_view name);
// On one line: a text's own line ends and indents are no part of what it says.
[[nodiscard]] std::string Flowing(std::string_view text);

// "Lease.docx, under “3. Rent”, page 2, characters 120–180: “The rent is £1,450.”" of a citation, a quote or a place.
[[nodiscard]] std::string FootnoteOf(const Json& place);

class MarkedText {
 public:
  // `text` must outlive it.
  MarkedText(std::string_view text, Document* paper) : text_(text), paper_(paper) {}

  // sentences[] of the record: bytes of the text, grade, differences, why_not.
  void Mark(const Json& sentences);
  // citations[] of the record.
  void Cite(const Json& citations) { citations_ = &citations; }
  // Without citation marks and Markdown. Returns how many sentences were left out.
  [[nodiscard]] std::size_t Write(bool checked_only);
  [[nodiscard]] std::size_t Unsupported() const;

 private:
  struct Sentence {
    std::size_t start = 0, end = 0;
    Look look = Look::kPlain;
    std::string why_not;  // what differs; where that is not known, why it is not supported
  };
  void WriteSentence(const Sentence& sentence);
  void AddNotes(const Sentence& sentence, std::vector<bool>* used);
  void Flow(std::string_view text, Look look);
  void EndLine();

  std::string_view text_;
  Document* paper_;
  const Json* citations_ = nullptr;
  std::vector<Sentence> sentences_;
  std::vector<Piece> line_;
  Kind kind_ = Kind::kBody;
};

}  // namespace counsel::word
