#include "extractor/biff.h"

#include <bit>

#include "extractor/encoding.h"

namespace counsel::extractor {

bool BiffRecords::Next(BiffRecord* record) {
  constexpr std::size_t kHead = 4;
  record->pieces.clear();
  while (rest_.size() >= kHead) {
    Bytes head(rest_);
    const auto type = static_cast<Biff>(head.Two());
    const std::size_t size = head.Two();
    const bool goes_on = type == Biff::kContinue && !record->pieces.empty();
    if (!record->pieces.empty() && !goes_on) break;
    if (rest_.size() - kHead < size) {
      rest_ = {};
      break;
    }
    if (!goes_on) record->type = type;
    record->pieces.push_back(rest_.substr(kHead, size));
    rest_.remove_prefix(kHead + size);
  }
  return !record->pieces.empty();
}

void BiffText::SetPage(unsigned page) {
  constexpr unsigned kUtf16 = 1200;
  constexpr unsigned kMac = 0x8000;
  constexpr unsigned kAnsi = 0x8001;
  if (page == kUtf16 || page == kAnsi || page == 0) return;
  page_ = page == kMac ? "macintosh" : "cp" + std::to_string(page);
}

std::string BiffText::Convert(std::string_view bytes, bool wide) const {
  std::optional<std::string> utf8 = ConvertFrom(wide ? "UTF-16LE" : page_, bytes);
  if (!utf8) utf8 = ConvertFrom("windows-1252", bytes);
  return utf8.value_or("");
}

std::string BiffText::Take(Bytes* bytes, std::size_t count_bytes, bool marked) const {
  std::size_t count = bytes->Number(count_bytes);
  const unsigned flags = marked ? static_cast<unsigned>(bytes->Number(1)) : 0;
  const bool wide = (flags & 1U) != 0;
  if (!marked) return Convert(bytes->Take(std::min(count, bytes->size())), false);
  // One byte a character is the lower half of UTF-16, not of a code page.
  const std::string_view found = bytes->Take(std::min(wide ? count * 2 : count, bytes->size()));
  return wide ? Convert(found, true) : ConvertFrom("iso-8859-1", found).value_or("");
}

void BiffStrings::Open() {
  rest_ = piece_ < pieces_.size() ? pieces_[piece_] : std::string_view();
}

bool BiffStrings::More() {
  while (rest_.empty() && piece_ + 1 < pieces_.size()) {
    ++piece_;
    Open();
  }
  return !rest_.empty();
}

void BiffStrings::Skip(std::size_t bytes) {
  while (bytes > 0 && More()) {
    const std::size_t now = std::min(bytes, rest_.size());
    rest_.remove_prefix(now);
    bytes -= now;
  }
}

std::uint64_t BiffStrings::Number(std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes && More(); ++i) {
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(rest_.front())) << (8 * i);
    rest_.remove_prefix(1);
  }
  return value;
}

std::string BiffStrings::TakeCharacters(std::size_t count, bool wide) {
  std::string utf16;
  while (count > 0) {
    if (rest_.empty()) {
      if (!More()) break;
      wide = (static_cast<unsigned char>(rest_.front()) & 1U) != 0;
      rest_.remove_prefix(1);
      continue;
    }
    const std::size_t size = wide ? 2 : 1;
    const std::size_t now = std::min(count, rest_.size() / size);
    if (now == 0) {  // half a character
      rest_ = {};
      continue;
    }
    for (std::size_t i = 0; i < now; ++i) {
      utf16 += rest_[i * size];
      utf16 += wide ? rest_[i * size + 1] : '\0';
    }
    rest_.remove_prefix(now * size);
    count -= now;
  }
  return text_.Convert(utf16, true);
}

std::string BiffStrings::Characters(std::size_t count) {
  const bool wide = (Number(1) & 1U) != 0;
  return TakeCharacters(count, wide);
}

bool BiffStrings::Next(std::string* utf8) {
  constexpr unsigned kWide = 1;
  constexpr unsigned kPhonetic = 4;
  constexpr unsigned kRich = 8;
  if (!More()) return false;
  const std::size_t count = Number(2);
  const auto flags = static_cast<unsigned>(Number(1));
  const std::size_t runs = (flags & kRich) != 0 ? Number(2) : 0;
  const std::size_t phonetic = (flags & kPhonetic) != 0 ? Number(4) : 0;
  *utf8 = TakeCharacters(count, (flags & kWide) != 0);
  Skip(runs * 4);
  Skip(phonetic);
  return true;
}

double UnpackShortNumber(std::uint32_t packed) {
  const bool hundredth = (packed & 1U) != 0;
  const bool integer = (packed & 2U) != 0;
  const double value = integer ? static_cast<double>(static_cast<std::int32_t>(packed) >> 2)
                               : std::bit_cast<double>(static_cast<std::uint64_t>(packed & ~3U) << 32);
  return hundredth ? value / 100 : value;
}

}  // namespace counsel::extractor
