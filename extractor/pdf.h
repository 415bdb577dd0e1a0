// What the readers of PDF pages share: text (pdf.cc), words and pictures (pdf_page.cc).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <poppler-document.h>
#include <poppler-global.h>
#include <poppler-page.h>

#include "base/result.h"

namespace counsel::extractor {

// `bytes` must outlive it. kPermissionDenied (a password), kCorrupt, kTooLarge (pages).
[[nodiscard]] Result<std::unique_ptr<poppler::document>> OpenPdf(std::string_view bytes, const std::string& name);

// As TextWriter writes it.
[[nodiscard]] std::string ToUtf8(const poppler::ustring& units);
// A page as it stands in the document's text: no white space at its end.
[[nodiscard]] std::string PageText(poppler::page& page);

// A page with fewer letters than this is looked at: the rest of it may be a picture.
inline constexpr std::size_t kFewLetters = 100;
// Code points that are no white space.
[[nodiscard]] std::size_t CountLetters(std::string_view text);
// A text layer that nobody can read: its fonts do not tell which characters they show.
[[nodiscard]] bool IsJunk(std::string_view text);

}  // namespace counsel::extractor
