#include "extractor/picture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <new>
#include <optional>
#include <unordered_set>

#include <leptonica/allheaders.h>

#include "extractor/document.h"
#include "extractor/still_picture.h"

namespace counsel::extractor {
namespace {

const l_uint8* Data(std::string_view bytes) {
  return reinterpret_cast<const l_uint8*>(bytes.data());
}

bool IsTiff(std::string_view bytes) {
  return PictureType(bytes) == "image/tiff";
}

struct Size {
  std::uint64_t width = 0;
  std::uint64_t height = 0;
};

// What is to be unpacked of a file whose pages leptonica does not tell apart.
Result<StillPicture> StillOf(std::string_view bytes, const std::string& name) {
  const std::string_view type = PictureType(bytes);
  std::optional<StillPicture> still = StillPicture();
  bool of_other_kind = false;
  if (type == "image/gif") still = StillOfGif(bytes);
  if (type == "image/webp") still = StillOfWebp(bytes);
  if (type == "image/bmp") still = StillOfBmp(bytes, &of_other_kind);
  if (of_other_kind) return OtherImage(name);
  if (!still) return Damaged(name, "image");
  return std::move(*still);
}

// By the header alone; nothing when there is no such page.
std::optional<Size> SizeOf(std::string_view bytes, const StillPicture& still, int page) {
  if (still.width > 0) return page == 1 ? std::optional(Size{still.width, still.height}) : std::nullopt;
  l_int32 width = 0;
  l_int32 height = 0;
  if (IsTiff(bytes)) {
    const int failed = ::readHeaderMemTiff(Data(bytes), bytes.size(), page - 1, &width, &height, nullptr, nullptr,
                                           nullptr, nullptr, nullptr);
    if (failed != 0) return std::nullopt;
  } else {
    const int failed =
        ::pixReadHeaderMem(Data(bytes), bytes.size(), nullptr, &width, &height, nullptr, nullptr, nullptr);
    if (failed != 0 || page != 1) return std::nullopt;
  }
  if (width <= 0 || height <= 0) return std::nullopt;
  return Size{static_cast<std::uint64_t>(width), static_cast<std::uint64_t>(height)};
}

// Pages of a TIFF, at most `most`: the chain of its directories. To ask leptonica for one after the other takes the
// square of the time for each.
int CountDirectories(std::string_view bytes, int most) {
  const bool little = bytes.starts_with("II");
  const auto number = [&](std::size_t at, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      value = value << 8 | static_cast<unsigned char>(bytes[at + (little ? size - 1 - i : i)]);
    }
    return value;
  };
  constexpr std::size_t kEntry = 12;
  std::unordered_set<std::uint64_t> seen;  // a chain may lead back into itself
  std::uint64_t link = 4;
  int pages = 0;
  for (; pages <= most; ++pages) {
    if (link + 4 > bytes.size()) break;
    const std::uint64_t directory = number(link, 4);
    if (directory == 0 || directory + 2 > bytes.size() || !seen.insert(directory).second) break;
    link = directory + 2 + kEntry * number(directory, 2);
  }
  return pages;
}

// leptonica says only that there is no picture: not whether it is damaged or too large for the memory there is.
bool too_little_memory = false;

void* AllocatePixels(std::size_t size) {
  void* memory = std::malloc(size);
  too_little_memory = too_little_memory || memory == nullptr;
  return memory;
}

Picture Convert(Picture picture, bool colour) {
  if (picture && ::pixGetSpp(picture.get()) == 4) picture.reset(::pixRemoveAlpha(picture.get()));
  if (!picture) return nullptr;
  const int resolution = ::pixGetXRes(picture.get());
  picture.reset(colour ? ::pixConvertTo32(picture.get()) : ::pixConvertTo8(picture.get(), 0));
  if (picture) ::pixSetResolution(picture.get(), resolution, resolution);
  return picture;
}

}  // namespace

void PixDeleter::operator()(Pix* picture) const {
  ::pixDestroy(&picture);
}

tl::unexpected<Error> TooManyPixels(const std::string& name, int page, std::uint64_t width, std::uint64_t height,
                                    std::uint64_t most_pixels) {
  return Fail(ErrorCode::kTooLarge,
              "Page " + std::to_string(page) + " of '" + name + "' is an image of " + std::to_string(width) + " by " +
                  std::to_string(height) + " pixels, more than " + std::to_string(most_pixels / 1'000'000) +
                  " million, the limit ocr.megapixels.",
              "Save it with fewer pixels (300 an inch are enough), or raise that limit.");
}

Result<Picture> DecodePicture(std::string_view bytes, const std::string& name, int page, std::uint64_t most_pixels,
                              bool colour) {
  ::setMsgSeverity(L_SEVERITY_NONE);
  const Result<StillPicture> still = StillOf(bytes, name);
  if (!still) return Fail(still.error());
  if (!still->bytes.empty()) bytes = still->bytes;
  const std::optional<Size> size = SizeOf(bytes, *still, page);
  if (!size) return Damaged(name, "image");
  if (size->width * size->height > most_pixels)
    return TooManyPixels(name, page, size->width, size->height, most_pixels);
  ::setPixMemoryManager(AllocatePixels, std::free);
  too_little_memory = false;
  Picture picture(IsTiff(bytes) ? ::pixReadMemTiff(Data(bytes), bytes.size(), page - 1)
                                : ::pixReadMem(Data(bytes), bytes.size()));
  picture = Convert(std::move(picture), colour);
  if (!picture && too_little_memory) throw std::bad_alloc();
  if (!picture) return Damaged(name, "image");
  return picture;
}

