// XLS (Excel 5.0 to 2003): values as the program shows them, row by row, as of XLSX. freexl, which others use, opens
// files by their name alone, which a sandbox without files has not, and knows neither formats of numbers nor what is
// hidden, who commented, and what is a formula.
#include "extractor/xls.h"

#include <algorithm>
#include <bit>
#include <map>
#include <optional>
#include <utility>

#include "extractor/biff.h"
#include "extractor/number_format.h"
#include "extractor/sheet_text.h"

namespace counsel::extractor {
namespace {

constexpr const char* kWhat = "old Excel workbook (XLS)";
constexpr unsigned kVersion8 = 0x0600;
constexpr unsigned kVersion5 = 0x0500;

struct Sheet {
  Sheet() = default;
  std::string name;
  std::size_t start = 0;  // of its records, in the stream
  bool hidden = false;
  bool cells = true;  // not a chart's or a macro's
};

// What the whole workbook says.
struct Book {
  Book() = default;
  bool eight = true;  // BIFF8, not BIFF5
  bool from_1904 = false;
  bool password = false;
  BiffText text;
  std::vector<Sheet> sheets;
  std::vector<std::string> strings;
  std::map<unsigned, std::string> formats;
  std::vector<unsigned> looks;  // the number of each look's format

  [[nodiscard]] std::string_view CodeOf(std::size_t look) const {
    if (look >= looks.size()) return "General";
    const auto own = formats.find(looks[look]);
    return own == formats.end() ? BuiltInFormat(static_cast<int>(looks[look])) : std::string_view(own->second);
  }
};

std::optional<Book> ReadBook(std::string_view stream) {
  Book book;
  BiffRecords records(stream);
  BiffRecord record;
  if (!records.Next(&record) || record.type != Biff::kBegin) return std::nullopt;
  const unsigned version = record.bytes().Two();
  if (version != kVersion8 && version != kVersion5) return std::nullopt;
  book.eight = version == kVersion8;
  while (records.Next(&record) && record.type != Biff::kEnd) {
    Bytes bytes = record.bytes();
    if (record.type == Biff::kPassword) book.password = true;
    if (record.type == Biff::kCodePage) book.text.SetPage(bytes.Two());
    if (record.type == Biff::kDate1904) book.from_1904 = bytes.Two() == 1;
    if (record.type == Biff::kFormat) {
      const unsigned id = bytes.Two();
      book.formats[id] = book.text.Take(&bytes, book.eight ? 2 : 1, book.eight);
    }
    if (record.type == Biff::kLook) {
      (void)bytes.Two();  // font
      book.looks.push_back(bytes.Two());
    }
    if (record.type == Biff::kSheet) {
      Sheet sheet;
      sheet.start = bytes.Four();
      sheet.hidden = (bytes.Number(1) & 3U) != 0;
      sheet.cells = bytes.Number(1) == 0;
      sheet.name = book.text.Take(&bytes, 1, book.eight);
      book.sheets.push_back(std::move(sheet));
    }
    if (record.type == Biff::kStrings) {
      BiffStrings strings(record, book.text);
      strings.Skip(8);  // how many, and how often they are used
      for (std::string utf8; strings.Next(&utf8);) book.strings.push_back(std::move(utf8));
    }
  }
  return book;
}

const char* ErrorName(unsigned code) {
  switch (code) {
    case 0x00:
      return "#NULL!";
    case 0x07:
      return "#DIV/0!";
    case 0x0F:
      return "#VALUE!";
    case 0x17:
      return "#REF!";
    case 0x1D:
      return "#NAME?";
    case 0x24:
      return "#NUM!";
    default:
      return "#N/A";
  }
}

class SheetReader {
 public:
  SheetReader(const Book& book, const Sheet& sheet, std::string_view stream, std::size_t max_text_bytes, Flow* into)
      : book_(book),
        stream_(stream),
        max_text_bytes_(max_text_bytes),
        into_(into),
        text_(sheet.name, sheet.hidden, into) {}

  void Read() {
    Walk([this](const BiffRecord& record) { LookAt(record); });
    Walk([this](const BiffRecord& record) { ReadCells(record); });
    EndRow();
    for (Note& note : notes_) {
      if (book_.eight) note.text = object_texts_[note.object];
      text_.Comment(note.place, note.author, note.text);
    }
  }
  [[nodiscard]] bool Enough() const { return into_->text().size() > max_text_bytes_; }

  int formulas = 0;
  int drawings = 0;

 private:
  struct Note {
    Note() = default;
    std::string place;
    std::string author;
    std::string text;
    unsigned object = 0;
  };

  // The sheet's own records; those of a chart on it are passed over.
  template <class Take>
  void Walk(Take take) {
    BiffRecords records(stream_);
    BiffRecord record;
    int depth = 0;
    while (!Enough() && records.Next(&record)) {
      if (record.type == Biff::kBegin) ++depth;
      if (record.type == Biff::kEnd && --depth <= 0) return;
      if (depth == 1) take(record);
    }
  }

