// What Office and systems leave beside documents: lock files, owner files, thumbnails. No document, wherever it lies.
#pragma once

#include <string_view>

namespace counsel {

// "~$lease.docx", "~WRL0001.tmp" (Office), ".~lock.lease.odt#" (LibreOffice), "._lease.pdf", ".DS_Store" (Mac),
// "Thumbs.db", "desktop.ini" (Windows), whatever their case. `path`: its last part counts, and Mac's folder __MACOSX.
[[nodiscard]] bool IsLitter(std::string_view path);

}  // namespace counsel
