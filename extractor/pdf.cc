// PDF by poppler: page by page, in reading order.
#include "extractor/pdf.h"

#include <limits>
#include <memory>

#include <poppler-document.h>
#include <poppler-embedded-file.h>
#include <poppler-global.h>
#include <poppler-page.h>

#include "base/format.h"
#include "base/utf8.h"
#include "extractor/document.h"
#include "extractor/encoding.h"

namespace counsel::extractor {
namespace {

void IgnoreMessage(const std::string& /*message*/, void* /*closure*/) {}

// A sentence may run over the page's end: then one line end separates the pages, else a blank line.
std::string_view Separator(std::string_view before) {
  if (before.empty()) return "";
  return std::string_view(".!?:;").find(before.back()) != std::string_view::npos ? "\n\n" : "\n";
}

// What the page shows is not in its text, or hardly: a scan with a stamp, letters without a meaning.
bool NeedsOcr(std::string_view text) {
  return CountLetters(text) < kFewLetters || IsJunk(text);
}

// In PDFDocEncoding, which is Latin 1 for what names are made of; poppler cuts those in UTF-16.
std::string NameOf(const poppler::embedded_file& file, std::size_t number) {
  const std::string name = file.name();
  if (name.empty() || name.starts_with("\xFE\xFF")) return "attachment " + std::to_string(number);
  return ValidUtf8(name) ? name : ConvertFrom("windows-1252", name).value_or(RepairUtf8(name));
}

// The files inside it.
Result<void> TakeEmbedded(poppler::document& pdf, const std::string& name, const Limits& limits, Document* document) {
  if (!pdf.has_embedded_files()) return {};
  const std::vector<poppler::embedded_file*> files = pdf.embedded_files();  // they belong to the document
  if (files.size() > limits.embedded_files) return TooManyFiles(name, limits);
  std::uint64_t bytes = 0;
  for (const poppler::embedded_file* file : files) {
    if (!file->is_valid()) continue;
    const poppler::byte_array data = file->data();
    bytes += data.size();
    if (bytes > limits.unpacked_bytes) return UnpacksTooFar(name, limits);
    if (data.empty()) continue;
    Embedded embedded;
    embedded.name = NameOf(*file, document->embedded.size() + 1);
    embedded.media_type = RepairUtf8(file->mime_type());
    embedded.bytes.assign(data.data(), data.size());
    document->embedded.push_back(std::move(embedded));
  }
  return {};
}

}  // namespace

std::string ToUtf8(const poppler::ustring& units) {
  std::string text;
  TextWriter writer(&text);
  for (std::size_t i = 0; i < units.size(); ++i) {
    char32_t c = units[i];
    if (c >= 0xD800 && c <= 0xDBFF && i + 1 < units.size() && units[i + 1] >= 0xDC00 && units[i + 1] <= 0xDFFF) {
      c = 0x10000 + ((c - 0xD800) << 10) + (units[++i] - 0xDC00);
    }
    writer.Put(c >= 0xD800 && c <= 0xDFFF ? U'\uFFFD' : c);
  }
  return text;
}

std::string PageText(poppler::page& page) {
  std::string text = ToUtf8(page.text(poppler::rectf(), poppler::page::non_raw_non_physical_layout));
  text.erase(text.find_last_not_of(" \t\n") + 1);
  return text;
}

std::size_t CountLetters(std::string_view text) {
  std::size_t letters = 0;
  for (std::size_t at = 0; at < text.size();) letters += NextCodePoint(text, &at) > U' ' ? 1U : 0U;
  return letters;
}

bool IsJunk(std::string_view text) {
  constexpr std::size_t kOneIn = 5;
  std::size_t letters = 0;
  std::size_t strange = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = NextCodePoint(text, &at);
    letters += c > U' ' ? 1U : 0U;
    // For private use: what the font shows there, nobody knows.
    const bool private_use = (c >= 0xE000 && c <= 0xF8FF) || c >= 0xF0000;
    strange += private_use || c == 0xFFFD ? 1U : 0U;
  }
  return strange * kOneIn > letters;
}

Result<std::unique_ptr<poppler::document>> OpenPdf(std::string_view bytes, const std::string& name) {
  poppler::set_debug_error_function(IgnoreMessage, nullptr);
  std::unique_ptr<poppler::document> pdf;
  if (bytes.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    pdf.reset(poppler::document::load_from_raw_data(bytes.data(), static_cast<int>(bytes.size())));
  }
  if (pdf && pdf->is_locked()) {
    return Fail(ErrorCode::kPermissionDenied, "'" + name + "' is protected by a password.",
                "Save a copy without the password and add that.");
  }
  const int pages = pdf ? pdf->pages() : 0;
  if (pages <= 0) {
    return Fail(ErrorCode::kCorrupt, "'" + name + "' is a damaged PDF.",
                "Open it in a viewer and save it anew, or get another copy.");
  }
  return pdf;
}

Result<Document> ReadPdf(std::string_view bytes, const std::string& name, const Limits& limits) {
  Result<std::unique_ptr<poppler::document>> pdf = OpenPdf(bytes, name);
  if (!pdf) return Fail(std::move(pdf.error()));
  if ((*pdf)->pages() > limits.pages) return TooManyPages(name, limits);
  Document document;
  document.media_type = "application/pdf";
  std::vector<int> damaged;
  std::int64_t characters = 0;
  for (int i = 0; i < (*pdf)->pages(); ++i) {
    const std::unique_ptr<poppler::page> page((*pdf)->create_page(i));
    const std::string text = page ? PageText(*page) : std::string();
    const std::string_view separator = HasText(text) ? Separator(document.text) : "";
    document.pages.emplace_back(i + 1, characters + static_cast<std::int64_t>(separator.size()));
    if (!page) damaged.push_back(i + 1);
    if (page && NeedsOcr(text)) document.needs_ocr.push_back(i + 1);
    if (!HasText(text)) continue;
    document.text += separator;
    document.text += text;
    characters += static_cast<std::int64_t>(separator.size()) + CountCodePoints(text);
    if (document.text.size() > limits.text_bytes) return TextTooLong(name, limits.text_bytes);
  }
  if (document.text.empty() && document.needs_ocr.empty()) return Damaged(name, "PDF");
  if (Result<void> taken = TakeEmbedded(**pdf, name, limits, &document); !taken) return Fail(std::move(taken.error()));
  if (!damaged.empty()) document.notes.push_back(FormatPages(damaged, "is damaged", "are damaged"));
  return document;
}

}  // namespace counsel::extractor
