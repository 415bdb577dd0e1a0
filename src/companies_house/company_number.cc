#include "companies_house/company_number.h"

#include <algorithm>
#include <array>

namespace counsel::companies_house {
namespace {

constexpr std::size_t kLength = 8;

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsLetter(char c) {
  return c >= 'A' && c <= 'Z';
}

// Blanks, dots and dashes out, letters upper case.
std::string Bare(std::string_view text) {
  std::string bare;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '.' || c == '-') continue;
    bare += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return bare;
}

struct Shape {
  std::size_t letters = 0;  // before the digits
  std::size_t digits = 0;
  std::size_t tail = 0;  // letters after them
  bool whole = false;    // nothing else
};

Shape ShapeOf(std::string_view bare) {
  Shape shape;
  std::size_t at = 0;
  while (at < bare.size() && IsLetter(bare[at])) ++at, ++shape.letters;
  while (at < bare.size() && IsDigit(bare[at])) ++at, ++shape.digits;
  while (at < bare.size() && IsLetter(bare[at])) ++at, ++shape.tail;
  shape.whole = at == bare.size();
  return shape;
}

}  // namespace

Result<std::string> NormaliseNumber(std::string_view text) {
  const std::string bare = Bare(text);
  const bool characters = std::all_of(bare.begin(), bare.end(), [](char c) { return IsDigit(c) || IsLetter(c); });
  const Shape shape = ShapeOf(bare);
  // Of the right length, whatever its shape: new kinds of number appear.
  if (characters && bare.size() == kLength && bare.find_first_of("0123456789") != std::string::npos) return bare;
  if (!shape.whole || shape.digits == 0 || shape.letters > 2 || shape.tail > 1 || bare.size() > kLength) {
    return Fail(ErrorCode::kInvalidArgument, "That is not a company number.",
                "One has 8 characters, such as 00445790 or SC012345.");
  }
  return bare.substr(0, shape.letters) + std::string(kLength - bare.size(), '0') + bare.substr(shape.letters);
}

bool LooksLikeNumber(std::string_view text) {
  const std::string bare = Bare(text);
  const Shape shape = ShapeOf(bare);
  // Shorter ones are names: "O2", "3M". Digits alone are always numbers.
  if (!shape.whole || shape.digits == 0 || shape.letters > 2 || shape.tail > 1 || bare.size() > kLength) return false;
  return (shape.letters == 0 && shape.tail == 0) || (shape.letters <= 2 && shape.digits >= 3);
}

std::string PrefixHint(std::string_view number) {
  static constexpr std::array<std::string_view, 34> kKnown = {
      "AC", "CE", "CS", "ES", "FC", "FE", "GE", "GN", "GS", "IC", "IP", "LP", "NA", "NC", "NF", "NI", "NL",
      "NO", "NP", "NR", "NV", "NZ", "OC", "OE", "PC", "R0", "RC", "RS", "SA", "SC", "SE", "SF", "SG", "SI"};
  static constexpr std::array<std::string_view, 8> kMore = {"SL", "SO", "SP", "SR", "SZ", "ZC", "NB", "UK"};
  if (number.size() != kLength || (IsDigit(number[0]) && IsDigit(number[1]))) return "";
  const std::string_view prefix = number.substr(0, 2);
  if (std::find(kKnown.begin(), kKnown.end(), prefix) != kKnown.end()) return "";
  if (std::find(kMore.begin(), kMore.end(), prefix) != kMore.end()) return "";
  return "Numbers that begin with " + std::string(prefix) + " are not known to us; check it.";
}

}  // namespace counsel::companies_house
