#include "chronology/dates.h"

#include <array>
#include <utility>

#include "chronology/date_forms.h"
#include "chronology/date_words.h"
#include "chronology/relative_dates.h"

namespace counsel::chronology {
namespace {

using Order = DatesContext::Order;

constexpr std::size_t kHead = 2500;  // bytes in which a document says its own date

bool Ambiguous(const Written& date, const DatesContext& context) {
  return date.changed_about && (context.order == Order::kNotKnown || context.order == Order::kBoth);
}

Written Turned(Written date) {
  std::swap(date.day, date.month);
  return date;
}

Written Read(const Written& date, const DatesContext& context) {
  return date.changed_about && context.order == Order::kMonthFirst ? Turned(date) : date;
}

std::optional<Day> ReadWhole(const Words& words, std::size_t i, const DatesContext& context) {
  const Dates dates = DatesAt(words, i);
  if (dates.dates.empty() || dates.range || dates.dates[0].precision != Precision::kDay ||
      Ambiguous(dates.dates[0], context)) {
    return std::nullopt;
  }
  const std::optional<Span> span = SpanOf(Read(dates.dates[0], context));
  return span ? std::optional<Day>(span->first) : std::nullopt;
}

struct Before {
  Kind kind = Kind::kOn;
  bool about = false;
};

// A time of day that ends before word i: "5 p.m.", "midnight", "close of business"; where it begins.
std::size_t SkipTimeBack(const Words& words, std::size_t i) {
  std::size_t at = i;
  while (at > 0 && (words.IsOneOf(at - 1, {"p", "m", "a", "am", "pm", ".", ":", "noon", "midnight", "midday", "close",
                                           "of", "business", "end", "the", "day"}) ||
                    words.Number(at - 1) || words[at - 1].type == Word::Type::kMixed)) {
    if (i - at > 8) return i;
    --at;
  }
  return at;
}

// Skips what stands between a date and the word that governs it.
std::size_t SkipBack(const Words& words, std::size_t begin, bool* about) {
  std::size_t at = begin;
  for (; at > 0; --at) {
    const bool vague = words.IsOneOf(at - 1, {"about", "around", "approximately", "circa", "early", "mid", "late",
                                              "beginning", "start", "middle", "end"});
    if (vague && words.IsOneOf(at - 1, {"beginning", "start", "end"}) && !words.Is(at, "of")) break;
    *about = *about || vague;
    const bool passed = vague || WeekdayNamed(words[at - 1].low) != 0 ||
                        words.IsOneOf(at - 1, {"the", ",", "of", "month", "year", "-", "including", "(", ")"}) ||
                        (words.Is(at - 1, "and") && words.Is(at, "including"));
    if (!passed) break;
  }
  return at;
}

Kind Governed(const Words& words, std::size_t at, bool after_from) {
  const std::size_t p = at - 1;
  if (words.IsOneOf(p, {"until", "till", "through", "ending", "ends", "expiring", "expires", "expire"})) {
    return Kind::kUntil;
  }
  if (words.Is(p, "ended") && words.IsOneOf(p - 1, {"year", "period", "quarter", "month", "months", "half"})) {
    return Kind::kUntil;
  }
  if (words.Is(p, "to")) {
    if (words.Is(p - 1, "prior")) return Kind::kBefore;
    const bool period = words.IsOneOf(p - 1, {"up", "period", "year", "months", "quarter"});
    return period || after_from ? Kind::kUntil : Kind::kOn;
  }
  if (words.Is(p, "than")) return words.Is(p - 1, "earlier") ? Kind::kAfter : Kind::kBefore;
  if (words.Is(p, "by")) return Kind::kBefore;
  if (words.Is(p, "before")) return words.Is(p - 1, "not") ? Kind::kFrom : Kind::kBefore;
  if (words.IsOneOf(p, {"from", "since", "commencing", "starting", "effective"})) return Kind::kFrom;
  if (words.Is(p, "beginning")) return Kind::kFrom;
  if (words.IsOneOf(p, {"after", "following"})) return words.Is(p - 1, "or") ? Kind::kFrom : Kind::kAfter;
  if (words.Is(p, "between")) return Kind::kBetween;
  return Kind::kOn;
}

Before KindBefore(const Words& words, std::size_t begin, bool after_from) {
  Before before;
  std::size_t at = SkipBack(words, begin, &before.about);
  before.kind = at > 0 ? Governed(words, at, after_from) : Kind::kOn;
  const bool on = at > 0 && words.Is(at - 1, "on");
  if (before.kind != Kind::kOn || at == 0) return before;
  // "by 5 p.m. on", "until midnight on", "ending on", "by noon, 3 May"
  const std::size_t time = SkipTimeBack(words, on ? at - 1 : at);
  if (time == 0 || (!on && time == at)) return before;
  const Kind farther = Governed(words, time, false);
  if (farther == Kind::kUntil || farther == Kind::kBefore) before.kind = farther;
  if (farther == Kind::kFrom && on) before.kind = farther;
  return before;
}

class Finder {
 public:
  Finder(std::string_view text, DatesContext* context)
      : text_(text), words_(SplitDateWords(text)), context_(*context) {}