  // What is to be known before the cells are read.
  void LookAt(const BiffRecord& record) {
    Bytes bytes = record.bytes();
    if (record.type == Biff::kRow) {
      constexpr unsigned kHidden = 0x20;
      const std::size_t row = bytes.Two();
      (void)bytes.Take(10);
      if ((bytes.Two() & kHidden) != 0) hidden_rows_[row] = true;
    } else if (record.type == Biff::kColumns) {
      const std::size_t first = bytes.Two();
      const std::size_t last = std::min<std::size_t>(bytes.Two(), 255);
      (void)bytes.Take(4);
      const bool hidden = (bytes.Two() & 1U) != 0;
      for (std::size_t i = first; hidden && i <= last; ++i) text_.HideColumn(i);
    } else if (record.type == Biff::kMerged) {
      constexpr std::size_t kOne = 8;
      for (std::size_t left = bytes.Two(); left > 0 && bytes.size() >= kOne; --left) {
        const std::size_t first = bytes.Two();
        const std::size_t last = bytes.Two();
        text_.Merge(bytes.Two(), first + 1, last + 1);
        (void)bytes.Two();
      }
    } else if (record.type == Biff::kNote) {
      TakeNote(record);
    } else if (record.type == Biff::kObject) {
      TakeObject(record);
    } else if (record.type == Biff::kText) {
      TakeObjectText(record);
    }
  }

  void TakeNote(const BiffRecord& record) {
    Bytes bytes = record.bytes();
    Note note;
    const std::size_t row = bytes.Two();
    const std::size_t column = bytes.Two();
    note.place = ColumnLetters(column) + std::to_string(row + 1);
    if (book_.eight) {
      (void)bytes.Two();
      note.object = bytes.Two();
      note.author = book_.text.Take(&bytes, 2, true);
    } else {
      (void)bytes.Two();  // how long it is
      note.text = book_.text.Convert(bytes.Take(bytes.size()), false);
      constexpr std::size_t kGoesOn = 0xFFFF;
      if (row == kGoesOn && !notes_.empty()) {
        notes_.back().text += note.text;
        return;
      }
    }
    notes_.push_back(std::move(note));
  }

  // The text of a comment belongs to an object, whose number the comment names.
  void TakeObject(const BiffRecord& record) {
    constexpr unsigned kChart = 5;
    constexpr unsigned kPicture = 8;
    Bytes bytes = record.bytes();
    (void)bytes.Take(4);
    const unsigned kind = bytes.Two();
    object_ = bytes.Two();
    drawings += book_.eight && (kind == kChart || kind == kPicture) ? 1 : 0;
  }

  void TakeObjectText(const BiffRecord& record) {
    Bytes bytes = record.bytes();
    (void)bytes.Take(10);
    const std::size_t count = bytes.Two();
    if (record.pieces.size() < 2) return;
    BiffRecord rest;
    rest.pieces.assign(record.pieces.begin() + 1, record.pieces.end());
    object_texts_[object_] = BiffStrings(rest, book_.text).Characters(count);
  }

  void ReadCells(const BiffRecord& record) {
    Bytes bytes = record.bytes();
    if (record.type == Biff::kString) {
      if (std::exchange(string_due_, false)) Put(column_, StringOf(record));
      return;
    }
    string_due_ = false;
    switch (record.type) {
      case Biff::kFormula:
      case Biff::kNumbers:
      case Biff::kRichLabel:
      case Biff::kSharedLabel:
      case Biff::kNumber:
      case Biff::kLabel:
      case Biff::kError:
      case Biff::kShortNumber:
        break;
      default:
        return;
    }
    const std::size_t row = bytes.Two();
    if (row != row_) EndRow();
    row_ = row;
    column_ = bytes.Two();
    if (record.type == Biff::kNumbers) {
      constexpr std::size_t kOne = 6;
      for (std::size_t i = column_; bytes.size() >= kOne; ++i) {
        const std::size_t look = bytes.Two();
        Put(i, Shown(UnpackShortNumber(bytes.Four()), look));
      }
      return;
    }
    const std::size_t look = bytes.Two();
    if (record.type == Biff::kFormula) {
      TakeFormula(&bytes, look);
    } else if (record.type == Biff::kSharedLabel) {
      const std::size_t index = bytes.Four();
      if (index < book_.strings.size()) Put(column_, book_.strings[index]);
    } else if (record.type == Biff::kNumber) {
      Put(column_, Shown(std::bit_cast<double>(bytes.Eight()), look));
    } else if (record.type == Biff::kShortNumber) {
      Put(column_, Shown(UnpackShortNumber(bytes.Four()), look));
    } else if (record.type == Biff::kError) {
      const auto value = static_cast<unsigned>(bytes.Number(1));
      Put(column_, bytes.Number(1) == 1 ? ErrorName(value) : Truth(value));
    } else {
      Put(column_, book_.text.Take(&bytes, 2, book_.eight));
    }
  }

