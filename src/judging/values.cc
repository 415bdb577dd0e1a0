#include "judging/values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "text/numbers.h"

namespace counsel::judging {
namespace {

std::string_view WordAt(const Words& words, std::size_t i) {
  return i < words.size() ? std::string_view(words[i].text) : std::string_view();
}
char MarkAt(const Words& words, std::size_t i) {
  return i < words.size() ? words[i].punctuation : '\0';
}

std::optional<int> Plain(std::string_view digits) {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// 0: none; 1: morning; 2: afternoon.
int HalfOfDay(std::string_view word) {
  if (word == "a.m" || word == "am") return 1;
  if (word == "p.m" || word == "pm") return 2;
  return 0;
}

std::string TimeKey(int hour, int minute) {
  return "time:" + std::to_string(hour) + (minute < 10 ? ":0" : ":") + std::to_string(minute);
}

// "2.30 p.m.", "6 am", "6am", "10:00 a.m.", "noon"
Value FindTime(const Words& words, std::size_t i) {
  Value value;
  if (WordAt(words, i) == "noon" || WordAt(words, i) == "midday") return {TimeKey(12, 0), 1};
  if (WordAt(words, i) == "midnight") return {TimeKey(0, 0), 1};
  if (!words[i].digits) return value;
  std::string digits = words[i].text;
  std::size_t next = i + 1;
  int half = 0;
  if (digits.size() > 2 && (digits.ends_with("am") || digits.ends_with("pm"))) {
    half = HalfOfDay(std::string_view(digits).substr(digits.size() - 2));
    digits.resize(digits.size() - 2);
  }
  std::optional<int> minute = 0;
  if (const std::size_t stop = digits.find('.'); stop != std::string::npos) {
    minute = Plain(std::string_view(digits).substr(stop + 1));
    digits.resize(stop);
  } else if (half == 0 && MarkAt(words, next) == ':' && next + 1 < words.size() && words[next + 1].digits) {
    std::string after = words[next + 1].text;
    if (after.size() > 2 && (after.ends_with("am") || after.ends_with("pm"))) {
      half = HalfOfDay(std::string_view(after).substr(after.size() - 2));
      after.resize(after.size() - 2);
    }
    minute = Plain(after);
    if (after.size() != 2) return value;
    next += 2;
    const std::optional<int> hour = Plain(digits);
    if (half == 0 && HalfOfDay(WordAt(words, next)) == 0) {
      if (hour && minute && *hour < 24 && *minute < 60) return {TimeKey(*hour, *minute), next - i};
      return value;
    }
  }
  if (half == 0) {
    half = HalfOfDay(WordAt(words, next));
    if (half == 0) return value;
    const bool stopped = words[next].text.find('.') != std::string::npos && MarkAt(words, next + 1) == '.' &&
                         words[next + 1].start == words[next].end;
    next += stopped ? 2 : 1;
  }
  std::optional<int> hour = Plain(digits);
  if (!hour || !minute || *hour > 12 || *minute > 59) return value;
  if (half == 1 && *hour == 12) hour = 0;
  if (half == 2 && *hour < 12) hour = *hour + 12;
  return {TimeKey(*hour, *minute), next - i};
}

struct UnitFound {
  std::string_view unit;
  std::size_t words = 0;
};

UnitFound FindUnit(const Words& words, std::size_t i) {
  struct Named {
    std::string_view word, unit;
  };
  static constexpr std::array<Named, 24> units = {
      {{"day", "day"},       {"days", "day"},       {"week", "week"},       {"weeks", "week"},      {"month", "month"},
       {"months", "month"},  {"year", "year"},      {"years", "year"},      {"hour", "hour"},       {"hours", "hour"},
       {"minute", "minute"}, {"minutes", "minute"}, {"percent", "percent"}, {"pound", "pound"},     {"pounds", "pound"},
       {"dollar", "dollar"}, {"dollars", "dollar"}, {"euro", "euro"},       {"euros", "euro"},      {"metres", "metre"},
       {"metre", "metre"},   {"miles", "mile"},     {"quarter", "quarter"}, {"quarters", "quarter"}}};
  if (MarkAt(words, i) == '%') return {"percent", 1};
  const std::string_view first = WordAt(words, i);
  std::size_t at = i;
  bool working = false;
  if (first == "working" || first == "business") {
    working = true;
    ++at;
  } else if (first == "calendar" || first == "clear" || first == "full" || first == "consecutive") {
    ++at;
  }
  std::string_view name = WordAt(words, at);
  if (name.ends_with("'s")) name.remove_suffix(2);
  const auto unit = std::find_if(units.begin(), units.end(), [&](const Named& one) { return one.word == name; });
  if (unit == units.end() || (at > i && unit->unit == "percent")) return {};
  if (working) return unit->unit == "day" ? UnitFound{"working-day", at + 1 - i} : UnitFound{};
  return {unit->unit, at + 1 - i};
}

std::string WithUnit(const std::string& number, std::string_view unit) {
  const std::optional<int> count = Plain(number);
  if (unit == "year" && count && *count < 1000) return std::to_string(*count * 12) + " month";
  if (unit == "week" && count && *count < 1000) return std::to_string(*count * 7) + " day";
  return unit.empty() ? number : number + " " + std::string(unit);
}

}  // namespace

Value FindValue(std::string_view text, const Words& words, std::size_t i) {
  if (IsOperator(words[i])) return {};
  if (Value time = FindTime(words, i); time.words != 0) return time;
  text::NumberFound found = text::FindNumber(text, words, i);
  if (found.words == 0) return {};
  // "€10 000": a space between the thousands
  while (!found.unit.empty() && found.key.size() < 7 &&
         found.key.find_first_not_of("0123456789") == std::string::npos) {
    const std::size_t more = i + found.words;
    if (more >= words.size() || !words[more].digits || words[more].text.size() != 3 || !Plain(words[more].text) ||
        words[more].start != words[more - 1].end + 1 || text[words[more - 1].end] != ' ')
      break;
    found.key += words[more].text;
    ++found.words;
  }
  std::size_t next = i + found.words;
  std::string unit = found.unit;
  if (found.key.starts_with("date:")) return {found.key, found.words};
  if (unit.empty()) {
    const UnitFound own = FindUnit(words, next);
    unit = own.unit;
    next += own.words;
  }
  // "forty-eight thousand pounds (£48,000)", "four per cent (4%)"
  if (MarkAt(words, next) == '(' && next + 1 < words.size()) {
    const text::NumberFound again = text::FindNumber(text, words, next + 1);
    if (again.words != 0 && again.key == found.key) {
      std::size_t close = next + 1 + again.words;
      const UnitFound own = FindUnit(words, close);
      close += own.words;
      if (MarkAt(words, close) == ')') {
        if (unit.empty()) unit = again.unit.empty() ? std::string(own.unit) : again.unit;
        next = close + 1;
        if (unit.empty()) {
          const UnitFound after = FindUnit(words, next);
          unit = after.unit;
          next += after.words;
        }
      }
    }
  }
  std::string number = found.key;
  if (number.find('.') != std::string::npos && number.find_first_not_of("0123456789.") == std::string::npos) {
    while (!unit.empty() && number.ends_with('0')) number.pop_back();
    if (number.ends_with('.')) number.pop_back();
  }
  return {WithUnit(number, unit), next - i};
}

}  // namespace counsel::judging
