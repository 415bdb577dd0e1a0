// The HTML page or plain text that Outlook keeps inside RTF, after MS-OXRTFEX.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace counsel::extractor {

struct TextInRtf {
  TextInRtf() = default;
  bool html = false;  // else plain text
  std::string text;   // UTF-8
};

// Nothing: the RTF is the text itself. At most `limit` bytes.
[[nodiscard]] std::optional<TextInRtf> FindTextInRtf(std::string_view rtf, std::size_t limit);

}  // namespace counsel::extractor
