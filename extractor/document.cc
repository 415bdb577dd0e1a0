#include "extractor/document.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "base/litter.h"
#include "base/utf8.h"
#include "extractor/picture.h"
#include "extractor/tnef.h"

namespace counsel::extractor {
namespace {

// What other files begin with, and what people call them.
struct Signature {
  std::string_view begins;
  std::string_view what;
  std::string_view instead = "Save it as PDF, Markdown or plain text.";
};
constexpr std::array kOtherFormats = {
    Signature{"\x1F\x8B", "a compressed file"},
    Signature{"7z\xBC\xAF", "a compressed file"},
    Signature{"Rar!", "a compressed file"},
    Signature{"BZh", "a compressed file"},
    Signature{"\xFD"
              "7zXZ",
              "a compressed file"},
    Signature{"\x7F"
              "ELF",
              "a program"},
    Signature{"%!PS", "a PostScript document"},
    Signature{"\xFF"
              "WPC",
              "a WordPerfect document"},
    Signature{std::string_view("\0\0\0\0Standard Jet", 16), "a database (Access)"},
    Signature{"SQLite format 3", "a database (SQLite)"},
    Signature{"AC10", "a drawing (DWG)"},
    Signature{"ID3", "a sound recording"},
    Signature{"OggS", "a sound recording"},
};
constexpr std::array kOtherImages = {std::string_view("BM"), std::string_view("RIFF"),
                                     std::string_view("\0\0\0\x0CjP", 6)};

bool IsOtherImage(std::string_view bytes) {
  // Short marks may begin a text: of an image a NUL follows soon.
  const auto begins = [bytes](std::string_view mark) { return bytes.starts_with(mark); };
  if (std::none_of(kOtherImages.begin(), kOtherImages.end(), begins)) return false;
  return bytes.substr(0, 64).find('\0') != std::string_view::npos;
}

// What the daemon gets to see of names, which a document may make as long as it likes.
constexpr std::size_t kLongestName = 400;
constexpr std::size_t kLongestType = 100;
constexpr std::size_t kMostNotes = 50;

// Of a path the end says what it is.
std::string End(const std::string& name) {
  if (name.size() <= kLongestName) return name;
  return RepairUtf8(std::string_view(name).substr(name.size() - kLongestName));
}

// Each once.
std::vector<std::string> Few(const std::vector<std::string>& notes) {
  std::vector<std::string> few;
  for (const std::string& note : notes) {
    if (few.size() < kMostNotes && std::find(few.begin(), few.end(), note) == few.end()) few.push_back(note);
  }
  return few;
}

// The same thing in many places is told once, with how often: [part, why, where].
nlohmann::json UnreadJson(const std::vector<Unread>& unread) {
  constexpr std::size_t kMostPlaces = 5;
  struct Told {
    const Unread* first = nullptr;
    std::string where;
    std::size_t places = 0;
  };
  std::vector<Told> told;
  for (const Unread& one : unread) {
    const auto same = [&one](const Told& other) {
      return other.first->part == one.part && other.first->why == one.why;
    };
    auto found = std::find_if(told.begin(), told.end(), same);
    if (found == told.end() && told.size() >= kMostNotes) continue;
    if (found == told.end()) found = told.insert(told.end(), {&one, "", 0});
    ++found->places;
    if (found->places <= kMostPlaces && !one.where.empty())
      found->where += (found->where.empty() ? "" : ", ") + one.where;
  }
  nlohmann::json json = nlohmann::json::array();
  for (const Told& one : told) {
    std::string part = one.first->part;
    if (one.places > 1) part += " (" + std::to_string(one.places) + " times)";
    std::string where = one.where;
    if (one.places > kMostPlaces && !where.empty()) where += " and others";
    json.push_back(
        {RepairUtf8(part.substr(0, kLongestName)), one.first->why, RepairUtf8(where.substr(0, kLongestName))});
  }
  return json;
}

}  // namespace

bool LooksLikePdf(std::string_view bytes, const std::string& name) {
  constexpr std::string_view kMark = "%PDF-";
  // Readers accept the mark anywhere in the first KiB; a text that merely speaks of it is not called .pdf.
  if (bytes.starts_with(kMark)) return true;
  const bool called_pdf = name.ends_with(".pdf") || name.ends_with(".PDF");
  return called_pdf && bytes.substr(0, 1024).find(kMark) != std::string_view::npos;
}

Result<Document> ReadDocument(std::string_view bytes, const std::string& name, const Limits& limits) {
  if (bytes.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "'" + name + "' is empty.", "Add a file that has content.");
  }
  if (IsLitter(name)) {
    return Fail(ErrorCode::kUnsupported, "'" + name + "' is no document: a program leaves it beside documents.",
                "Leave it out.");
  }
  if (LooksLikePdf(bytes, name)) return ReadPdf(bytes, name, limits);
  if (bytes.starts_with("PK\x03\x04") || bytes.starts_with("PK\x05\x06")) return ReadZip(bytes, name, limits);
  if (bytes.starts_with("{\\rtf")) return ReadRtf(bytes, name, limits);
  if (bytes.starts_with("\xD0\xCF\x11\xE0")) return ReadCompound(bytes, name, limits);
  if (LooksLikeTnef(bytes)) return ReadTnefFile(bytes, name, limits);
  if (IsPicture(bytes)) return ReadPicture(bytes, name, limits);
  if (IsOtherImage(bytes)) return OtherImage(name);
  for (const Signature& format : kOtherFormats) {
    if (!bytes.starts_with(format.begins)) continue;
    return Fail(ErrorCode::kUnsupported,
                "'" + name + "' is " + std::string(format.what) + ", which Counsel cannot read yet.",
                std::string(format.instead));
  }
  if (LooksLikeHtml(bytes)) return ReadHtml(bytes, name, limits);
  if (LooksLikeWebArchive(bytes)) return ReadWebArchive(bytes, name, limits);
  if (LooksLikeMail(bytes, name)) return ReadMail(bytes, name, limits);
  if (LooksLikeCalendar(bytes)) return ReadCalendar(bytes, name, limits);
  return IsCalledCsv(name) ? ReadCsv(bytes, name, limits) : ReadPlainText(bytes, name, limits);
}