  std::vector<DateFound> Run() {
    for (std::size_t i = 0; i < words_.size();) {
      if (words_[i].blank || BeginsItem(i)) before_.reset();
      const std::size_t taken = Take(i);
      for (std::size_t at = i + 1; at < i + taken; ++at) {
        if (words_[at].blank) before_.reset();
      }
      i += taken == 0 ? 1 : taken;
    }
    context_.begun = true;
    return std::move(found_);
  }

 private:
  // "3. ", "(a) ", "4.2 " at a line's beginning: another item says something else.
  [[nodiscard]] bool BeginsItem(std::size_t i) const {
    if (!words_[i].line) return false;
    return words_.Is(i, "(") || (words_.Number(i) && words_.Is(i + 1, ".") && words_.Tight(i + 1));
  }

  std::size_t Take(std::size_t i) {
    if (words_[i].type == Word::Type::kMark && !words_.Is(i, "'")) return 0;
    const Dates dates = DatesAt(words_, i);
    if (!dates.dates.empty()) return TakeDates(i, dates);
    const Bases bases{context_.document, before_};
    const Relative relative = RelativeAt(words_, i, bases, context_, ReadWhole);
    if (relative.words > 0) TakeRelative(i, relative);
    return relative.words;
  }

  void TakeRelative(std::size_t i, const Relative& relative) {
    DateFound date;
    date.start = words_[i].start;
    date.end = words_[i + relative.words - 1].end;
    date.kind = Kind::kRelative;
    date.precision = relative.precision;
    date.marks = relative.unresolved ? kUnresolved : kResolved;
    date.span = relative.span;
    date.base = relative.base;
    if (date.span && date.precision == Precision::kDay) before_ = date.span->first;
    found_.push_back(date);
    counted_ = i + relative.words;
  }

  std::size_t TakeDates(std::size_t i, const Dates& dates) {
    const bool after_from = from_behind_ > 0 && i - from_behind_ < 4;
    Before before = KindBefore(words_, i, after_from);
    // What another date was counted from: "14 days after 3 May 2024".
    if (counted_ == i && i > 0) before.kind = Kind::kOn;
    std::vector<DateFound> some;
    for (const Written& date : dates.dates) some.push_back(Found(date, before));
    some.front().start = words_[i].start;
    if (dates.range && some[0].span && some[1].span) {
      some[0].end = some[1].end;
      some[0].kind = Kind::kBetween;
      some[0].span = Span{some[0].span->first, some[1].span->last};
      some[0].marks |= some[1].marks;
      some.pop_back();
    } else if (dates.range) {
      some[0].kind = Kind::kFrom;
      some[1].kind = Kind::kUntil;
    } else if (some.size() == 2 && before.kind == Kind::kFrom && words_.Is(dates.dates[0].end, "to")) {
      some[1].kind = Kind::kUntil;
    } else if (before.kind == Kind::kBetween) {
      for (DateFound& one : some) one.kind = Kind::kOn;
    }
    LookForOwnDate(i, dates, some);
    for (DateFound& one : some) found_.push_back(one);
    from_behind_ = before.kind == Kind::kFrom ? dates.end() : 0;
    return dates.end() - i;
  }

  DateFound Found(const Written& written, const Before& before) {
    DateFound date;
    date.start = words_[written.begin].start;
    date.end = words_[written.end - 1].end;
    date.kind = before.kind;
    date.precision = written.precision;
    if (before.about || written.precision == Precision::kSeason) date.marks |= kAbout;
    const Written read = Read(written, context_);
    if (Ambiguous(written, context_)) {
      date.marks |= kAmbiguous;
      date.first_reading = SpanOf(written);
      date.other = SpanOf(Turned(written));
      return date;
    }
    date.span = SpanOf(read);
    if (read.year == 0) InferYear(read, &date);
    if (date.span && read.precision != Precision::kYear) before_ = date.span->first;
    if (date.span && read.precision == Precision::kYear) before_ = date.span->first + std::chrono::days(182);
    return date;
  }

  // From the date above in the paragraph, else from the document's.
  void InferYear(const Written& read, DateFound* date) {
    date->month = read.month;
    date->day = read.day;
    const std::optional<Day> base = before_ ? before_ : context_.document;
    const std::optional<Day> day = base ? Nearest(read, *base) : std::nullopt;
    // The two may lead to different years; then neither is taken.
    const bool open = day && before_ && context_.document && Nearest(read, *context_.document) != day &&
                      std::chrono::abs(*before_ - *day) > std::chrono::days(60);
    if (!day || open) {
      date->marks |= kNoYear;
      return;
    }
    date->marks |= kYearInferred;
    date->base = base;
    date->span = read.day == 0 ? MonthOf(YearNumber(*day), read.month) : Span{*day, *day};
  }

