// PDF by poppler: page by page, in reading order.
#include <limits>
#include <memory>

#include <poppler-document.h>
#include <poppler-embedded-file.h>
#include <poppler-global.h>
#include <poppler-page.h>

#include "base/utf8.h"
#include "extractor/document.h"
#include "extractor/encoding.h"

namespace counsel::extractor {
namespace {

void IgnoreMessage(const std::string& /*message*/, void* /*closure*/) {}

// A page as it stands in the text: no white space at its end.
std::string PageText(poppler::page& page) {
  const poppler::ustring units = page.text(poppler::rectf(), poppler::page::non_raw_non_physical_layout);
  std::string text;
  TextWriter writer(&text);
  for (std::size_t i = 0; i < units.size(); ++i) {
    char32_t c = units[i];
    if (c >= 0xD800 && c <= 0xDBFF && i + 1 < units.size() && units[i + 1] >= 0xDC00 && units[i + 1] <= 0xDFFF) {
      c = 0x10000 + ((c - 0xD800) << 10) + (units[++i] - 0xDC00);
    }
    writer.Put(c >= 0xD800 && c <= 0xDFFF ? U'\uFFFD' : c);
  }
  text.erase(text.find_last_not_of(" \t\n") + 1);
  return text;
}

// A sentence may run over the page's end: then one line end separates the pages, else a blank line.
std::string_view Separator(std::string_view before) {
  if (before.empty()) return "";
  return std::string_view(".!?:;").find(before.back()) != std::string_view::npos ? "\n\n" : "\n";
}

// "3, 5 to 7", cut after a while.
std::string Ranges(const std::vector<int>& numbers) {
  constexpr int kMost = 8;
  std::string text;
  int ranges = 0;
  for (std::size_t i = 0; i < numbers.size(); ++ranges) {
    if (ranges == kMost) return text + " and others";
    std::size_t last = i;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    text += (text.empty() ? "" : ", ") + std::to_string(numbers[i]);
    if (last > i) text += " to " + std::to_string(numbers[last]);
    i = last + 1;
  }
  return text;
}

std::string PagesNote(const std::vector<int>& pages, const std::string& one, const std::string& several) {
  return pages.size() == 1 ? "Page " + std::to_string(pages.front()) + " " + one + "."
                           : "Pages " + Ranges(pages) + " " + several + ".";
}

Result<std::unique_ptr<poppler::document>> Open(std::string_view bytes, const std::string& name) {
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
  if (pages > kMaxPages) {
    return Fail(ErrorCode::kTooLarge,
                "'" + name + "' has " + std::to_string(pages) + " pages; Counsel reads at most " +
                    std::to_string(kMaxPages) + ".",
                "Split it into smaller files.");
  }
  return pdf;
}

// In PDFDocEncoding, which is Latin 1 for what names are made of; poppler cuts those in UTF-16.
std::string NameOf(const poppler::embedded_file& file, std::size_t number) {
  const std::string name = file.name();
  if (name.empty() || name.starts_with("\xFE\xFF")) return "attachment " + std::to_string(number);
  return ValidUtf8(name) ? name : ConvertFrom("windows-1252", name).value_or(RepairUtf8(name));
}

// The files inside it.
Result<void> TakeEmbedded(poppler::document& pdf, const std::string& name, Document* document) {
  if (!pdf.has_embedded_files()) return {};
  const std::vector<poppler::embedded_file*> files = pdf.embedded_files();  // they belong to the document
  if (files.size() > kMaxEmbedded) return TooManyFiles(name, files.size());
  std::uint64_t bytes = 0;
  for (const poppler::embedded_file* file : files) {
    if (!file->is_valid()) continue;
    const poppler::byte_array data = file->data();
    bytes += data.size();
    if (bytes > kMaxExpandedBytes) return ExpandsTooFar(name);
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

Result<Document> ReadPdf(std::string_view bytes, const std::string& name, std::size_t max_text_bytes) {
  Result<std::unique_ptr<poppler::document>> pdf = Open(bytes, name);
  if (!pdf) return Fail(std::move(pdf.error()));
  Document document;
  document.media_type = "application/pdf";
  std::vector<int> empty;
  std::vector<int> damaged;
  std::int64_t characters = 0;
  for (int i = 0; i < (*pdf)->pages(); ++i) {
    const std::unique_ptr<poppler::page> page((*pdf)->create_page(i));
    const std::string text = page ? PageText(*page) : std::string();
    const std::string_view separator = HasText(text) ? Separator(document.text) : "";
    document.pages.emplace_back(i + 1, characters + static_cast<std::int64_t>(separator.size()));
    if (!page) damaged.push_back(i + 1);
    if (page && !HasText(text)) empty.push_back(i + 1);
    if (!HasText(text)) continue;
    document.text += separator;
    document.text += text;
    characters += static_cast<std::int64_t>(separator.size()) + CountCodePoints(text);
    if (document.text.size() > max_text_bytes) return TextTooLong(name, max_text_bytes);
  }
  if (document.text.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "'" + name + "' has no text (a scan?): it needs OCR, which Counsel does not do yet.",
                "Run it through text recognition (OCR) first, then add it again.");
  }
  if (Result<void> taken = TakeEmbedded(**pdf, name, &document); !taken) return Fail(std::move(taken.error()));
  if (!empty.empty())
    document.notes.push_back(
        PagesNote(empty, "has no text (a scan?): it needs OCR", "have no text (scans?): they need OCR"));
  if (!damaged.empty()) document.notes.push_back(PagesNote(damaged, "is damaged", "are damaged"));
  return document;
}

}  // namespace counsel::extractor
