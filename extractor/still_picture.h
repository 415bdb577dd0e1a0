// Pictures whose size leptonica tells only once they are unpacked (BMP, GIF), or of which it reads only one that stands
// still (WEBP): what is looked at before. Without any library.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace counsel::extractor {

struct StillPicture {
  std::string bytes;  // a file of it alone; "" where the file will do as it is
  // Pixels; 0 where the file's own head says it (WEBP).
  std::uint64_t width = 0;
  std::uint64_t height = 0;
  bool others = false;  // more pictures follow: it is the first of an animation
};

// Nothing when the bytes are damaged. A BMP that is packed, of 16 bits or from before Windows 3 is `of_other_kind`.
[[nodiscard]] std::optional<StillPicture> StillOfGif(std::string_view bytes);
[[nodiscard]] std::optional<StillPicture> StillOfWebp(std::string_view bytes);
[[nodiscard]] std::optional<StillPicture> StillOfBmp(std::string_view bytes, bool* of_other_kind);

}  // namespace counsel::extractor
