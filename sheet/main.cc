// counsel-sheet FILE: reads a review as JSON from stdin, as `counsel review show --json` prints it, and writes it as
// XLSX. One line for each document; of each column its value, its grade, what a person made of it, and the quote, which
// links to the place where it stands. A sheet takes 65,530 links: what follows stands on another.
#include <array>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>

#include <xlsxwriter.h>

#include "review/export.h"

namespace {

using counsel::review::Json;

constexpr std::int64_t kMostLinks = 65'530;
constexpr std::int64_t kMostRows = 1'048'575;    // below the head
constexpr std::size_t kMostCharacters = 32'767;  // code points of a cell
constexpr std::array<const char*, 4> kParts = {"", ": grade", ": review", ": quote"};

std::string Cut(const std::string& text) {
  if (text.size() <= kMostCharacters) return text;
  std::size_t end = kMostCharacters - 4;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

std::string TextOf(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

class Book {
 public:
  Book(const char* file, const Json& review) : review_(review) {
    lxw_workbook_options options{};
    options.constant_memory = LXW_TRUE;
    book_ = workbook_new_opt(file, &options);
    head_ = workbook_add_format(book_);
    format_set_bold(head_);
    wrapped_ = workbook_add_format(book_);
    format_set_text_wrap(wrapped_);
    format_set_align(wrapped_, LXW_ALIGN_VERTICAL_TOP);
    doubtful_ = workbook_add_format(book_);
    format_set_bg_color(doubtful_, 0xFFF2CC);
    format_set_align(doubtful_, LXW_ALIGN_VERTICAL_TOP);
  }

  lxw_error Write() {
    NextSheet();
    for (const Json& row : review_["rows"]) {
      std::int64_t links = 0;
      for (const Json& cell : row["cells"]) links += TextOf(cell, "quote").empty() ? 0 : 1;
      if (links_ + links > kMostLinks || line_ >= kMostRows) NextSheet();
      WriteRow(row);
    }
    return workbook_close(book_);
  }

 private:
  // Always as text: "=1+1" stays what it is.
  void Put(std::int64_t column, const std::string& text, lxw_format* format) {
    const auto at = static_cast<lxw_col_t>(column);
    worksheet_write_string(sheet_, static_cast<lxw_row_t>(line_), at, Cut(text).c_str(), format);
  }

  void NextSheet() {
    ++sheets_;
    sheet_ = workbook_add_worksheet(book_, ("Review " + std::to_string(sheets_)).c_str());
    links_ = 0;
    line_ = 0;
    worksheet_freeze_panes(sheet_, 1, 1);
    worksheet_set_column(sheet_, 0, 0, 32, nullptr);
    Put(0, "Document", head_);
    Put(1, "State", head_);
    std::int64_t at = 2;
    for (const Json& column : review_["columns"]) {
      for (const char* part : kParts) Put(at++, TextOf(column, "name") + part, head_);
    }
    worksheet_set_column(sheet_, 2, static_cast<lxw_col_t>(at), 18, nullptr);
    line_ = 1;
  }

  // To the place in the page of Counsel, by the document and the characters of the quote.
  void PutQuote(std::int64_t at, const std::string& document, const Json& cell) {
    const std::string quote = TextOf(cell, "quote");
    if (quote.empty()) return;
    std::string url = "http://127.0.0.1:8181/#/documents?document=" + document;
    for (const char* part : {"page", "start", "end"}) {
      if (cell.contains(part) && cell[part].is_number()) url += std::string("&") + part + "=" + cell[part].dump();
    }
    const auto column = static_cast<lxw_col_t>(at);
    const auto line = static_cast<lxw_row_t>(line_);
    worksheet_write_url(sheet_, line, column, url.c_str(), nullptr);
    Put(at, (TextOf(cell, "value").empty() ? "nearest: " : "") + quote, wrapped_);
    ++links_;
  }

  void WriteRow(const Json& row) {
    const std::string reason = TextOf(row, "reason");
    Put(0, TextOf(row, "name"), wrapped_);
    Put(1, TextOf(row, "state") + (reason.empty() ? "" : ": " + reason), wrapped_);
    std::int64_t at = 2;
    for (const Json& cell : row["cells"]) {
      const std::string grade = TextOf(cell, "grade");
      Put(at, counsel::review::Standing(cell), grade == "near" ? doubtful_ : wrapped_);
      Put(at + 1, grade.empty() ? "empty" : grade, wrapped_);
      Put(at + 2, counsel::review::StateOf(cell), wrapped_);
      PutQuote(at + 3, TextOf(row, "document"), cell);
      at += static_cast<std::int64_t>(kParts.size());
    }
    ++line_;
  }

  const Json& review_;
  lxw_workbook* book_;
  lxw_worksheet* sheet_ = nullptr;
  lxw_format* head_;
  lxw_format* wrapped_;
  lxw_format* doubtful_;
  int sheets_ = 0;
  std::int64_t line_ = 0;
  std::int64_t links_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string text{std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
  const Json review = Json::parse(text, nullptr, false);
  if (!review.is_object() || !review.contains("rows") || !review.contains("columns")) {
    std::fprintf(stderr, "counsel-sheet: what came in is no review\n");
    return 2;
  }
  const lxw_error error = Book(argv[1], review).Write();
  if (error == LXW_NO_ERROR) return 0;
  std::fprintf(stderr, "counsel-sheet: %s\n", lxw_strerror(error));
  return 1;
}
