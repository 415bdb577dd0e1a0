// What a document is, in a word that people use: for lists. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace counsel::documents {

// pdf, letter (DOCX, ODT, RTF and their like), table (spreadsheets, CSV), slides, mail, picture, web, text, archive,
// register (what Companies House said); other: not known, or not read yet.
enum class Kind { kPdf, kLetter, kTable, kSlides, kMail, kPicture, kWeb, kText, kArchive, kRegister, kOther };
[[nodiscard]] std::string_view KindName(Kind kind);
[[nodiscard]] std::optional<Kind> KindNamed(std::string_view name);
// Every name, with commas.
[[nodiscard]] std::string KindNames();

[[nodiscard]] Kind KindOf(std::string_view media_type);
// The same as a condition of SQL on a column.
[[nodiscard]] std::string KindCondition(Kind kind, std::string_view column);

}  // namespace counsel::documents
