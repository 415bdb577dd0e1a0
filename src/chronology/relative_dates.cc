#include "chronology/relative_dates.h"

namespace counsel::chronology {
namespace {

namespace ch = std::chrono;

struct Unit {
  int days = 0;
  int months = 0;
  bool known = false;
  bool working = false;  // of which a calendar of holidays would be needed
  std::size_t words = 0;
};

Unit UnitAt(const Words& words, std::size_t i) {
  Unit unit;
  std::size_t at = i;
  if (words.IsOneOf(at, {"working", "business", "clear", "banking", "trading"})) {
    unit.working = true;
    ++at;
  } else if (words.IsOneOf(at, {"calendar", "consecutive", "full", "complete"})) {
    ++at;
  }
  if (words.IsOneOf(at, {"day", "days"})) unit.days = 1;
  if (words.IsOneOf(at, {"week", "weeks"})) unit.days = 7;
  if (words.IsOneOf(at, {"fortnight", "fortnights"})) unit.days = 14;
  if (words.IsOneOf(at, {"month", "months"})) unit.months = 1;
  if (words.IsOneOf(at, {"year", "years"})) unit.months = 12;
  unit.known = unit.days + unit.months > 0;
  if (!unit.known) return unit;
  ++at;
  if (words.Is(at, "'") && words.Tight(at)) at += words.Is(at + 1, "s") && words.Tight(at + 1) ? 2 : 1;
  unit.words = at - i;
  return unit;
}

Day Moved(Day base, const Unit& unit, int count) {
  return unit.months > 0 ? AddMonths(base, unit.months * count) : base + ch::days(unit.days * count);
}

Relative At(std::size_t words, std::optional<Span> span, std::optional<Day> base,
            Precision precision = Precision::kDay) {
  Relative found;
  found.words = words;
  found.precision = precision;
  found.span = base ? span : std::nullopt;
  found.base = base;
  found.unresolved = !base;
  return found;
}

Relative DaysFrom(std::size_t words, std::optional<Day> base, int days) {
  if (!base) return At(words, std::nullopt, base);
  const Day day = *base + ch::days(days);
  return At(words, Span{day, day}, base);
}

// "the date of this agreement", "the date hereof": how many words, 0 for none.
std::size_t OwnDateAt(const Words& words, std::size_t i) {
  std::size_t at = i;
  if (words.Is(at, "the")) ++at;
  if (!words.Is(at, "date")) return 0;
  if (words.Is(at + 1, "hereof")) return at + 2 - i;
  const bool own = words.Is(at + 1, "of") && words.Is(at + 2, "this") &&
                   words.IsOneOf(at + 3, {"agreement", "letter", "deed", "lease", "contract", "email", "notice",
                                          "order", "statement", "licence", "will"});
  return own ? at + 4 - i : 0;
}

// "14 days after …", "two weeks later", "three months ago", "within 7 days of …"
Relative CountedAt(const Words& words, std::size_t i, const Bases& bases, const DatesContext& context, ReadDay read) {
  const bool within = words.Is(i, "within");
  const std::size_t from = within ? i + 1 : i;
  if (i > 0 &&
      (words.IsOneOf(i - 1, {"(", "no", "every", "each", "for", "of"}) || (!within && words.Is(i - 1, "within"))))
    return {};
  const Count count = CountAt(words, from);
  if (count.words == 0) return {};
  const Unit unit = UnitAt(words, from + count.words);
  if (!unit.known) return {};
  const std::size_t at = from + count.words + unit.words;
  const std::size_t taken = at + 1 - i;
  const auto moved = [&](std::optional<Day> base, int sign) {
    if (!base || unit.working) return At(taken, std::nullopt, std::nullopt);
    const Day day = Moved(*base, unit, sign * count.value);
    return At(taken, Span{day, day}, base);
  };
  if (words.IsOneOf(at, {"later", "afterwards", "thereafter"})) return moved(bases.before, 1);
  if (words.Is(at, "earlier")) return moved(bases.before, -1);
  if (words.IsOneOf(at, {"ago", "hence"})) return moved(bases.document, words.Is(at, "ago") ? -1 : 1);
  const bool forward = words.IsOneOf(at, {"after", "from", "following"}) || (within && words.Is(at, "of"));
  if (!forward && !words.Is(at, "before")) return {};
  const int sign = forward ? 1 : -1;
  if (words.IsOneOf(at + 1, {"that", "this"}) && !words.Is(at + 2, "date") && words[at + 2].type == Word::Type::kMark) {
    return moved(bases.before, sign);
  }
  if (OwnDateAt(words, at + 1) > 0) return moved(bases.document, sign);
  if (words.IsOneOf(at + 1, {"today", "now"})) return moved(bases.document, sign);
  if (const std::optional<Day> base = read(words, at + 1, context)) return moved(base, sign);
  const Word& next = words[at + 1];
  if (next.type != Word::Type::kWord) return {};
  return At(taken, std::nullopt, std::nullopt);
}

int IsoWeekday(Day day) {
  return static_cast<int>(ch::weekday(day).iso_encoding());
}

// "last Tuesday", "next week", "last month"
Relative LastNextAt(const Words& words, std::size_t i, const Bases& bases) {
  const int sign = words.Is(i, "last") ? -1 : words.Is(i, "next") ? 1 : 0;
  const std::optional<Day>& base = bases.document;
  if (sign == 0) return {};
  if (const int weekday = WeekdayNamed(words[i + 1].low); weekday != 0 && words[i + 1].capital) {
    if (!base) return At(2, std::nullopt, base);
    const int passed = (sign * (weekday - IsoWeekday(*base)) + 7) % 7;
    return DaysFrom(2, base, sign * (passed == 0 ? 7 : passed));
  }
  // "the last month of the term", "next year's rent" are none.
  const bool more = words.IsOneOf(i + 2, {"of", "'"}) ||
                    (i > 0 && words.IsOneOf(i - 1, {"the", "his", "her", "their", "our", "each"}));
  if (more) return {};
  if (words.Is(i + 1, "week")) {
    if (!base) return At(2, std::nullopt, base);
    const Day monday = *base - ch::days(IsoWeekday(*base) - 1) + ch::days(7 * sign);
    return At(2, Span{monday, monday + ch::days(6)}, base);
  }
  if (words.Is(i + 1, "month")) {
    if (!base) return At(2, std::nullopt, base, Precision::kMonth);
    const ch::year_month_day moved(AddMonths(*base, sign));
    return At(2, MonthOf(static_cast<int>(moved.year()), static_cast<int>(static_cast<unsigned>(moved.month()))), base,
              Precision::kMonth);
  }
  if (words.Is(i + 1, "year")) {
    if (!base) return At(2, std::nullopt, base, Precision::kYear);
    return At(2, YearOf(YearNumber(*base) + sign), base, Precision::kYear);
  }
  const int month = words[i + 1].capital && words[i + 1].low.size() > 2 ? MonthNamed(words[i + 1].low) : 0;
  if (month == 0) return {};
  if (!base) return At(2, std::nullopt, base, Precision::kMonth);
  int year = YearNumber(*base);
  if (sign < 0 && MonthOf(year, month).last >= *base) --year;
  if (sign > 0 && MonthOf(year, month).first <= *base) ++year;
  return At(2, MonthOf(year, month), base, Precision::kMonth);
}

// "the following day", "the day after", "the same day"
Relative NeighbourAt(const Words& words, std::size_t i, const Bases& bases, const DatesContext& context, ReadDay read) {
  const bool the = words.Is(i, "the");
  const std::size_t at = the ? i + 1 : i;
  if (!the && !words.Is(i, "that")) return {};
  if (words.Is(i, "that") || words.Is(at, "same")) {
    std::size_t day = words.Is(at, "that") ? at + 1 : at;
    if (words.Is(day, "same")) ++day;
    if (!words.Is(day, "day") || !words.IsOneOf(i - 1, {"on", "later", "earlier", "of", ","})) return {};
    return DaysFrom(day + 1 - i, bases.before, 0);
  }
  if (words.Is(at + 1, "day") && words.IsOneOf(at, {"following", "next", "previous", "preceding"})) {
    if (words.IsOneOf(at + 2, {"of", "after"})) return {};
    return DaysFrom(3, bases.before, words.IsOneOf(at, {"following", "next"}) ? 1 : -1);
  }
  if (!words.Is(at, "day") || !words.IsOneOf(at + 1, {"after", "before", "following"})) return {};
  const int days = words.Is(at + 1, "before") ? -1 : 1;
  if (const std::optional<Day> base = read(words, at + 2, context)) return DaysFrom(3, base, days);
  if (OwnDateAt(words, at + 2) > 0) return DaysFrom(3, bases.document, days);
  if (words[at + 2].type != Word::Type::kWord) return DaysFrom(3, bases.before, days);
  return At(3, std::nullopt, std::nullopt);
}

}  // namespace

Relative RelativeAt(const Words& words, std::size_t i, const Bases& bases, const DatesContext& context, ReadDay read) {
  if (words.Is(i, "yesterday")) return DaysFrom(1, bases.document, -1);
  if (words.Is(i, "tomorrow")) return DaysFrom(1, bases.document, 1);
  if (words.Is(i, "today")) return DaysFrom(1, bases.document, 0);
  if (words.Is(i, "last") && words.Is(i + 1, "night")) return DaysFrom(2, bases.document, -1);
  if (words.Is(i, "this") && words.IsOneOf(i + 1, {"morning", "afternoon", "evening"})) {
    return DaysFrom(2, bases.document, 0);
  }
  if (const std::size_t own = OwnDateAt(words, i);
      own > 0 && words.IsOneOf(i - 1, {"on", "from", "until", "before", "by", "since"})) {
    return DaysFrom(own, bases.document, 0);
  }
  if (Relative found = LastNextAt(words, i, bases); found.words > 0) return found;
  if (Relative found = NeighbourAt(words, i, bases, context, read); found.words > 0) return found;
  if (Relative found = CountedAt(words, i, bases, context, read); found.words > 0) return found;
  // "on Tuesday": of which week is not stated.
  const bool weekday = words[i].capital && words[i].low.size() > 5 && WeekdayNamed(words[i].low) != 0;
  if (weekday && words.IsOneOf(i - 1, {"on", "by", "until", "since", "before"}) &&
      !words.IsOneOf(i + 1, {"and", "to", "-"})) {
    return At(1, std::nullopt, std::nullopt);
  }
  return {};
}

}  // namespace counsel::chronology
