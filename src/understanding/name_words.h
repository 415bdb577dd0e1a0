// The words of names: of documents, parties, files. Pure.
//
// Names are split finer than texts ("NDA_ResConnect.txt" is nda, resconnect, res, connect), and folded by case, accents
// and a plural's s only: a stemmer would make one word of two parties.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace counsel::understanding {

struct NameWord {
  NameWord() = default;
  std::string text;       // folded
  std::size_t start = 0;  // bytes
  std::size_t end = 0;    // with a possessive's 's
  bool capital = false;   // begins with a capital or a digit
  bool possessive = false;
};

// In order. `text` is valid UTF-8.
[[nodiscard]] std::vector<NameWord> SplitName(std::string_view text);
// Of a word that is written together, the parts that capitals and digits show: "ResConnect": res, connect; "unit9":
// unit,
// 9. Empty: it has none.
[[nodiscard]] std::vector<std::string> PartsOfWord(std::string_view word);
// "My%20Lease.docx": "My Lease".
[[nodiscard]] std::string PlainFileName(std::string_view name);

// A word that says nothing of which document is meant: "the", "between", "consider", "inc".
[[nodiscard]] bool IsEmptyNameWord(std::string_view folded);
// "agreement", "lease", "policy", "act": what documents are.
[[nodiscard]] bool IsDocumentNoun(std::string_view folded);
// Such a noun, or what stands before one: "mutual", "disclosure", "share", "purchase". It names no document by itself.
[[nodiscard]] bool IsKind(std::string_view folded);

// A number tells documents apart by what it numbers ("Unit 9"): clause 9 is in all of them. Such a word of a name is
// both, "unit 9". True for the digits that may be one half of it.
[[nodiscard]] bool IsNumberWord(std::string_view folded);
[[nodiscard]] std::string Numbered(std::string_view what, std::string_view number);
// "9" of "unit 9"; "" of a word that is no such pair.
[[nodiscard]] std::string_view NumberOf(std::string_view word);

[[nodiscard]] std::uint32_t HashOfWord(std::string_view folded);

}  // namespace counsel::understanding
