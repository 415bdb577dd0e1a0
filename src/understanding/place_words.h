// What both sides of a place need: the nouns that name one, quotation marks, Roman numerals. Internal to this room.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "understanding/place.h"

namespace counsel::understanding {

inline constexpr std::size_t kNone = std::string_view::npos;

struct Noun {
  std::string_view word;
  PlaceKind kind;
};
inline constexpr std::array kNouns = {Noun{"clause", PlaceKind::kClause},       Noun{"subclause", PlaceKind::kClause},
                                      Noun{"section", PlaceKind::kClause},      Noun{"subsection", PlaceKind::kClause},
                                      Noun{"article", PlaceKind::kClause},      Noun{"paragraph", PlaceKind::kClause},
                                      Noun{"para", PlaceKind::kClause},         Noun{"cl", PlaceKind::kClause},
                                      Noun{"sec", PlaceKind::kClause},          Noun{"art", PlaceKind::kClause},
                                      Noun{"condition", PlaceKind::kClause},    Noun{"rule", PlaceKind::kClause},
                                      Noun{"regulation", PlaceKind::kClause},   Noun{"s", PlaceKind::kClause},
                                      Noun{"schedule", PlaceKind::kSchedule},   Noun{"annex", PlaceKind::kSchedule},
                                      Noun{"appendix", PlaceKind::kSchedule},   Noun{"exhibit", PlaceKind::kSchedule},
                                      Noun{"attachment", PlaceKind::kSchedule}, Noun{"page", PlaceKind::kPage},
                                      Noun{"recital", PlaceKind::kRecital}};

inline bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
inline bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
inline char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
inline std::string LowerOf(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), Lower);
  return lower;
}

struct Quote {
  std::string_view open;
  std::string_view close;
};
inline constexpr std::array kQuotes = {Quote{"\"", "\""}, Quote{"\xE2\x80\x9C", "\xE2\x80\x9D"}, Quote{"'", "'"},
                                       Quote{"\xE2\x80\x98", "\xE2\x80\x99"}};

// 0: none.
inline int RomanValue(std::string_view text) {
  int value = 0;
  int before = 0;
  for (std::size_t i = text.size(); i-- > 0;) {
    int now = 0;
    switch (text[i]) {
      case 'I':
        now = 1;
        break;
      case 'V':
        now = 5;
        break;
      case 'X':
        now = 10;
        break;
      case 'L':
        now = 50;
        break;
      case 'C':
        now = 100;
        break;
      default:
        return 0;
    }
    value += now < before ? -now : now;
    before = std::max(before, now);
  }
  return value;
}

}  // namespace counsel::understanding
