// Pictures of pages (PNG, JPEG, TIFF, BMP, GIF, WEBP), by leptonica. No picture is unpacked before its size is known to
// be within the limit.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct Pix;

namespace counsel::extractor {

struct PixDeleter {
  void operator()(Pix* picture) const;
};
using Picture = std::unique_ptr<Pix, PixDeleter>;

// A place in a picture or on a page, from its top left corner.
struct Box {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;
};

[[nodiscard]] bool IsPicture(std::string_view bytes);
[[nodiscard]] std::string_view PictureType(std::string_view bytes);  // "image/png"
// Page `page` (from 1), of 8 bits a pixel (`colour`: 32), without transparency. kTooLarge over `most_pixels`, kCorrupt.
[[nodiscard]] Result<Picture> DecodePicture(std::string_view bytes, const std::string& name, int page,
                                            std::uint64_t most_pixels, bool colour);
[[nodiscard]] tl::unexpected<Error> TooManyPixels(const std::string& name, int page, std::uint64_t width,
                                                  std::uint64_t height, std::uint64_t most_pixels);

// Dots an inch: as the picture says, or as if it were a page of A4.
[[nodiscard]] int ResolutionOf(const Pix& picture);
// Dark pixels outside of `boxes`, as a share of all.
[[nodiscard]] double InkOutside(const Pix& gray, const std::vector<Box>& boxes);
// Whole quarter turns clockwise that seem to make its text upright; 0 when that cannot be told. A guess: figures
// mislead it.
[[nodiscard]] int QuarterTurnsToUpright(Pix& gray);
[[nodiscard]] Picture Turned(Pix& picture, int quarter_turns);
// How far the lines of text rise to the right, degrees; 0 when that cannot be told. Looks up to 15.
[[nodiscard]] double SkewOf(Pix& gray);
// Turned clockwise by so many degrees about its middle; what comes in is white.
[[nodiscard]] Picture TurnedBy(Pix& gray, double degrees);
// Shows the boxes as if by a marker pen.
void Mark(Pix& colour, const std::vector<Box>& boxes);
[[nodiscard]] Result<std::string> EncodePng(Pix& picture);

}  // namespace counsel::extractor