  // A weekday that is written must be that day's.
  [[nodiscard]] std::optional<Day> Nearest(const Written& read, Day base) const {
    const std::optional<Day> day = NearestYear(read.month, read.day == 0 ? 15 : read.day, base);
    std::size_t at = read.begin;
    while (at > 0 && words_.IsOneOf(at - 1, {"the", ",", "."})) --at;
    const int weekday = at > 0 && read.day != 0 ? WeekdayNamed(words_[at - 1].low) : 0;
    if (!day || weekday == 0) return day;
    for (const int years : {0, 1, -1, 2, -2}) {
      const std::optional<Day> one = MakeDay(YearNumber(*day) + years, read.month, read.day);
      if (one && static_cast<int>(std::chrono::weekday(*one).iso_encoding()) == weekday) return one;
    }
    return std::nullopt;
  }

  // What stands on the line before and behind the date.
  [[nodiscard]] std::string_view LineBefore(std::size_t at) const {
    const std::size_t line = text_.rfind('\n', at == 0 ? 0 : at - 1);
    return line == std::string_view::npos || line >= at ? text_.substr(0, at) : text_.substr(line + 1, at - line - 1);
  }
  [[nodiscard]] std::string_view LineBehind(std::size_t at) const {
    return text_.substr(at, std::min(text_.find('\n', at), text_.size()) - at);
  }

  void LookForOwnDate(std::size_t i, const Dates& dates, const std::vector<DateFound>& some) {
    if (dates.dates.size() != 1 || some[0].marks != 0 || some[0].precision != Precision::kDay || !some[0].span) return;
    std::size_t at = i;
    while (at > 0 && !words_[at].line &&
           words_.IsOneOf(at - 1,
                          {":", "*", ">", "|", "this", "the", "on", "held", "dated", "date", "sent", "made", "is"})) {
      --at;
    }
    const bool begins = at < words_.size() && words_[at].line;
    const bool header = begins && words_.IsOneOf(at, {"date", "sent"}) && words_.Is(at + 1, ":");
    const bool starred = begins && words_.IsOneOf(at, {"*", "|", ">"}) && words_.IsOneOf(at + 1, {"date", "sent"});
    const bool wrote = LineBehind(some[0].end).find("wrote:") != std::string_view::npos;
    const bool first = !context_.document && !context_.begun && some[0].start < kHead;
    // Alone on its line, or at the end of one of the first ones: "Pellworth Lettings, 2 November 2023".
    const bool ends = LineBehind(some[0].end).find_first_not_of(" \t\r.*|") == std::string_view::npos;
    const bool alone = ends && ((begins && at == i) || some[0].start < 300);
    const bool told =
        words_.IsOneOf(i - 1, {"dated", "made", "held"}) ||
        (words_.IsOneOf(i - 1, {"this", "on", ":", "the"}) && words_.IsOneOf(i - 2, {"dated", "made", "held"}));
    if (header || starred || wrote || (first && (alone || told || begins))) context_.document = some[0].span->first;
  }

  std::string_view text_;
  Words words_;
  DatesContext& context_;
  std::optional<Day> before_;
  std::size_t from_behind_ = 0;  // the word behind a date of kFrom
  std::size_t counted_ = 0;      // the word behind a date that is counted
  std::vector<DateFound> found_;
};

}  // namespace

std::string_view KindName(Kind kind) {
  static constexpr std::array<std::string_view, 7> names = {"on",    "from",    "until",   "before",
                                                            "after", "between", "relative"};
  return names.at(static_cast<std::size_t>(kind));
}

std::string_view PrecisionName(Precision precision) {
  static constexpr std::array<std::string_view, 5> names = {"day", "month", "quarter", "season", "year"};
  return names.at(static_cast<std::size_t>(precision));
}

std::string_view MarkName(Mark mark) {
  switch (mark) {
    case kAmbiguous:
      return "ambiguous";
    case kYearInferred:
      return "year inferred";
    case kNoYear:
      return "no year";
    case kResolved:
      return "counted";
    case kUnresolved:
      return "base not stated";
    case kAbout:
      return "about";
  }
  return "";
}

void SettleOrder(std::string_view text, DatesContext* context) {
  const Words words(SplitDateWords(text));
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!words.Number(i)) continue;
    const Written date = NumericAt(words, i);
    if (!date.found() || (!date.day_first && !date.month_first)) continue;
    const Order order = date.day_first ? Order::kDayFirst : Order::kMonthFirst;
    context->order = context->order == Order::kNotKnown || context->order == order ? order : Order::kBoth;
  }
}

std::vector<DateFound> FindDates(std::string_view text, DatesContext* context) {
  return Finder(text, context).Run();
}

}  // namespace counsel::chronology
