// TNEF (winmail.dat), in which Outlook wraps a mail's attachments and text for Exchange. After MS-OXTNEF. Debian's
// library (libytnef) allocates what the file announces; this reader takes no more than the file holds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "extractor/document.h"

namespace counsel::extractor {

struct Tnef {
  Tnef() = default;
  std::string body;  // plain text, UTF-8; "" when it is none
  std::string rtf;   // the text as RTF, unpacked
  std::string html;
  std::vector<Embedded> files;
  int damaged = 0;  // parts that could not be read
};

[[nodiscard]] bool LooksLikeTnef(std::string_view bytes);
// What it holds as far as it is sound.
[[nodiscard]] Tnef ReadTnef(std::string_view bytes);

}  // namespace counsel::extractor
