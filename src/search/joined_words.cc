#include "search/joined_words.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/utf8.h"

namespace counsel::search {
namespace {

constexpr std::size_t kLongestJoined = 40;  // bytes
constexpr std::size_t kMostParts = 4;

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}
bool AllDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit);
}

bool Invisible(char32_t c) {
  return c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x2064) ||
         c == 0xFEFF;
}

// "" for what stays.
std::string_view LettersOf(char32_t c) {
  constexpr std::array<std::string_view, 7> kLigatures = {"ff", "fi", "fl", "ffi", "ffl", "st", "st"};
  if (c >= 0xFB00 && c <= 0xFB06) return kLigatures[c - 0xFB00];
  switch (c) {
    case 0xDF:
      return "ss";
    case 0xC6:
    case 0xE6:
      return "ae";
    case 0x152:
    case 0x153:
      return "oe";
    case 0xD8:
    case 0xF8:
      return "o";
    case 0x2010:
    case 0x2011:
      return "-";
    default:
      return "";
  }
}

// ---- dates ----

// 1 to 12; 0: no month.
int MonthOf(std::string_view word) {
  constexpr std::array<std::string_view, 12> kMonths = {"january",   "february", "march",    "april",
                                                        "may",       "june",     "july",     "august",
                                                        "september", "october",  "november", "december"};
  if (word.size() < 3 || word.size() > 9 || std::strchr("jfmasondJFMASOND", word[0]) == nullptr) return 0;
  std::string lower(word);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (lower == kMonths[i] || lower == kMonths[i].substr(0, 3) || (i == 8 && lower == "sept")) {
      return static_cast<int>(i) + 1;
    }
  }
  return 0;
}

// Of "1", "1st", "22nd"; 0: no day.
int DayOf(std::string_view word) {
  std::size_t digits = 0;
  while (digits < word.size() && IsDigit(word[digits])) ++digits;
  if (digits == 0 || digits > 2) return 0;
  const std::string_view ending = word.substr(digits);
  if (!ending.empty() && ending != "st" && ending != "nd" && ending != "rd" && ending != "th") return 0;
  const int day = digits == 1 ? word[0] - '0' : (word[0] - '0') * 10 + (word[1] - '0');
  return day <= 31 ? day : 0;
}

int YearOf(std::string_view word) {
  if (word.size() != 4 || !AllDigits(word) || (word[0] != '1' && word[0] != '2')) return 0;
  return (word[0] - '0') * 1000 + (word[1] - '0') * 100 + (word[2] - '0') * 10 + (word[3] - '0');
}

std::string DateWord(int year, int month, int day) {
  const auto two = [](int value) {
    return std::string(1, static_cast<char>('0' + value / 10)) + static_cast<char>('0' + value % 10);
  };
  return std::to_string(year) + two(month) + two(day);
}

class Finder {
 public:
  Finder(std::string_view text, const std::vector<RawWord>& words) : text_(text), words_(words) {}

