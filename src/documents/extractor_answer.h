// What counsel-extract wrote to its result descriptor, checked: it has parsed hostile bytes.
#pragma once

#include <memory>
#include <string>

#include "base/file.h"
#include "base/result.h"
#include "documents/extracted_text.h"

namespace counsel::documents {

// Of the JSON line.
inline constexpr std::uint64_t kHeadBytes = std::uint64_t{24} << 20;

// The text, its structure, and where in `result` the embedded files' bytes are (which stay there, so that they take
// none of our heap). kCorrupt when the answer is nonsense. Blocks on the file; any thread.
[[nodiscard]] Result<ExtractedText> ReadAnswer(std::shared_ptr<const FileDescriptor> result, const std::string& name,
                                               const ExtractionLimits& limits);

// Of a page (pages.h).
struct PageAnswer {
  PageAnswer() = default;
  PlacedPage placed;
  std::string text;
  bool better = true;  // false: what the document itself says is as good
};
[[nodiscard]] Result<PageAnswer> ReadPageAnswer(const FileDescriptor& result, const std::string& name, int page);
// Of a page shown: a PNG.
[[nodiscard]] Result<std::string> ReadImageAnswer(const FileDescriptor& result, const std::string& name);

// The reason why it refused the document.
[[nodiscard]] Error ReadRefusal(const FileDescriptor& result, const std::string& name);

// "'x' could not be read: the document reader failed on it."
[[nodiscard]] tl::unexpected<Error> ReaderFailed(const std::string& name);

}  // namespace counsel::documents