  void TakeFormula(Bytes* bytes, std::size_t look) {
    ++formulas;
    const std::uint64_t result = bytes->Eight();
    constexpr std::uint64_t kNoNumber = 0xFFFF;
    if (result >> 48 != kNoNumber) {
      Put(column_, Shown(std::bit_cast<double>(result), look));
      return;
    }
    const auto value = static_cast<unsigned>(result >> 16 & 0xFFU);
    switch (result & 0xFFU) {
      case 0:
        string_due_ = true;
        break;  // it follows
      case 1:
        Put(column_, Truth(value));
        break;
      case 2:
        Put(column_, ErrorName(value));
        break;
      default:
        break;
    }
  }

  std::string StringOf(const BiffRecord& record) const {
    if (!book_.eight) {
      Bytes bytes = record.bytes();
      return book_.text.Take(&bytes, 2, false);
    }
    BiffStrings strings(record, book_.text);
    std::string utf8;
    (void)strings.Next(&utf8);
    return utf8;
  }

  static const char* Truth(unsigned value) { return value != 0 ? "TRUE" : "FALSE"; }

  std::string Shown(double number, std::size_t look) const {
    return ShowWithStored(number, book_.CodeOf(look), book_.from_1904);
  }

  void Put(std::size_t column, std::string value) {
    if (value.empty() || column >= SheetText::kMostColumns) return;
    if (cells_.size() <= column) cells_.resize(column + 1);
    cells_[column] = std::move(value);
  }

  void EndRow() {
    if (cells_.empty()) return;
    text_.Row(row_ + 1, std::exchange(cells_, {}), hidden_rows_.contains(row_));
  }

  const Book& book_;
  const std::string_view stream_;
  const std::size_t max_text_bytes_;
  Flow* into_;
  SheetText text_;
  std::map<std::size_t, bool> hidden_rows_;
  std::vector<Note> notes_;
  std::map<unsigned, std::string> object_texts_;
  std::vector<std::string> cells_;
  unsigned object_ = 0;
  std::size_t row_ = 0;
  std::size_t column_ = 0;
  bool string_due_ = false;
};

std::optional<std::size_t> StreamOf(const CompoundFile& file) {
  const std::optional<std::size_t> eight = file.Find(0, "Workbook");
  return eight ? eight : file.Find(0, "Book");
}

// Objects of other programs, each in a storage of its own.
std::size_t CountObjects(const CompoundFile& file) {
  std::size_t objects = 0;
  for (const std::size_t child : file.entries()[0].children) {
    objects += file.entries()[child].storage && file.entries()[child].name.starts_with("MBD") ? 1 : 0;
  }
  return objects;
}

}  // namespace

bool IsXls(const CompoundFile& file) {
  return StreamOf(file).has_value();
}

Result<Document> ReadXls(const CompoundFile& file, const std::string& name, const Limits& limits) {
  const std::optional<std::string> stream = file.Read(*StreamOf(file));
  const std::optional<Book> book = stream ? ReadBook(*stream) : std::nullopt;
  if (!book) return Damaged(name, kWhat);
  if (book->password) {
    return Fail(ErrorCode::kPermissionDenied, "'" + name + "' is protected by a password.",
                "Save a copy without the password and add that.");
  }
  Document document;
  document.media_type = "application/vnd.ms-excel";
  Flow text;
  int formulas = 0;
  for (const Sheet& sheet : book->sheets) {
    if (!sheet.cells) {
      document.unread.push_back({"a chart or macro sheet", "what it shows is not looked at", "sheet " + sheet.name});
      continue;
    }
    if (sheet.start >= stream->size()) return Damaged(name, kWhat);
    SheetReader reader(*book, sheet, std::string_view(*stream).substr(sheet.start), limits.text_bytes, &text);
    reader.Read();
    if (reader.Enough()) return TextTooLong(name, limits.text_bytes);
    formulas += reader.formulas;
    if (reader.drawings > 0)
      document.unread.push_back({"a chart or picture", "what it shows is not looked at", "sheet " + sheet.name});
  }
  for (std::size_t i = 0; i < std::min<std::size_t>(CountObjects(file), 100); ++i)
    document.unread.push_back({"an embedded object", "its form is the program's own", ""});
  if (formulas > 0) document.notes.push_back(FormulasNote(formulas));
  Result<void> taken = TakeText(std::move(text), name, limits.text_bytes, &document);
  if (!taken) return Fail(std::move(taken.error()));
  return document;
}

}  // namespace counsel::extractor
