#include "chronology/date_forms.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace counsel::chronology {
namespace {

int ToInt(std::string_view digits) {
  int value = 0;
  for (const char c : digits.substr(0, 5)) value = value * 10 + (c - '0');
  return value;
}

bool IsSeparator(const Word& word) {
  return word.low == "/" || word.low == "." || word.low == "-";
}

// A number goes on before `begin` or behind `end`: "1.2.3.2024", "12/3/2024/7", "AB-2024-03-04".
bool GoesOn(const Words& words, std::size_t begin, std::size_t end) {
  if (begin > 0 && words.Tight(begin) && !words.IsOneOf(begin - 1, {"(", "[", ":", ",", "\"", ";", "'", "=", "|"})) {
    return true;
  }
  if (!words.Tight(end)) return false;
  if (words[end].type == Word::Type::kNumber || words[end].type == Word::Type::kMixed) return true;
  if (words[end].type == Word::Type::kWord) return true;
  return IsSeparator(words[end]) && words.Tight(end + 1) && words[end + 1].type != Word::Type::kMark;
}

Written IsoAt(const Words& words, std::size_t i) {
  Written date;
  if (words[i].low.size() != 4 || !words.Is(i + 1, "-") || !words.Tight(i + 1) || !words.Is(i + 3, "-") ||
      !words.Tight(i + 2) || !words.Tight(i + 3) || !words.Tight(i + 4) || !words.Number(i + 2) ||
      words[i + 2].low.size() != 2) {
    return date;
  }
  const Word& last = words[i + 4];
  const bool timed = last.type == Word::Type::kMixed && last.low.size() >= 3 && last.low[2] == 't';
  if (!timed && (last.type != Word::Type::kNumber || last.low.size() != 2)) return date;
  date.year = ToInt(words[i].low);
  date.month = ToInt(words[i + 2].low);
  date.day = ToInt(std::string_view(last.low).substr(0, 2));
  if (!MakeDay(date.year, date.month, date.day)) return {};
  if (!timed && GoesOn(words, i, i + 5)) return {};
  date.begin = i;
  date.end = i + 5;
  return date;
}

// "3 May Street", "1 May Day Avenue"
bool StreetBehind(const Words& words, std::size_t i) {
  const std::size_t street = words[i].capital && words[i + 1].capital ? i + 1 : i;
  return words[i].capital &&
         words.IsOneOf(street, {"street", "road", "avenue", "lane", "close", "house", "way", "place", "gardens",
                                "terrace", "court", "drive", "crescent", "square", "row"});
}

}  // namespace

std::size_t TakeYear(const Words& words, std::size_t at, int* year) {
  std::size_t next = at;
  if (words.Is(next, ".") && words.Tight(next)) ++next;
  if (words.IsOneOf(next, {",", "of", "-", "/"})) ++next;
  if (words.Is(next, "in") && words.Is(next + 1, "the")) ++next;
  if (words.Is(next, "the") && words.Is(next + 1, "year")) next += 2;
  const Count found = YearAt(words, next);
  if (found.words > 0) {
    // "3 March 2024/5" is a reference; "5 May 1,200 units" has a mark inside the number.
    *year = found.value;
    return next + found.words;
  }
  // "3-Mar-24"
  if (words.Is(next - 1, "-") && words.Tight(next) && words.Number(next) && words[next].low.size() == 2) {
    const int two = ToInt(words[next].low);
    *year = two + (two < 70 ? 2000 : 1900);
    return next + 1;
  }
  return at;
}

namespace {

// "3rd day of", "3", "third of", "3-": the position of the month behind the day, 0 when none stands there.
std::size_t MonthBehindDay(const Words& words, std::size_t at) {
  std::size_t next = at;
  if (words.Is(next, "day")) ++next;
  if (words.IsOneOf(next, {"of", "-", "/", "."})) ++next;
  return words[next].type == Word::Type::kWord && MonthNamed(words[next].low) != 0 ? next : 0;
}

}  // namespace

