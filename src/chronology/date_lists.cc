#include <utility>

#include "chronology/date_forms.h"

namespace counsel::chronology {
namespace {

// What share the month or year of the date behind them: "3", "3 May", "May".
Written HeadAt(const Words& words, std::size_t i) {
  if (Written whole = DayMonthAt(words, i); whole.found()) return whole;
  if (Written whole = MonthDayAt(words, i); whole.found()) return whole;
  Written head;
  if (const Count day = DayAt(words, i); day.words > 0 && (words.Number(i) || words.Is(i + day.words, "day"))) {
    head.day = day.value;
    head.begin = i;
    head.end = i + day.words;
    if (words.Is(head.end, "day")) ++head.end;
  } else if (words[i].type == Word::Type::kWord && words[i].capital && words[i].low.size() >= 3 &&
             MonthNamed(words[i].low) != 0) {
    head.month = MonthNamed(words[i].low);
    head.precision = Precision::kMonth;
    head.begin = i;
    head.end = i + 1;
  }
  return head;
}

std::size_t SkipLead(const Words& words, std::size_t i) {
  std::size_t at = i;
  if (words.Is(at, "the")) ++at;
  if (WeekdayNamed(words[at].low) != 0) {
    ++at;
    if (words.Is(at, ".") && words.Tight(at)) ++at;
    if (words.Is(at, ",")) ++at;
  }
  if (words.Is(at, "the")) ++at;
  return at;
}

// Fills in what the first of two leaves to the second; false when they do not go together.
bool Share(Written* first, const Written& second, bool joined) {
  if (first->month == 0) {
    if (second.month == 0 || second.day == 0 || first->day == 0) return false;
    first->month = second.month;
    first->year = second.year;
    return MakeDay(first->year == 0 ? 2024 : first->year, first->month, first->day).has_value();
  }
  if (first->year != 0) return true;
  if (first->precision != second.precision || !joined) return second.precision == first->precision;
  first->year = second.year;
  if (second.year != 0 && (first->month > second.month)) first->year = second.year - 1;
  return true;
}

// "Dec 24-26, 2023", "May 3 to 5, 2024"
Dates SpreadAt(const Words& words, std::size_t i) {
  Dates found;
  if (words[i].type != Word::Type::kWord || !words[i].capital || MonthNamed(words[i].low) == 0) return found;
  const Count first = DayAt(words, i + 1);
  const std::size_t joint = i + 1 + first.words;
  if (first.words == 0 || !words.IsOneOf(joint, {"-", "to"})) return found;
  const Count last = DayAt(words, joint + 1);
  Written date;
  if (last.words == 0) return found;
  const std::size_t end = TakeYear(words, joint + 1 + last.words, &date.year);
  date.month = MonthNamed(words[i].low);
  if (date.year == 0 || last.value <= first.value || !MakeDay(date.year, date.month, last.value)) return found;
  date.day = first.value;
  date.begin = i;
  date.end = joint;
  found.dates.push_back(date);
  date.day = last.value;
  date.begin = joint + 1;
  date.end = end;
  found.dates.push_back(date);
  found.range = true;
  return found;
}

}  // namespace

Dates DatesAt(const Words& words, std::size_t i) {
  Dates found;
  const std::size_t begin = SkipLead(words, i);
  if (words.Tight(begin) && begin > 0 && words.Number(begin) && words.IsOneOf(begin - 1, {".", "/", ",", "#", "$"}) &&
      words[begin].type == Word::Type::kNumber && begin >= 2 && words.Tight(begin - 1) && words.Number(begin - 2)) {
    return found;  // "1.3 March", "10,000"
  }
  if (Dates spread = SpreadAt(words, begin); !spread.dates.empty()) return spread;
  const Written head = HeadAt(words, begin);
  const bool numbered = head.found() && NumbersSomething(words, begin);
  if (head.found() && head.year == 0 && !numbered) {
    std::size_t next = head.end;
    const bool comma = words.Is(next, ",");
    const bool dash = words.Is(next, "-");
    const bool to = words.IsOneOf(next, {"to", "until", "till"});
    const bool and_or = words.IsOneOf(next, {"and", "or", "&"});
    if (comma || dash || to || and_or) {
      ++next;
      if (comma && words.IsOneOf(next, {"and", "or"})) ++next;
      if (words.IsOneOf(next, {"on", "from"})) ++next;
      const bool between = begin > 0 && words.Is(i - 1, "between") && and_or;
      const bool joined = dash || to || between || (and_or && head.day == 0) || head.day != 0;
      Dates rest = DatesAt(words, next);
      Written first = head;
      first.begin = begin;
      if (!rest.dates.empty() && rest.dates.front().begin <= SkipLead(words, next) &&
          (comma ? rest.dates.size() > 1 || rest.dates[0].day != 0 : true) &&
          Share(&first, rest.dates.front(), joined) && (head.month != 0 ? rest.dates.front().month != 0 : true)) {
        if (head.precision == Precision::kMonth && (comma || rest.dates.front().year == 0)) return found;
        found.range = rest.dates.size() == 1 && (dash || between || (to && !(i > 0 && words.Is(i - 1, "from"))));
        found.dates.push_back(first);
        for (Written& one : rest.dates) found.dates.push_back(one);
        return found;
      }
    }
  }
  Written whole = WholeAt(words, begin);
  if (!whole.found() || (numbered && words.Number(begin) && whole.year == 0)) return found;
  // "3 May 2024 – 5 June 2024", "between 3 May 2024 and 5 June 2024"
  const bool between = i > 0 && words.Is(i - 1, "between") && words.Is(whole.end, "and");
  const bool span = whole.year != 0 &&
                    (words.Is(whole.end, "-") || (words.Is(whole.end, "to") && !(i > 0 && words.Is(i - 1, "from"))));
  found.dates.push_back(whole);
  if (between || span) {
    const Written second = WholeAt(words, SkipLead(words, whole.end + 1));
    if (second.found() && second.year != 0) {
      found.dates.push_back(second);
      found.range = true;
    }
  }
  return found;
}

}  // namespace counsel::chronology
