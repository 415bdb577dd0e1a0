#include "review/values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <utility>

#include "review/dates.h"
#include "text/numbers.h"

namespace counsel::review {
namespace {

constexpr std::array<std::pair<Type, std::string_view>, 8> kNames = {{{Type::kText, "text"},
                                                                      {Type::kDate, "date"},
                                                                      {Type::kSum, "sum"},
                                                                      {Type::kYesNo, "yes/no"},
                                                                      {Type::kClause, "clause"},
                                                                      {Type::kParty, "party"},
                                                                      {Type::kPeriod, "period"},
                                                                      {Type::kPercent, "percent"}}};

// ---- sums ----

std::string_view CurrencyOf(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 22> kCurrencies = {
      {{"£", "GBP"},   {"gbp", "GBP"},  {"sterling", "GBP"}, {"pound", "GBP"}, {"pounds", "GBP"}, {"€", "EUR"},
       {"eur", "EUR"}, {"euro", "EUR"}, {"euros", "EUR"},    {"usd", "USD"},   {"dollar", "USD"}, {"dollars", "USD"},
       {"¥", "JPY"},   {"jpy", "JPY"},  {"yen", "JPY"},      {"chf", "CHF"},   {"francs", "CHF"}, {"cad", "CAD"},
       {"aud", "AUD"}, {"hkd", "HKD"},  {"sgd", "SGD"},      {"inr", "INR"}}};
  for (const auto& [name, code] : kCurrencies) {
    if (name == word) return code;
  }
  return "";
}

// The currency that begins at word i, and how many words it takes.
std::pair<std::string_view, std::size_t> CurrencyAt(const Wording& wording, std::size_t i) {
  const std::string_view word = Word(wording, i);
  if (Sign(wording, i) == '$') return {"USD", 1};
  if (Sign(wording, i + 1) == '$') {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kDollars = {
        {{"us", "USD"}, {"u.s", "USD"}, {"c", "CAD"}, {"a", "AUD"}, {"hk", "HKD"}, {"s", "SGD"}}};
    for (const auto& [name, code] : kDollars) {
      if (name == word) return {code, 2};
    }
  }
  const std::string_view code = CurrencyOf(word);
  if (code.empty()) return {"", 0};
  const bool sign_follows = !code.empty() && !CurrencyOf(Word(wording, i + 1)).empty();
  return {code, sign_follows ? 2 : 1};
}

struct Amount {
  Amount() = default;
  double value = -1;
  std::size_t words = 0;
  std::string unsure;
};

// "1,250,000.50"; in the way of the continent "1.250.000,50".
Amount FiguresAmount(std::string_view word) {
  Amount amount;
  double scale = 1;
  if (word.ends_with("m") || word.ends_with("k")) {
    scale = word.back() == 'm' ? 1e6 : 1e3;
    word.remove_suffix(1);
  } else if (word.ends_with("bn")) {
    scale = 1e9;
    word.remove_suffix(2);
  } else if (word.ends_with("p.a")) {
    word.remove_suffix(3);
  }
  if (word.empty() || word.find_first_not_of("0123456789.,") != std::string_view::npos) return amount;
  const std::size_t point = word.rfind('.');
  const std::size_t comma = word.rfind(',');
  std::string plain;
  const bool continental = (point != std::string_view::npos && comma != std::string_view::npos && comma > point) ||
                           std::count(word.begin(), word.end(), '.') > 1;
  const char decimal = continental ? ',' : '.';
  for (const char c : word) {
    if (c >= '0' && c <= '9') plain.push_back(c);
    if (c == decimal) plain.push_back('.');
  }
  const auto three_behind = [&](std::size_t sign) { return sign != std::string_view::npos && word.size() - sign == 4; };
  if (!continental && comma == std::string_view::npos && three_behind(point))
    amount.unsure = "a point may part thousands";
  if (!continental && comma != std::string_view::npos && point == std::string_view::npos && !three_behind(comma)) {
    amount.unsure = "a comma may part decimals";
  }
  // "1,0000,000": each group but the first has three figures.
  const char parts = continental ? '.' : ',';
  for (std::size_t at = word.find(parts); at != std::string_view::npos; at = word.find(parts, at + 1)) {
    const std::size_t next = word.find_first_not_of("0123456789", at + 1);
    if (std::min(next, word.size()) - at != 4) amount.unsure = "its figures are grouped as in no number";
  }
  const auto [end, failed] = std::from_chars(plain.data(), plain.data() + plain.size(), amount.value);
  if (failed != std::errc() || end != plain.data() + plain.size()) {
    amount.value = -1;
    return amount;
  }
  amount.value *= scale;
  amount.words = 1;
  return amount;
}

double ScaleOf(std::string_view word) {
  if (word == "thousand") return 1e3;
  if (word == "million" || word == "mn") return 1e6;
  if (word == "billion") return 1e9;
  return 1;
}

Amount AmountAt(const Wording& wording, std::size_t i) {
  Amount amount;
  if (i >= wording.size()) return amount;
  if (wording[i].digits) {
    amount = FiguresAmount(Word(wording, i));
    if (amount.words == 0) return amount;
    // "12 000": thousands parted by blanks.
    while (i + amount.words < wording.size() && wording[i + amount.words].digits) {
      const text::RawWord& next = wording[i + amount.words];
      if (next.text.size() != 3 || next.start - wording[i + amount.words - 1].end > 3 || amount.value >= 1e12) break;
      const auto three = Integer(next.text);
      if (!three) break;
      amount.value = amount.value * 1000 + *three;
      ++amount.words;
    }
    const double scale = ScaleOf(Word(wording, i + amount.words));
    if (scale > 1) {
      amount.value *= scale;
      ++amount.words;
    }
    return amount;
  }
  const text::NumberFound found = text::FindNumber(wording.text(), wording.words(), i);
  if (found.words == 0 || !found.unit.empty()) return amount;
  const auto [end, failed] = std::from_chars(found.key.data(), found.key.data() + found.key.size(), amount.value);
  if (failed != std::errc() || end != found.key.data() + found.key.size()) {
    amount.value = -1;
    return amount;
  }
  amount.words = found.words;
  return amount;
}

std::string Plain(double value) {
  std::array<char, 48> text{};
  const bool whole = std::abs(value - std::round(value)) < 0.005;
  std::snprintf(text.data(), text.size(), whole ? "%.0f" : "%.2f", value);
  return text.data();
}

// "per annum", "a month", "each year", "yearly"; how many words it takes.
std::pair<std::string_view, std::size_t> PerAt(const Wording& wording, std::size_t i) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kUnits = {{{"annum", "year"},
                                                                                           {"year", "year"},
                                                                                           {"month", "month"},
                                                                                           {"week", "week"},
                                                                                           {"day", "day"},
                                                                                           {"quarter", "quarter"},
                                                                                           {"hour", "hour"},
                                                                                           {"share", "share"}}};
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kAlone = {{{"annually", "year"},
                                                                                           {"yearly", "year"},
                                                                                           {"monthly", "month"},
                                                                                           {"weekly", "week"},
                                                                                           {"quarterly", "quarter"},
                                                                                           {"pa", "year"}}};
  const std::string_view word = Word(wording, i);
  for (const auto& [name, unit] : kAlone) {
    if (name == word) return {unit, 1};
  }
  if (word == "p.a") return {"year", Sign(wording, i + 1) == '.' ? 2 : 1};
  if (word != "per" && word != "a" && word != "an" && word != "each" && word != "every") return {"", 0};
  for (const auto& [name, unit] : kUnits) {
    if (name == Word(wording, i + 1)) return {unit, 2};
  }
  return {"", 0};
}

// A sum in figures behind the same in words, in brackets, or the other way round: "(£12,000)". 0: none.
std::size_t RepetitionAt(const Wording& wording, std::size_t i, double value, std::string* unsure) {
  if (Sign(wording, i) != '(') return 0;
  std::size_t at = i + 1;
  const auto [before, taken] = CurrencyAt(wording, at);
  at += taken;
  const Amount again = AmountAt(wording, at);
  if (again.words == 0) return 0;
  at += again.words;
  const auto [behind, more] = CurrencyAt(wording, at);
  at += more;
  if (before.empty() && behind.empty()) return 0;
  if (Sign(wording, at) != ')') return 0;
  if (std::abs(again.value - value) > 0.005) *unsure = "figures and words state two sums";
  return at + 1 - i;
}

Value SumAt(const Wording& wording, std::size_t i) {
  Value value;
  auto [currency, taken] = CurrencyAt(wording, i);
  const Amount amount = AmountAt(wording, i + taken);
  if (amount.words == 0 || amount.value < 0) return value;
  std::size_t last = i + taken + amount.words;
  if (currency.empty()) {
    const auto [behind, more] = CurrencyAt(wording, last);
    if (behind.empty() || Sign(wording, last) == '$' || Word(wording, last) == "£" ||
        Word(wording, last) == "sterling") {
      return value;
    }
    currency = behind;
    last += more;
    // "pounds sterling".
    if (Word(wording, last) == "sterling") ++last;
  }
  value.unsure = amount.unsure;
  last += RepetitionAt(wording, last, amount.value, &value.unsure);
  value.text = std::string(currency) + " " + Plain(amount.value);
  if (const auto [unit, words] = PerAt(wording, last); words > 0) {
    value.text += " per " + std::string(unit);
    last += words;
  }
  value.first = i;
  value.last = last;
  return value;
}

// ---- periods and rates ----

Value PeriodAt(const Wording& wording, std::size_t i) {
  Value value;
  if (i >= wording.size()) return value;
  const text::NumberFound found = text::FindNumber(wording.text(), wording.words(), i);
  if (found.words == 0 || found.key.find_first_not_of("0123456789.") != std::string::npos || !found.unit.empty()) {
    return value;
  }
  std::size_t at = i + found.words;
  std::string kind;
  for (const std::string_view one : {"working", "business", "calendar", "clear"}) {
    if (Word(wording, at) == one) {
      kind = (one == "working" || one == "business") ? std::string(one) + " " : "";
      ++at;
      break;
    }
  }
  static constexpr std::array<std::string_view, 4> kUnits = {"day", "week", "month", "year"};
  std::string_view unit = Word(wording, at);
  if (unit.ends_with("'")) unit.remove_suffix(1);
  if (unit.ends_with("s")) unit.remove_suffix(1);
  if (unit.ends_with("'")) unit.remove_suffix(1);
  if (std::find(kUnits.begin(), kUnits.end(), unit) == kUnits.end()) return value;
  value.text = found.key + " " + kind + std::string(unit) + (found.key == "1" ? "" : "s");
  value.first = i;
  value.last = at + 1;
  return value;
}

Value PercentAt(const Wording& wording, std::size_t i) {
  Value value;
  const Amount amount = AmountAt(wording, i);
  if (amount.words == 0 || amount.value < 0) return value;
  std::size_t at = i + amount.words;
  if (Sign(wording, at) == '(') {  // "four per cent (4%)" begins anew behind it
    return value;
  }
  if (Sign(wording, at) == '%' || Word(wording, at) == "percent" || Word(wording, at) == "pc") {
    ++at;
  } else if (Word(wording, at) == "per" && Word(wording, at + 1) == "cent") {
    at += 2;
  } else {
    return value;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.4g %%", amount.value);
  value.text = text.data();
  value.first = i;
  value.last = at;
  return value;
}

}  // namespace

std::string_view TypeName(Type type) {
  for (const auto& [one, name] : kNames) {
    if (one == type) return name;
  }
  return "text";
}

std::optional<Type> TypeNamed(std::string_view name) {
  for (const auto& [type, one] : kNames) {
    if (one == name) return type;
  }
  return std::nullopt;
}

Value ValueAt(Type type, const Wording& wording, std::size_t i) {
  switch (type) {
    case Type::kDate:
      return DateAt(wording, i);
    case Type::kSum:
      return SumAt(wording, i);
    case Type::kPeriod:
      return PeriodAt(wording, i);
    case Type::kPercent:
      return PercentAt(wording, i);
    case Type::kParty:
      return NameAt(wording, i);
    case Type::kText:
    case Type::kYesNo:
    case Type::kClause:
      break;
  }
  return Value();
}

std::string Normalised(Type type, std::string_view typed) {
  if (type == Type::kYesNo) {
    const std::vector<std::string> stems = StemsOf(typed);
    if (stems.size() != 1 || (stems[0] != "yes" && stems[0] != "no")) return "";
    return stems[0];
  }
  if (type == Type::kText || type == Type::kClause || type == Type::kParty) return std::string(typed);
  const Wording wording(typed);
  const Value value = ValueAt(type, wording, 0);
  const bool whole = value.last == wording.size() && value.unsure.empty();
  return whole ? value.text : std::string();
}

}  // namespace counsel::review