Written DayMonthAt(const Words& words, std::size_t i) {
  const Count day = DayAt(words, i);
  if (day.words == 0) return {};
  const std::size_t month = MonthBehindDay(words, i + day.words);
  if (month == 0) return {};
  // "may" is a verb unless it is written as a name, "march" as well.
  if (!words[month].capital && !words[i].ordinal && words.IsOneOf(month, {"may", "march"})) return {};
  Written date;
  date.day = day.value;
  date.month = MonthNamed(words[month].low);
  const std::size_t end = TakeYear(words, month + 1, &date.year);
  if (date.year == 0 && StreetBehind(words, end)) return {};
  if (!MakeDay(date.year == 0 ? 2024 : date.year, date.month, date.day)) return {};
  date.begin = i;
  date.end = end;
  return date;
}

Written MonthDayAt(const Words& words, std::size_t i) {
  if (words[i].type != Word::Type::kWord || !words[i].capital) return {};
  const int month = MonthNamed(words[i].low);
  if (month == 0) return {};
  std::size_t at = words.Is(i + 1, ".") && words.Tight(i + 1) ? i + 2 : i + 1;
  if (words.Is(at, "the")) ++at;
  const Count day = DayAt(words, at);
  if (day.words == 0) return {};
  Written date;
  date.day = day.value;
  date.month = month;
  std::size_t end = at + day.words;
  if (words.Tight(end) && words.IsOneOf(end, {".", ":", "%", "/", "-"}) && words.Tight(end + 1) &&
      words.Number(end + 1)) {
    return {};  // "March 10:15", "May 3.5"
  }
  end = TakeYear(words, end, &date.year);
  const bool sure = date.year != 0 || words[at].ordinal || !words.Number(at) ||
                    (i > 0 && (words.IsOneOf(i - 1, {"on", "by", "until", "from", "before", "since"}) ||
                               WeekdayNamed(words[i - 1].low) != 0 || words.Is(i - 1, ",")));
  if (!sure || !MakeDay(date.year == 0 ? 2024 : date.year, month, date.day)) return {};
  date.begin = i;
  date.end = end;
  return date;
}

