// What Outlook keeps of a message's text: plain, as HTML, as RTF, of which any may be missing, and none need say all.
#pragma once

#include <string>
#include <vector>

#include "extractor/document.h"

namespace counsel::extractor {

struct OutlookText {
  OutlookText() = default;
  std::string plain;         // UTF-8
  std::string html;          // bytes
  std::string html_charset;  // as the message says; "" when it does not
  std::string rtf;           // unpacked
};

// Plain where that says what the richest says, else the richest. It may be empty.
[[nodiscard]] Flow ReadOutlookText(const OutlookText& text, const std::string& name, const Limits& limits,
                                   std::vector<std::string>* notes);

// ICU's name of a Windows code page; "" when it is none.
[[nodiscard]] std::string CharsetOfCodePage(unsigned code_page);

// The code page that Windows uses for a language (its LCID).
[[nodiscard]] unsigned CodePageOfLanguage(unsigned language);

// Text that may end in zeros: as it is when it is UTF-8, else from `charset`.
[[nodiscard]] std::string FromAnsi(std::string_view bytes, const std::string& charset = "windows-1252");
[[nodiscard]] std::string FromUtf16(std::string_view bytes);

// RTF as Outlook packs it (MS-OXRTFCP); "" when it is none. At most `limit` bytes.
[[nodiscard]] std::string UnpackRtf(std::string_view packed, std::size_t limit);

}  // namespace counsel::extractor
