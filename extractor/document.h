// One document turned into text: what the formats' readers give and main.cc frames for the daemon.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "extractor/flow.h"

namespace counsel::extractor {

// A file inside the document (a mail's attachment, a ZIP's member), to become a document of its own.
struct Embedded {
  Embedded() = default;
  std::string name;        // as the document calls it, valid UTF-8; only a name, never a path to write to
  std::string media_type;  // as the document says, "" when it does not
  std::string bytes;
};

// What the document holds and nobody read.
struct Unread {
  std::string part;   // "a chart", "2 embedded files"
  std::string why;    // a clause, "Counsel reads no sound"; "" when there is no more to say
  std::string where;  // "page 3"; ""
};

struct Document {
  Document() = default;
  std::string text;        // valid UTF-8, line ends '\n', no control characters but '\n' and '\t'
  std::string media_type;  // of what was found, whatever the file is called
  std::vector<std::pair<int, std::int64_t>> pages;  // (page from 1, code point it starts at), ascending
  std::vector<Span> structure;                      // by start
  std::vector<Embedded> embedded;
  std::vector<std::string> notes;
  std::vector<Unread> unread;
  std::vector<std::pair<int, std::string>>
      page_labels;         // what the pages call themselves, where that is not their number
  std::int64_t tail = -1;  // code points: what follows belongs to no page (comments of several); -1: nothing does
  // Pages that may show more than their text says, ascending (page.h reads them). Then alone the text may be empty.
  std::vector<int> needs_ocr;
  // Of a file of mails (mail_store.h): where the next batch begins; -1: there is none.
  std::int64_t next = -1;
  // An old Word document: nothing was read, since counsel-convert makes a DOCX of it first.
  bool old_word = false;
};

// The limits that are the user's to set (extraction.*); the daemon passes them on.
struct Limits {
  std::size_t text_bytes = std::size_t{64} << 20;
  std::uint64_t unpacked_bytes = std::uint64_t{256} << 20;  // of all files and parts of one document
  std::size_t embedded_files = 1'000;                       // in one document
  int pages = 5'000;
};

// Told by its content; the name only helps to tell Markdown from text. Errors are sentences for the user that name the
// file: kInvalidArgument (no text), kPermissionDenied (password), kTooLarge, kUnsupported, kCorrupt.
[[nodiscard]] Result<Document> ReadDocument(std::string_view bytes, const std::string& name, const Limits& limits);

// The readers, each given bytes of its format.
[[nodiscard]] Result<Document> ReadPdf(std::string_view bytes, const std::string& name, const Limits& limits);
[[nodiscard]] Result<Document> ReadZip(std::string_view bytes, const std::string& name, const Limits& limits);
// Its pages, all to be read by OCR.
[[nodiscard]] Result<Document> ReadPicture(std::string_view bytes, const std::string& name, const Limits& limits);
[[nodiscard]] Result<Document> ReadRtf(std::string_view bytes, const std::string& name, const Limits& limits);
[[nodiscard]] Result<Document> ReadHtml(std::string_view bytes, const std::string& name, const Limits& limits);
[[nodiscard]] Result<Document> ReadMail(std::string_view bytes, const std::string& name, const Limits& limits);
// A web page as one file (MHT).
[[nodiscard]] Result<Document> ReadWebArchive(std::string_view bytes, const std::string& name, const Limits& limits);
// Outlook messages; others of their container (MS-CFB) are refused by name.
[[nodiscard]] Result<Document> ReadCompound(std::string_view bytes, const std::string& name, const Limits& limits);
[[nodiscard]] Result<Document> ReadPlainText(std::string_view bytes, const std::string& name, const Limits& limits);
// Rows of a file that is called .csv or .tsv, as far as it looks like a table.
[[nodiscard]] Result<Document> ReadCsv(std::string_view bytes, const std::string& name, const Limits& limits);
[[nodiscard]] Result<Document> ReadCalendar(std::string_view bytes, const std::string& name, const Limits& limits);
// winmail.dat by itself.
[[nodiscard]] Result<Document> ReadTnefFile(std::string_view bytes, const std::string& name, const Limits& limits);

// What a page says of its characters; "" when it says nothing.
[[nodiscard]] std::string DeclaredCharset(std::string_view html);
// Of a page that is UTF-8 already; it may have no text.
[[nodiscard]] Result<Flow> HtmlText(const std::string& utf8, const std::string& name, std::size_t max_text_bytes);

[[nodiscard]] bool LooksLikePdf(std::string_view bytes, const std::string& name);
[[nodiscard]] bool LooksLikeHtml(std::string_view bytes);
[[nodiscard]] bool LooksLikeWebArchive(std::string_view bytes);
[[nodiscard]] bool LooksLikeCalendar(std::string_view bytes);
[[nodiscard]] bool IsCalledCsv(const std::string& name);
[[nodiscard]] bool LooksLikeMail(std::string_view bytes, const std::string& name);

// Sets GMime up, before the sandbox is closed. Once.
void PrepareMail();

// ---- limits that nobody sets, the same for every format; docs/formats.md lists them all ----
inline constexpr std::uint64_t kMaxRatio = 250;                             // unpacked to packed bytes of a part,
inline constexpr std::uint64_t kRatioCountsFrom = std::uint64_t{16} << 20;  // once it is larger than this
inline constexpr std::size_t kMaxSpans = 100'000;                           // more are left out, with a note,
inline constexpr std::size_t kMaxLabelBytes = std::size_t{4} << 20;         // as when their labels have more than this

[[nodiscard]] tl::unexpected<Error> TextTooLong(const std::string& name, std::size_t max_text_bytes);
[[nodiscard]] tl::unexpected<Error> Damaged(const std::string& name, const std::string& what);
[[nodiscard]] tl::unexpected<Error> OtherImage(const std::string& name);
[[nodiscard]] tl::unexpected<Error> NoText(const std::string& name);
[[nodiscard]] tl::unexpected<Error> TooManyFiles(const std::string& name, const Limits& limits);
[[nodiscard]] tl::unexpected<Error> UnpacksTooFar(const std::string& name, const Limits& limits);
[[nodiscard]] tl::unexpected<Error> PackedTooTightly(const std::string& name);
[[nodiscard]] tl::unexpected<Error> TooManyPages(const std::string& name, const Limits& limits);

// Moves the text and its structure into the document. kTooLarge, or kInvalidArgument when there is no text.
[[nodiscard]] Result<void> TakeText(Flow flow, const std::string& name, std::size_t max_text_bytes, Document* document);

// The structure alone, ordered and within its limits.
void TakeStructure(Flow flow, Document* document);

// One line of JSON; then, when there is a document, its text. The bytes of the embedded files are to follow, in order.
[[nodiscard]] std::string Frame(const Result<Document>& document);

}  // namespace counsel::extractor