  std::vector<Joined> Find() {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      JoinHyphens(i);
      JoinDigits(i);
      TakeDate(i);
    }
    return std::move(found_);
  }

 private:
  [[nodiscard]] std::string_view Raw(std::size_t i) const {
    return i < words_.size() ? text_.substr(words_[i].start, words_[i].end - words_[i].start) : std::string_view();
  }
  [[nodiscard]] std::string_view Between(std::size_t i) const {  // i and the next
    return text_.substr(words_[i].end, words_[i + 1].start - words_[i].end);
  }
  void Add(std::size_t first, std::size_t last, std::string plain) {
    Joined& joined = found_.emplace_back();
    joined.first = first;
    joined.start = words_[first].start;
    joined.end = words_[last].end;
    joined.plain = std::move(plain);
  }

  // A hyphen alone, or at a line's end.
  [[nodiscard]] bool Hyphen(std::size_t i) const {
    if (i + 1 >= words_.size()) return false;
    const std::string_view between = Between(i);
    if (!between.starts_with('-') || between.size() > 12) return false;
    const std::string_view rest = between.substr(1);
    return rest.empty() || (rest.find_first_not_of(" \t\r\n") == std::string_view::npos &&
                            std::count(rest.begin(), rest.end(), '\n') == 1);
  }

  void JoinHyphens(std::size_t i) {
    if (!Hyphen(i) || (i > 0 && Hyphen(i - 1))) return;  // none, or within a longer one
    std::string plain(Raw(i));
    std::size_t last = i;
    while (last - i + 1 < kMostParts && Hyphen(last) && IsLetter(Raw(last).back()) && IsLetter(Raw(last + 1).front())) {
      plain += Raw(++last);
    }
    if (last > i && plain.size() <= kLongestJoined) Add(i, last, std::move(plain));
  }

  // "," or a space that does not break, or an apostrophe, as the Swiss write it.
  [[nodiscard]] bool Groups(std::size_t i) const {
    if (i + 1 >= words_.size() || Raw(i + 1).size() != 3 || !AllDigits(Raw(i + 1))) return false;
    const std::string_view between = Between(i);
    return between == "," || between == "'" || between == "\xC2\xA0" || between == "\xE2\x80\xAF" ||
           between == "\xE2\x80\x89" || between == "\xE2\x80\x99";
  }

  void JoinDigits(std::size_t i) {
    const std::string_view raw = Raw(i);
    std::size_t digits = raw.size();
    while (digits > 0 && IsDigit(raw[digits - 1])) --digits;
    const std::string_view tail = raw.substr(digits);
    // "GBP64,250": a currency's letters may stand before it.
    if (tail.empty() || digits > 3) return;
    if (tail.size() <= 3 && !(i > 0 && Groups(i - 1)) && Groups(i)) {
      std::string plain(tail);
      std::size_t last = i;
      while (Groups(last) && last - i < 6) plain += Raw(++last);
      Add(i, last, std::move(plain));
      return;
    }
    const std::size_t zeros = std::min(raw.find_first_not_of('0'), raw.size());
    if (digits == 0 && zeros > 0 && zeros < raw.size() && raw.size() > 2) Add(i, i, std::string(raw.substr(zeros)));
  }

  void TakeDate(std::size_t i) {
    const std::string_view a = Raw(i);
    if (i + 2 >= words_.size() || (!IsDigit(a[0]) && MonthOf(a) == 0)) return;
    std::size_t at = i + 1;
    if (Raw(at) == "day") ++at;
    if (Raw(at) == "of") ++at;
    if (at + 1 >= words_.size() || words_[at + 1].start - words_[i].end > 24) return;
    const std::string_view b = Raw(at);
    const std::string_view c = Raw(at + 1);
    const std::string_view between = Between(i);
    if (DayOf(a) > 0 && MonthOf(b) > 0 && YearOf(c) > 0)
      return Add(i, at + 1, DateWord(YearOf(c), MonthOf(b), DayOf(a)));
    if (at != i + 1) return;
    if (MonthOf(a) > 0 && DayOf(b) > 0 && YearOf(c) > 0)
      return Add(i, at + 1, DateWord(YearOf(c), MonthOf(a), DayOf(b)));
    const bool signs = between == Between(i + 1) && (between == "/" || between == "." || between == "-");
    if (!signs || !AllDigits(a) || !AllDigits(b) || !AllDigits(c)) return;
    if (YearOf(a) > 0 && b.size() == 2 && DayOf(b) >= 1 && DayOf(b) <= 12 && DayOf(c) > 0) {
      return Add(i, i + 2, DateWord(YearOf(a), DayOf(b), DayOf(c)));
    }
    if (YearOf(c) == 0 || DayOf(a) == 0 || DayOf(b) == 0) return;
    // The day first, as in Britain; the month first too, where it can be one.
    if (DayOf(b) <= 12) Add(i, i + 2, DateWord(YearOf(c), DayOf(b), DayOf(a)));
    if (DayOf(a) <= 12 && DayOf(a) != DayOf(b)) Add(i, i + 2, DateWord(YearOf(c), DayOf(a), DayOf(b)));
  }

  const std::string_view text_;
  const std::vector<RawWord>& words_;
  std::vector<Joined> found_;
};

}  // namespace

std::size_t Folded::EndAt(std::size_t byte) const {
  return ends.empty() || byte == 0 ? byte : ends[byte - 1];
}

Folded FoldText(std::string_view text) {
  Folded folded;
  // Nothing that is folded begins with a byte below 0xC2.
  if (std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0xC2; }))
    return folded;
  bool changed = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    const char32_t c = NextCodePoint(text, &at);
    std::string_view letters = text.substr(start, at - start);
    char narrow = 0;
    if (Invisible(c)) {
      letters = "";
    } else if (c >= 0xFF01 && c <= 0xFF5E) {
      narrow = static_cast<char>(c - 0xFF01 + '!');
      letters = std::string_view(&narrow, 1);
    } else if (const std::string_view other = LettersOf(c); !other.empty()) {
      letters = other;
    }
    changed = changed || letters != text.substr(start, at - start);
    folded.text += letters;
    folded.source.insert(folded.source.end(), letters.size(), static_cast<std::uint32_t>(start));
    folded.ends.insert(folded.ends.end(), letters.size(), static_cast<std::uint32_t>(at));
    // The bytes of a character that stays have places of their own, so that nothing is cut within it.
    if (letters.size() == at - start && narrow == 0) {
      for (std::size_t i = 0; i < letters.size(); ++i)
        folded.source[folded.source.size() - letters.size() + i] += static_cast<std::uint32_t>(i);
    }
  }
  folded.source.push_back(static_cast<std::uint32_t>(text.size()));
  if (!changed) folded = Folded();
  return folded;
}

std::vector<Joined> FindJoined(std::string_view text, const std::vector<RawWord>& words) {
  return Finder(text, words).Find();
}

}  // namespace counsel::search
