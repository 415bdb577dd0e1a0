// Records of old Excel workbooks, after MS-XLS (BIFF8) and, for Excel 5.0 and 95, OpenOffice's description of the
// format (BIFF5). Every step moves forward, and takes no more than the file holds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "extractor/bytes.h"

namespace counsel::extractor {

// The records that are read; others are passed over.
enum class Biff : std::uint16_t {
  kFormula = 0x06,
  kEnd = 0x0A,
  kNote = 0x1C,
  kDate1904 = 0x22,
  kPassword = 0x2F,
  kContinue = 0x3C,
  kCodePage = 0x42,
  kObject = 0x5D,
  kColumns = 0x7D,
  kMerged = 0xE5,
  kSheet = 0x85,
  kNumbers = 0xBD,  // several cells
  kRichLabel = 0xD6,
  kLook = 0xE0,
  kStrings = 0xFC,
  kSharedLabel = 0xFD,
  kText = 0x1B6,  // of an object
  kNumber = 0x203,
  kLabel = 0x204,
  kError = 0x205,  // or truth
  kString = 0x207,
  kRow = 0x208,
  kShortNumber = 0x27E,
  kFormat = 0x41E,
  kBegin = 0x809,
};

struct BiffRecord {
  BiffRecord() = default;
  Biff type = Biff::kEnd;
  // What it says; more than one piece where it goes on in further records (a record has 8,224 bytes at most).
  std::vector<std::string_view> pieces;
  [[nodiscard]] Bytes bytes() const { return Bytes(pieces.front()); }
};

class BiffRecords {
 public:
  explicit BiffRecords(std::string_view stream) : rest_(stream) {}
  // False at the end, or where the stream is cut.
  bool Next(BiffRecord* record);

 private:
  std::string_view rest_;
};

// The characters of a workbook: UTF-16, or the code page of the machine that wrote it.
class BiffText {
 public:
  void SetPage(unsigned page);
  // UTF-8 of what stands in `bytes`, which are two a character when `wide`.
  [[nodiscard]] std::string Convert(std::string_view bytes, bool wide) const;
  // A string with the count of its characters before it, in one byte or two; `marked`: it says itself how wide it is
  // (BIFF8).
  [[nodiscard]] std::string Take(Bytes* bytes, std::size_t count_bytes, bool marked) const;

 private:
  std::string page_ = "windows-1252";
};

// What a record holds that goes on in others: strings may be torn between them (MS-XLS 2.5.293).
class BiffStrings {
 public:
  BiffStrings(const BiffRecord& record, const BiffText& text) : pieces_(record.pieces), text_(text) { Open(); }
  void Skip(std::size_t bytes);
  // The next string of the table of shared strings. False: there is no more.
  bool Next(std::string* utf8);
  // Characters alone; how wide they are stands before them, in each piece.
  std::string Characters(std::size_t count);

 private:
  void Open();
  [[nodiscard]] bool More();
  std::uint64_t Number(std::size_t bytes);
  std::string TakeCharacters(std::size_t count, bool wide);

  const std::vector<std::string_view>& pieces_;
  const BiffText& text_;
  std::size_t piece_ = 0;
  std::string_view rest_;
};

// A number packed into four bytes (MS-XLS 2.5.217).
[[nodiscard]] double UnpackShortNumber(std::uint32_t packed);

}  // namespace counsel::extractor
