// What is known of all documents that may be asked, as far as one question needs it: in which rows the words of its
// names stand, and whose file name it may have.
//
// Rows are numbered in the order in which their documents came; numbers may be left out. Filled from whole rows
// (AddRow), or from lists of rows for each sign of one, as files keep them (ForEachSign). Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "understanding/document_row.h"

namespace counsel::understanding {

struct RowHas {
  std::uint32_t row = 0;
  std::uint8_t in_name = 0;
  std::uint8_t in_text = 0;
};

class KnownRows {
 public:
  // Whose file name stands in the question, maybe.
  struct Named {
    std::uint32_t row = 0;
    std::string name;
  };

  // What is to be known for this question.
  explicit KnownRows(std::string_view question);
  // Hashes, ascending.
  [[nodiscard]] const std::vector<std::uint32_t>& words() const { return words_; }
  // Signs of the file names that may stand in the question.
  [[nodiscard]] std::vector<std::string> SignsOfNames() const;

  // Rows ascend. `packed`: a whole row.
  void AddRow(std::uint32_t row, std::string_view name, std::string_view packed);
  // One of words(), in rows that ascend and are behind those it was added for.
  void AddWord(std::size_t word, const RowHas& has) { with_[word].push_back(has); }
  // A row that has one of SignsOfNames. Rows ascend.
  void AddNamed(std::uint32_t row, std::string_view name);
  // Rows that AddRow was not told of.
  void Count(std::size_t rows) { count_ += rows; }

  [[nodiscard]] std::size_t count() const { return count_; }
  // Ascending; of any word but words() none are known.
  [[nodiscard]] const std::vector<RowHas>& With(std::uint32_t hash) const;
  [[nodiscard]] const std::vector<Named>& named() const { return named_; }

 private:
  std::string lower_;  // the question
  std::vector<std::uint32_t> words_;
  std::vector<std::vector<RowHas>> with_;  // as words_
  std::vector<Named> named_;
  std::size_t count_ = 0;
};

// Where a file's name stands in a question, whole or without its ending; size 0: it does not. `lower`: LowerAscii.
struct NameIn {
  std::size_t start = 0;
  std::size_t size = 0;
};
[[nodiscard]] NameIn FindFileName(std::string_view lower, std::string_view name);
[[nodiscard]] std::string LowerAscii(std::string_view text);
// What goes on a word, in a name that is compared letter by letter.
[[nodiscard]] bool IsPartOfWord(char c);

// By what a row is found in files: each of its words, and its file's name, hashed; with what is to be known of it
// there, a number from 1 to 0xFFFF.
void ForEachSign(std::string_view name, std::string_view packed,
                 const std::function<void(std::string_view sign, std::uint32_t number)>& told);
[[nodiscard]] std::string SignOfWord(std::uint32_t hash);
[[nodiscard]] RowHas HasOf(std::uint32_t row, std::uint32_t number);

}  // namespace counsel::understanding