namespace {

Written MonthYearAt(const Words& words, std::size_t i) {
  if (words[i].type != Word::Type::kWord) return {};
  Written date;
  date.month = MonthNamed(words[i].low);
  if (date.month == 0 || (!words[i].capital && words.IsOneOf(i, {"may", "march", "mar", "sun", "dec", "jan"}))) {
    return {};
  }
  const std::size_t end = TakeYear(words, i + 1, &date.year);
  if (date.year == 0) return {};
  date.precision = Precision::kMonth;
  date.begin = i;
  date.end = end;
  return date;
}

// "in March", where no year follows; the word before says that it is a month.
Written MonthAloneAt(const Words& words, std::size_t i) {
  if (i == 0 || words[i].type != Word::Type::kWord || !words[i].capital || words[i].low.size() < 3) return {};
  Written date;
  date.month = MonthNamed(words[i].low);
  if (date.month == 0) return {};
  static constexpr std::array<std::string_view, 9> plain = {"in",    "since", "during", "until",     "by",
                                                            "early", "late",  "mid",    "throughout"};
  std::size_t before = i - 1;
  if (words.Is(before, "-") && before > 0) --before;
  const bool told = std::find(plain.begin(), plain.end(), words[before].low) != plain.end() ||
                    (words.Is(before, "of") && before > 0 &&
                     words.IsOneOf(before - 1, {"end", "beginning", "start", "middle", "month"}));
  const Word& next = words[i + 1];
  const bool name = next.type == Word::Type::kWord && next.capital;
  if (!told || name || words.Number(i + 1) || (words.Is(i + 1, "'") && words.Is(i + 2, "s"))) return {};
  date.precision = Precision::kMonth;
  date.begin = i;
  date.end = i + 1;
  return date;
}

Written QuarterAt(const Words& words, std::size_t i) {
  Written date;
  int quarter = 0;
  std::size_t at = i + 1;
  const std::string& low = words[i].low;
  if (low.size() == 2 && low[0] == 'q' && low[1] >= '1' && low[1] <= '4') {
    quarter = low[1] - '0';
  } else if (words.IsOneOf(i, {"first", "second", "third", "fourth", "final", "last"}) && words.Is(i + 1, "quarter")) {
    quarter = words.IsOneOf(i, {"fourth", "final", "last"}) ? 4 : DayAt(words, i).value;
    at = i + 2;
  }
  if (quarter == 0) return {};
  if (words.IsOneOf(at, {"of", ",", "/"})) ++at;
  const Count year = YearAt(words, at);
  if (year.words == 0) return {};
  date.precision = Precision::kQuarter;
  date.year = year.value;
  date.month = quarter * 3 - 2;
  date.begin = i;
  date.end = at + year.words;
  return date;
}

Written SeasonAt(const Words& words, std::size_t i) {
  int month = 0;
  if (words.Is(i, "spring")) month = 3;
  if (words.Is(i, "summer")) month = 6;
  if (words.Is(i, "autumn")) month = 9;
  if (words.Is(i, "winter")) month = 12;
  if (month == 0) return {};
  const std::size_t at = words.Is(i + 1, "of") ? i + 2 : i + 1;
  const Count year = YearAt(words, at);
  if (year.words == 0) return {};
  Written date;
  date.precision = Precision::kSeason;
  date.month = month;
  date.year = year.value;
  date.begin = i;
  date.end = at + year.words;
  return date;
}

// "Christmas Day 2023", "New Year's Eve"
Written FeastAt(const Words& words, std::size_t i) {
  Written date;
  std::size_t at = i;
  if (words.Is(i, "christmas") && words.IsOneOf(i + 1, {"day", "eve"})) {
    date.month = 12;
    date.day = words.Is(i + 1, "day") ? 25 : 24;
    at = i + 2;
  } else if (words.Is(i, "boxing") && words.Is(i + 1, "day")) {
    date.month = 12;
    date.day = 26;
    at = i + 2;
  } else if (words.Is(i, "new") && words.Is(i + 1, "year") && words.Is(i + 2, "'") &&
             words.IsOneOf(i + 4, {"day", "eve"})) {
    date.month = words.Is(i + 4, "day") ? 1 : 12;
    date.day = words.Is(i + 4, "day") ? 1 : 31;
    at = i + 5;
  }
  if (at == i || !words[i].capital) return {};
  date.begin = i;
  date.end = TakeYear(words, at, &date.year);
  return date;
}

// "in 2019", where what follows makes no number of it.
Written YearAloneAt(const Words& words, std::size_t i) {
  if (i == 0 || !words.Number(i) || words[i].low.size() != 4) return {};
  if (words.Tight(i) && !(i > 1 && words.Is(i - 1, "-") && words.IsOneOf(i - 2, {"mid", "early", "late"}))) return {};
  const int year = ToInt(words[i].low);
  if (year < 1800 || year > 2100) return {};
  std::size_t before = i - 1;
  if (words.Is(before, "year") && before > 0 && words.Is(before - 1, "the")) before -= 1;
  if (words.Is(before, "-") && before > 0) --before;
  const bool told =
      words.IsOneOf(before, {"in", "since", "during", "until", "by", "early", "late", "mid", "throughout", "the"}) ||
      (words.Is(before, "of") && before > 0 &&
       words.IsOneOf(before - 1, {"end", "beginning", "start", "middle", "summer", "spring", "autumn", "winter"}));
  if (!told || (words.Is(before, "the") && before == i - 1)) return {};
  const Word& next = words[i + 1];
  if (words.Tight(i + 1) && (next.low == "-" || next.low == "/" || next.low == "'" || next.low == "%")) return {};
  if (words.Tight(i + 1) && (next.low == "." || next.low == ",") && words.Tight(i + 2) && words.Number(i + 2)) {
    return {};
  }
  const bool word_ok =
      next.type == Word::Type::kMark ||
      words.IsOneOf(i + 1,
                    {"and",   "when", "the",     "he",        "she",   "it",   "they",  "we",     "i",       "to",
                     "until", "for",  "by",      "as",        "but",   "or",   "after", "before", "with",    "at",
                     "on",    "a",    "an",      "was",       "were",  "had",  "mr",    "mrs",    "ms",      "dr",
                     "my",    "our",  "his",     "her",       "their", "that", "which", "who",    "because", "there",
                     "under", "from", "through", "following", "this",  "you",  "in"});
  if (!word_ok) return {};
  Written date;
  date.precision = Precision::kYear;
  date.year = year;
  date.begin = i;
  date.end = i + 1;
  return date;
}

}  // namespace