int ResolutionOf(const Pix& picture) {
  constexpr int kLeast = 70;
  constexpr int kMost = 2'400;
  constexpr double kShortSideOfA4 = 8.27;  // inches
  auto* pix = const_cast<Pix*>(&picture);
  const int said = ::pixGetXRes(pix);
  if (said >= kLeast && said <= kMost) return said;
  const int side = std::min(::pixGetWidth(pix), ::pixGetHeight(pix));
  return std::clamp(static_cast<int>(side / kShortSideOfA4), kLeast, kMost);
}

double InkOutside(const Pix& gray, const std::vector<Box>& boxes) {
  constexpr l_int32 kDark = 160;
  constexpr double kMargin = 4;  // pixels
  Picture dark(::pixThresholdToBinary(const_cast<Pix*>(&gray), kDark));
  if (!dark) return 0;
  for (const Box& box : boxes) {
    ::pixRasterop(dark.get(), static_cast<int>(box.left - kMargin), static_cast<int>(box.top - kMargin),
                  static_cast<int>(box.right - box.left + 2 * kMargin),
                  static_cast<int>(box.bottom - box.top + 2 * kMargin), PIX_CLR, nullptr, 0, 0);
  }
  l_int32 count = 0;
  ::pixCountPixels(dark.get(), &count, nullptr);
  const double all = static_cast<double>(::pixGetWidth(dark.get())) * ::pixGetHeight(dark.get());
  return count / all;
}

int QuarterTurnsToUpright(Pix& gray) {
  constexpr float kSure = 7.0F;
  Picture dark(::pixConvertTo1(&gray, 140));
  l_float32 up = 0;
  l_float32 left = 0;
  if (!dark || ::pixOrientDetect(dark.get(), &up, &left, 0, 0) != 0) return 0;
  l_int32 orientation = L_TEXT_ORIENT_UNKNOWN;
  ::makeOrientDecision(up, left, kSure, kSure, &orientation, 0);
  switch (orientation) {
    case L_TEXT_ORIENT_LEFT:
      return 1;
    case L_TEXT_ORIENT_DOWN:
      return 2;
    case L_TEXT_ORIENT_RIGHT:
      return 3;
    default:
      return 0;
  }
}

Picture Turned(Pix& picture, int quarter_turns) {
  return Picture(::pixRotateOrth(&picture, quarter_turns));
}

double SkewOf(Pix& gray) {
  constexpr float kLeastSure = 2.0F;
  Picture dark(::pixConvertTo1(&gray, 140));
  l_float32 angle = 0;
  l_float32 sure = 0;
  if (!dark || ::pixFindSkewSweepAndSearch(dark.get(), &angle, &sure, 4, 2, 15.0F, 1.0F, 0.02F) != 0) return 0;
  return sure < kLeastSure ? 0 : angle;
}

Picture TurnedBy(Pix& gray, double degrees) {
  constexpr double kDegree = 3.14159265358979323846 / 180;
  const auto angle = static_cast<l_float32>(degrees * kDegree);
  return Picture(::pixRotate(&gray, angle, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0));
}

void Mark(Pix& colour, const std::vector<Box>& boxes) {
  constexpr int kMargin = 2;
  const int width = ::pixGetWidth(&colour);
  const int height = ::pixGetHeight(&colour);
  for (const Box& box : boxes) {
    const int left = std::clamp(static_cast<int>(box.left) - kMargin, 0, width);
    const int right = std::clamp(static_cast<int>(std::ceil(box.right)) + kMargin, 0, width);
    const int top = std::clamp(static_cast<int>(box.top) - kMargin, 0, height);
    const int bottom = std::clamp(static_cast<int>(std::ceil(box.bottom)) + kMargin, 0, height);
    for (int y = top; y < bottom; ++y) {
      l_uint32* line = ::pixGetData(&colour) + static_cast<std::ptrdiff_t>(y) * ::pixGetWpl(&colour);
      for (int x = left; x < right; ++x) {
        l_int32 red = 0;
        l_int32 green = 0;
        l_int32 blue = 0;
        ::extractRGBValues(line[x], &red, &green, &blue);
        // Yellow ink takes blue away.
        ::composeRGBPixel(red, green * 15 / 16, blue * 3 / 8, &line[x]);
      }
    }
  }
}

Result<std::string> EncodePng(Pix& picture) {
  l_uint8* data = nullptr;
  std::size_t size = 0;
  if (::pixWriteMemPng(&data, &size, &picture, 0) != 0 || data == nullptr) {
    return Fail(ErrorCode::kInternal, "The page cannot be written as an image.");
  }
  std::string png(reinterpret_cast<const char*>(data), size);
  ::lept_free(data);
  return png;
}

Result<Document> ReadPicture(std::string_view bytes, const std::string& name, const Limits& limits) {
  ::setMsgSeverity(L_SEVERITY_NONE);
  const Result<StillPicture> still = StillOf(bytes, name);
  if (!still) return Fail(still.error());
  const std::string_view first = still->bytes.empty() ? bytes : still->bytes;
  if (!SizeOf(first, *still, 1)) return Damaged(name, "image");
  const int pages = IsTiff(bytes) ? CountDirectories(bytes, limits.pages) : 1;
  if (pages > limits.pages) return TooManyPages(name, limits);
  Document document;
  document.media_type = PictureType(bytes);
  if (still->others) document.unread.push_back({"an animation", "only its first picture is read", ""});
  for (int page = 1; page <= pages; ++page) {
    document.pages.emplace_back(page, 0);
    document.needs_ocr.push_back(page);
  }
  return document;
}

}  // namespace counsel::extractor
