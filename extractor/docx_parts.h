// The parts of a DOCX beside its text: relationships, styles, numbering.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "extractor/numbering.h"
#include "extractor/xml.h"

namespace counsel::extractor {

struct DocxRelation {
  DocxRelation() = default;
  std::string id;      // as the text refers to it
  std::string type;    // the last word of its URI: "styles", "footnotes", "header"
  std::string target;  // a part's name: "word/styles.xml"
};

struct DocxStyle {
  DocxStyle() = default;
  std::string based_on;
  int heading = 0;           // 1 to 9; 0: none, or as the style it is based on
  std::string list;          // numId; "": as the style it is based on; "0": none
  std::optional<int> level;  // ilvl
  // As their own properties say; nothing: as the style it is based on.
  std::optional<bool> hidden;
  std::optional<bool> raised;
  std::optional<bool> struck;
};

struct DocxList {
  DocxList() = default;
  std::string key;  // lists that count together have one key
  List levels;
  std::map<int, int> restarts;  // level → start, of this list's first paragraph
};

struct DocxParts {
  DocxParts() = default;
  std::string main;                     // the part that holds the text
  std::vector<DocxRelation> relations;  // of the main part
  std::map<std::string, DocxStyle> styles;
  std::map<std::string, DocxList> lists;  // by numId

  // 0 when there is none; follows basedOn.
  [[nodiscard]] int HeadingOf(const std::string& style) const;
  // Is text of the style hidden, raised, struck out?
  [[nodiscard]] bool Hides(const std::string& style) const;
  [[nodiscard]] bool Raises(const std::string& style) const;
  [[nodiscard]] bool Strikes(const std::string& style) const;
  // The list and level that a style gives its paragraphs; "" for none.
  [[nodiscard]] std::pair<std::string, int> ListOf(const std::string& style) const;
};

// What a part of an Office package refers to; "": the package itself.
[[nodiscard]] Result<std::vector<DocxRelation>> ReadRelationsOf(Package& package, const std::string& name,
                                                                const std::string& part);

[[nodiscard]] Result<DocxParts> ReadDocxParts(Package& package, const std::string& name);

}  // namespace counsel::extractor
