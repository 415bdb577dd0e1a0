// CSV and TSV (RFC 4180, and what spreadsheets write): each row with the names of its columns.
#include <algorithm>
#include <array>
#include <map>

#include "extractor/document.h"
#include "extractor/encoding.h"
#include "extractor/table_text.h"

namespace counsel::extractor {
namespace {

constexpr std::size_t kMostColumns = 2'000;

class Rows {
 public:
  Rows(std::string_view text, char separator) : rest_(text), separator_(separator) {}

  // false at the end.
  bool Next(std::vector<std::string>* cells) {
    cells->clear();
    if (rest_.empty()) return false;
    for (bool more = true; more;) {
      std::string cell;
      more = Cell(&cell);
      if (cells->size() < kMostColumns) cells->push_back(std::move(cell));
    }
    return true;
  }

 private:
  // true: another follows in the row.
  bool Cell(std::string* cell) {
    if (rest_.starts_with('"')) {
      rest_.remove_prefix(1);
      for (;;) {
        const std::size_t quote = std::min(rest_.find('"'), rest_.size());
        *cell += rest_.substr(0, quote);
        rest_.remove_prefix(std::min(quote + 1, rest_.size()));
        if (!rest_.starts_with('"')) break;
        *cell += '"';
        rest_.remove_prefix(1);
      }
    }
    const std::array<char, 2> ends = {separator_, '\n'};
    const std::size_t end = std::min(rest_.find_first_of(std::string_view(ends.data(), ends.size())), rest_.size());
    *cell += rest_.substr(0, end);
    const bool more = end < rest_.size() && rest_[end] == separator_;
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return more;
  }

  std::string_view rest_;
  char separator_;
};

// The character that the first rows are divided by, the same number of times in each; 0 for none.
char SeparatorOf(std::string_view text) {
  constexpr std::array kCandidates = {'\t', ';', ',', '|'};
  constexpr int kLooked = 20;
  for (const char candidate : kCandidates) {
    Rows rows(text.substr(0, std::size_t{64} << 10), candidate);
    std::vector<std::string> cells;
    // A title and a date may stand above the table.
    std::map<std::size_t, int> rows_of;  // by their number of cells
    int looked = 0;
    while (looked < kLooked && rows.Next(&cells)) {
      if (cells.size() == 1 && cells.front().empty()) continue;
      ++looked;
      ++rows_of[cells.size()];
    }
    for (const auto& [columns, same] : rows_of) {
      if (columns > 1 && (same * 10 >= looked * 7 || (same >= 3 && same * 10 >= looked * 5))) return candidate;
    }
  }
  return 0;
}

bool EndsWith(std::string name, std::string_view ending) {
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return name.ends_with(ending);
}

}  // namespace

bool IsCalledCsv(const std::string& name) {
  return EndsWith(name, ".csv") || EndsWith(name, ".tsv");
}

Result<Document> ReadCsv(std::string_view bytes, const std::string& name, const Limits& limits) {
  Document document;
  Result<std::string> text = Decode(bytes, name, "", &document.notes);
  if (!text) return Fail(std::move(text.error()));
  if (text->size() > limits.text_bytes) return TextTooLong(name, limits.text_bytes);
  std::string_view rest = *text;
  char separator = 0;
  // "sep=;" is Excel's own first line.
  if (rest.starts_with("sep=") && rest.size() > 4) {
    separator = rest[4];
    rest.remove_prefix(std::min(rest.find('\n'), rest.size() - 1) + 1);
  } else {
    separator = SeparatorOf(rest);
  }
  if (separator == 0 || separator == '\n' || separator == '"') {
    Result<Document> plain = ReadPlainText(bytes, name, limits);
    if (plain)
      plain->notes.emplace_back("Its rows are not of as many cells each: it was read as text, not as a table.");
    return plain;
  }
  Flow flow;
  TableText table("", &flow);
  Rows rows(rest, separator);
  std::vector<std::string> cells;
  for (std::size_t number = 1; rows.Next(&cells); ++number) {
    table.Row(number, cells);
    if (flow.text().size() > limits.text_bytes) return TextTooLong(name, limits.text_bytes);
  }
  document.media_type = "text/csv";
  if (Result<void> taken = TakeText(std::move(flow), name, limits.text_bytes, &document); !taken) {
    return Fail(std::move(taken.error()));
  }
  return document;
}

}  // namespace counsel::extractor