tl::unexpected<Error> TextTooLong(const std::string& name, std::size_t max_text_bytes) {
  return Fail(ErrorCode::kTooLarge,
              "The text of '" + name + "' is longer than " + std::to_string(max_text_bytes >> 20) +
                  " MiB, the limit extraction.max_text_mb.",
              "Split the document into smaller files, or raise that limit.");
}

tl::unexpected<Error> Damaged(const std::string& name, const std::string& what) {
  return Fail(ErrorCode::kCorrupt, "'" + name + "' is a damaged " + what + ".",
              "Open it in the program that wrote it and save it anew, or get another copy.");
}

tl::unexpected<Error> OtherImage(const std::string& name) {
  return Fail(ErrorCode::kUnsupported, "'" + name + "' is an image of a kind that Counsel cannot read.",
              "Save it as PNG, JPEG or TIFF, then add that.");
}

tl::unexpected<Error> NoText(const std::string& name) {
  return Fail(ErrorCode::kInvalidArgument, "'" + name + "' holds no text, only white space.",
              "Add a file that has content.");
}

tl::unexpected<Error> TooManyFiles(const std::string& name, const Limits& limits) {
  return Fail(ErrorCode::kTooLarge,
              "'" + name + "' holds more than " + std::to_string(limits.embedded_files) +
                  " files, the limit extraction.max_embedded_files.",
              "Split it, or unpack it and add the folder, or raise that limit.");
}

