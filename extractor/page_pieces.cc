#include "extractor/page_pieces.h"

#include <algorithm>
#include <string_view>

namespace counsel::extractor {
namespace {

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

// Figures, with at most a sign and a currency.
bool IsSum(std::string_view word) {
  constexpr std::string_view kCurrencies = "\xC2\xA3\xE2\x82\xAC$GBPEURUSDCHF";
  const bool digit = std::any_of(word.begin(), word.end(), IsDigit);
  const auto fits = [&](char c) {
    return IsDigit(c) || std::string_view(".,()-+%").find(c) != std::string_view::npos ||
           kCurrencies.find(c) != std::string_view::npos;
  };
  return (digit || word.size() == 3) && std::all_of(word.begin(), word.end(), fits);
}

// A line that is set wide to fill its column has the same white between all its words.
bool IsSetWide(const LayoutLine& line, std::size_t from) {
  constexpr double kSame = 0.6;  // points
  if (line.words.size() < from + 3) return false;
  double least = 1e9;
  double most = 0;
  for (std::size_t w = from + 1; w < line.words.size(); ++w) {
    const double gap = line.words[w].box.left - line.words[w - 1].box.right;
    least = std::min(least, gap);
    most = std::max(most, gap);
    if (line.words[w].after_leader) return false;
  }
  return most - least < kSame && most < 2.5 * LargestWord(line).size;
}

}  // namespace

const LayoutWord& LargestWord(const LayoutLine& line) {
  return *std::max_element(line.words.begin(), line.words.end(),
                           [](const LayoutWord& a, const LayoutWord& b) { return a.size < b.size; });
}

std::vector<LinePiece> PiecesOf(const LayoutLine& line, std::size_t number, bool without_first) {
  constexpr double kWide = 0.8;  // of the letters' size: the white between words is less
  std::vector<LinePiece> pieces;
  const std::size_t from = without_first ? 1 : 0;
  const bool whole = IsSetWide(line, from);
  for (std::size_t w = from; w < line.words.size(); ++w) {
    const LayoutWord& word = line.words[w];
    const bool begins = pieces.empty() || word.after_leader ||
                        (!whole && word.box.left - pieces.back().box.right > kWide * std::max(word.size, 4.0));
    if (begins) {
      LinePiece& piece = pieces.emplace_back();
      piece.line = number;
      piece.first = w;
      piece.box = word.box;
      piece.base = LargestWord(line).base;
      piece.size = LargestWord(line).size;
      piece.after_leader = word.after_leader;
      piece.is_sum = true;
    }
    LinePiece& piece = pieces.back();
    piece.end = w + 1;
    piece.words.push_back(word.box);
    piece.box.left = std::min(piece.box.left, word.box.left);
    piece.box.right = std::max(piece.box.right, word.box.right);
    piece.is_label = piece.words.size() == 1 && IsHangingLabel(word.text);
    piece.is_sum = piece.is_sum && IsSum(word.text);
    piece.has_digit = piece.has_digit || std::any_of(word.text.begin(), word.text.end(), IsDigit);
  }
  return pieces;
}

bool IsHangingLabel(std::string_view text) {
  constexpr std::size_t kLongest = 14;
  if (text.empty() || text.size() > kLongest) return false;
  if (text == "\xE2\x80\xA2" || text == "\xE2\x80\x93" || text == "-" || text == "\xE2\x97\x8F" || text == "o")
    return true;
  const bool opened = text.front() == '(' || text.front() == '[';
  if (text.ends_with(".00")) return false;  // a sum
  if (opened) text.remove_prefix(1);
  const bool closed = !text.empty() && (text.back() == ')' || text.back() == ']');
  const bool stopped = !text.empty() && (text.back() == '.' || text.back() == ':');
  if (closed || stopped) text.remove_suffix(1);
  if (text.empty() || (opened && !closed)) return false;
  if (IsDigit(text.front())) {
    int digits = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool point = text[i] == '.' && i + 1 < text.size() && IsDigit(text[i + 1]);
      const bool letter =
          i + 1 == text.size() && ((text[i] >= 'A' && text[i] <= 'Z') || (text[i] >= 'a' && text[i] <= 'z'));
      if (!IsDigit(text[i]) && !point && !letter) return false;
      digits = IsDigit(text[i]) ? digits + 1 : 0;
      if (digits > 3) return false;
    }
    return true;
  }
  if (!closed && !stopped) return false;
  constexpr std::string_view kRoman = "ivxlcIVXLC";
  const bool roman = text.size() <= 6 && text.find_first_not_of(kRoman) == std::string_view::npos;
  const char c = text.front();
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  const bool letters = letter && (text.size() == 1 || (text.size() == 2 && text[1] == c));
  return roman || letters;
}

}  // namespace counsel::extractor
