// The text of a spreadsheet's sheet, whatever its format: its name as a heading, rows as they are shown, what is hidden
// and who commented apart.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "extractor/flow.h"
#include "extractor/table_text.h"

namespace counsel::extractor {

class SheetText {
 public:
  static constexpr std::size_t kMostColumns = 2'000;  // what stands beyond is for the reader to note

  // `name`: as the program shows it, cut where it is very long.
  SheetText(const std::string& name, bool hidden, Flow* into);
  SheetText(const SheetText&) = delete;
  SheetText& operator=(const SheetText&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  void HideColumn(std::size_t column) { hidden_columns_[column] = true; }
  // Cells of a column that are one, from row `first` to row `last`: each row says what stands in it.
  void Merge(std::size_t column, std::size_t first, std::size_t last);
  // `number` from 1; `cells` as they are shown, by column.
  void Row(std::size_t number, std::vector<std::string> cells, bool hidden);
  // `place`: "B14".
  void Comment(const std::string& place, const std::string& author, const std::string& text);

 private:
  void FillMerged(std::size_t number, std::vector<std::string>* cells);

  const std::string name_;
  const bool hidden_;
  Flow* into_;
  Flow visible_;
  TableText table_;
  std::map<std::size_t, bool> hidden_columns_;
  struct Merged {
    Merged() = default;
    std::size_t column = 0;
    std::size_t last = 0;
    std::string text;
  };
  std::multimap<std::size_t, Merged> merges_;  // by their first row
  std::vector<Merged> open_;                   // those that the rows being read are in
};

// What a sheet's name may be long, in bytes.
inline constexpr std::size_t kLongestSheetName = 100;

// "[Comment by Eve, on Tolls, C5: Check.]"; empty where there is no text.
[[nodiscard]] Flow SheetComment(const std::string& sheet, const std::string& place, const std::string& author,
                                const std::string& text);

// "3 cells are computed by formulas: …".
[[nodiscard]] std::string FormulasNote(int formulas);

}  // namespace counsel::extractor
