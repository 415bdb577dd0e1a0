#include "extractor/document.h"

#include <array>

#include <nlohmann/json.hpp>

#include "base/utf8.h"

namespace counsel::extractor {
namespace {

// What other files begin with, and what people call them.
struct Signature {
  std::string_view begins;
  std::string_view what;
};
constexpr std::array kOtherFormats = {
    Signature{"PK\x03\x04", "an Office document or a ZIP archive"},
    Signature{"\xD0\xCF\x11\xE0", "an old Office document"},
    Signature{"{\\rtf", "a rich text (RTF) document"},
    Signature{"\x89PNG", "an image"},
    Signature{"\xFF\xD8\xFF", "an image"},
    Signature{"GIF8", "an image"},
    Signature{"II*", "an image"},
    Signature{"\x1F\x8B", "a compressed file"},
    Signature{"\x7F"
              "ELF",
              "a program"},
    Signature{"%!PS", "a PostScript document"},
};

bool IsPdf(std::string_view bytes, const std::string& name) {
  constexpr std::string_view kMark = "%PDF-";
  // Readers accept the mark anywhere in the first KiB; a text that merely speaks of it is not called .pdf.
  if (bytes.starts_with(kMark)) return true;
  const bool called_pdf = name.ends_with(".pdf") || name.ends_with(".PDF");
  return called_pdf && bytes.substr(0, 1024).find(kMark) != std::string_view::npos;
}

}  // namespace

Result<Document> ReadDocument(std::string_view bytes, const std::string& name, std::size_t max_text_bytes) {
  if (bytes.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "'" + name + "' is empty.", "Add a file that has content.");
  }
  if (IsPdf(bytes, name)) return ReadPdf(bytes, name, max_text_bytes);
  for (const Signature& format : kOtherFormats) {
    if (!bytes.starts_with(format.begins)) continue;
    return Fail(ErrorCode::kUnsupported,
                "'" + name + "' is " + std::string(format.what) + ", which Counsel cannot read yet.",
                "Save it as PDF, Markdown or plain text.");
  }
  return ReadPlainText(bytes, name, max_text_bytes);
}

void TextWriter::Put(char32_t code_point) {
  const bool after_return = std::exchange(after_return_, code_point == U'\r');
  if (code_point == U'\n' && after_return) return;
  if (code_point == U'\r' || code_point == U'\f' || code_point == U'\v') code_point = U'\n';
  const bool control = (code_point < 0x20 && code_point != U'\n' && code_point != U'\t') || code_point == 0x7F;
  if (!control) AppendUtf8(code_point, out_);
}

bool HasText(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = NextCodePoint(text, &at);
    if (c > 0x20 && c != 0x85 && c != 0xA0 && c != 0xFEFF && c != 0x3000 && !(c >= 0x2000 && c <= 0x200F)) return true;
  }
  return false;
}

tl::unexpected<Error> TextTooLong(const std::string& name, std::size_t max_text_bytes) {
  return Fail(ErrorCode::kTooLarge,
              "The text of '" + name + "' is longer than " + std::to_string(max_text_bytes >> 20) + " MiB.",
              "Split the document into smaller files.");
}

std::string Frame(const Result<Document>& document) {
  nlohmann::json head;
  if (document) {
    head = {{"media_type", document->media_type}, {"notes", document->notes}};
    head["pages"] = nlohmann::json::array();
    for (const auto& [page, start] : document->pages) head["pages"].push_back({page, start});
  } else {
    const Error& error = document.error();
    head["error"] = {{"code", ErrorCodeName(error.code)}, {"message", error.message}, {"next_step", error.next_step}};
  }
  std::string framed = head.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  if (document) framed += document->text;
  return framed;
}

}  // namespace counsel::extractor
