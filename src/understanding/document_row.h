// What a document is called and how it begins and ends, in one small row: enough to tell which document is meant.
//
// A row holds hashes of words, not words: nobody can read a document in it. It is derived from the document's text and
// name, and kept in the store with the document's passages (search/document_rows.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace counsel::understanding {

// Of the text, in code points, what a row is made from.
inline constexpr std::int64_t kHead = 2'000;
inline constexpr std::int64_t kTail = 1'500;

// How often a word stands in a document's name, and in its head and tail.
struct RowWord {
  std::uint32_t hash = 0;
  std::uint8_t in_name = 0;
  std::uint8_t in_text = 0;
};

struct DocumentRow {
  DocumentRow() = default;
  std::string id;
  std::string name;
  std::string words;  // as PackRow made it; what is not whole counts as empty
};

// Some 2 kB. `head` and `tail` are valid UTF-8; `tail` is "" when the head holds all of the text.
[[nodiscard]] std::string PackRow(std::string_view name, std::string_view head, std::string_view tail);
// Its words, by their hashes, ascending.
void ForEachInRow(std::string_view packed, const std::function<void(const RowWord&)>& told);
// Those of these hashes, which ascend; with where among them each is.
void ForEachOf(std::string_view packed, const std::vector<std::uint32_t>& hashes,
               const std::function<void(std::size_t, const RowWord&)>& told);
// One more word of a row; hashes ascend.
void AppendToRow(const RowWord& word, std::string* packed);
// Zeroes when the word is not in it.
[[nodiscard]] RowWord FindInRow(std::string_view packed, std::uint32_t hash);

}  // namespace counsel::understanding