tl::unexpected<Error> UnpacksTooFar(const std::string& name, const Limits& limits) {
  return Fail(ErrorCode::kTooLarge,
              "'" + name + "' unpacks to more than " + std::to_string(limits.unpacked_bytes >> 20) +
                  " MiB, the limit extraction.max_unpacked_mb.",
              "If you trust it, unpack it and add the folder, or raise that limit.");
}

tl::unexpected<Error> PackedTooTightly(const std::string& name) {
  return Fail(ErrorCode::kTooLarge,
              "A part of '" + name + "' unpacks to more than " + std::to_string(kMaxRatio) + " times its size.",
              "If you trust it, unpack it and add the folder.");
}

tl::unexpected<Error> TooManyPages(const std::string& name, const Limits& limits) {
  return Fail(
      ErrorCode::kTooLarge,
      "'" + name + "' has more than " + std::to_string(limits.pages) + " pages, the limit extraction.max_pages.",
      "Split it into smaller files, or raise that limit.");
}

Result<void> TakeText(Flow flow, const std::string& name, std::size_t max_text_bytes, Document* document) {
  flow.TrimEnd();
  if (flow.text().size() > max_text_bytes) return TextTooLong(name, max_text_bytes);
  if (!HasText(flow.text())) return NoText(name);
  TakeStructure(std::move(flow), document);
  return {};
}

void TakeStructure(Flow flow, Document* document) {
  document->structure = flow.spans();
  document->text = std::move(flow).TakeText();
  std::stable_sort(document->structure.begin(), document->structure.end(),
                   [](const Span& a, const Span& b) { return a.start < b.start; });
  const auto hidden = std::count_if(document->structure.begin(), document->structure.end(),
                                    [](const Span& span) { return span.kind == SpanKind::kHidden; });
  if (hidden > 0) {
    document->notes.push_back(std::to_string(hidden) + (hidden == 1 ? " piece" : " pieces") +
                              " of hidden text, which its readers do not see, " + (hidden == 1 ? "is" : "are") +
                              " marked [Hidden text: \xE2\x80\xA6].");
  }
  std::size_t keep = 0;
  std::size_t label_bytes = 0;
  while (keep < std::min(document->structure.size(), kMaxSpans) && label_bytes <= kMaxLabelBytes) {
    label_bytes += document->structure[keep++].label.size();
  }
  if (keep < document->structure.size()) {
    document->structure.resize(keep);
    document->notes.push_back("Its structure is known for its first " + std::to_string(keep) + " parts only.");
  }
}

std::string Frame(const Result<Document>& document) {
  nlohmann::json head;
  if (document) {
    head = {
        {"media_type", document->media_type}, {"notes", Few(document->notes)}, {"text_bytes", document->text.size()}};
    head["pages"] = nlohmann::json::array();
    for (const auto& [page, start] : document->pages) head["pages"].push_back({page, start});
    head["structure"] = nlohmann::json::array();
    for (const Span& span : document->structure) {
      head["structure"].push_back({SpanKindName(span.kind), span.level, span.start, span.end, span.label});
    }
    head["embedded"] = nlohmann::json::array();
    for (const Embedded& file : document->embedded) {
      head["embedded"].push_back({End(file.name), file.media_type.substr(0, kLongestType), file.bytes.size()});
    }
    head["needs_ocr"] = document->needs_ocr;
    head["unread"] = UnreadJson(document->unread);
    head["page_labels"] = nlohmann::json::array();
    for (const auto& [page, label] : document->page_labels) head["page_labels"].push_back({page, label});
    if (document->next >= 0) head["next"] = document->next;
    if (document->tail >= 0) head["tail"] = document->tail;
  } else {
    const Error& error = document.error();
    head["error"] = {{"code", ErrorCodeName(error.code)}, {"message", error.message}, {"next_step", error.next_step}};
  }
  std::string framed = head.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  if (document) framed += document->text;
  return framed;
}

}  // namespace counsel::extractor