Written WholeAt(const Words& words, std::size_t i) {
  using Form = Written (*)(const Words&, std::size_t);
  static constexpr std::array<Form, 9> forms = {NumericAt, DayMonthAt, MonthDayAt,   MonthYearAt, QuarterAt,
                                                SeasonAt,  FeastAt,    MonthAloneAt, YearAloneAt};
  for (const Form form : forms) {
    if (Written date = form(words, i); date.found()) return date;
  }
  return {};
}

Written NumericAt(const Words& words, std::size_t i) {
  if (!words.Number(i)) return {};
  if (Written iso = IsoAt(words, i); iso.found()) return iso;
  const std::string& mark = words[i + 1].low;
  if (!IsSeparator(words[i + 1]) || words[i + 3].low != mark || words[i].ordinal) return {};
  for (std::size_t at = i + 1; at <= i + 4; ++at) {
    if (!words.Tight(at)) return {};
  }
  if (!words.Number(i + 2) || !words.Number(i + 4) || words[i].low.size() > 2 || words[i + 2].low.size() > 2) return {};
  const std::size_t digits = words[i + 4].low.size();
  const bool dated = i > 0 && (words.IsOneOf(i - 1, {"dated", "date"}) ||
                               (words.Is(i - 1, ":") && i > 1 && words.IsOneOf(i - 2, {"dated", "date"})));
  if (digits != 4 && (digits != 2 || (mark != "/" && !dated))) return {};
  if (GoesOn(words, i, i + 5) || NumbersSomething(words, i)) return {};
  const int first = ToInt(words[i].low);
  const int second = ToInt(words[i + 2].low);
  Written date;
  date.year = ToInt(words[i + 4].low);
  if (digits == 2) date.year += date.year < 70 ? 2000 : 1900;
  if (date.year < 1600 || date.year > 2199) return {};
  const bool day_first = MakeDay(date.year, second, first).has_value();
  const bool month_first = MakeDay(date.year, first, second).has_value();
  if (!day_first && !month_first) return {};
  date.changed_about = day_first && month_first && first != second;
  date.day_first = day_first && !month_first;
  date.month_first = month_first && !day_first;
  date.day = day_first ? first : second;
  date.month = day_first ? second : first;
  date.begin = i;
  date.end = i + 5;
  return date;
}

bool NumbersSomething(const Words& words, std::size_t i) {
  std::size_t before = i;
  while (before > 0 && (words.IsOneOf(before - 1, {".", ":", "(", "#"}) || words.Is(before - 1, "no") ||
                        words.Is(before - 1, "number"))) {
    --before;
    if (words.Is(before, "no") || words.Is(before, "number")) return true;
  }
  if (before == 0) return false;
  return words.IsOneOf(
      before - 1,
      {"clause",  "clauses", "paragraph", "paragraphs", "para",      "section",  "sections", "s",     "schedule",
       "version", "v",       "rule",      "rules",      "article",   "articles", "page",     "pages", "item",
       "items",   "flat",    "unit",      "ref",        "reference", "invoice",  "part",     "annex", "appendix",
       "exhibit", "ver",     "release",   "regulation", "reg",       "case",     "claim"});
}

std::optional<Span> SpanOf(const Written& date) {
  if (date.year == 0) return std::nullopt;
  if (date.precision == Precision::kYear) return YearOf(date.year);
  if (date.precision == Precision::kMonth) return MonthOf(date.year, date.month);
  if (date.precision == Precision::kDay) {
    const std::optional<Day> day = MakeDay(date.year, date.month, date.day);
    return day ? std::optional<Span>(Span{*day, *day}) : std::nullopt;
  }
  // "winter 2023" begins in it.
  const Day first = MonthOf(date.year, date.month).first;
  const Day last_month = AddMonths(first, 2);
  const std::chrono::year_month_day in(last_month);
  return Span{first, MonthOf(static_cast<int>(in.year()), static_cast<int>(static_cast<unsigned>(in.month()))).last};
}

}  // namespace counsel::chronology
