#include "understanding/answer_kind.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <vector>

#include "understanding/row_cells.h"

namespace counsel::understanding {
namespace {

struct Word {
  std::string lower;  // without an apostrophe and what follows it
  bool capital = false;
  bool all_capitals = false;
  bool opens = false;  // the first of the text, or after a stop
  char before = 0;     // the sign right before it: '$'
  char after = 0;      // the sign right behind it: '%'
};

bool IsWordByte(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || (static_cast<unsigned char>(c) & 0x80) != 0;
}

std::vector<Word> WordsOf(std::string_view text) {
  std::vector<Word> words;
  bool opens = true;
  for (std::size_t i = 0; i < text.size();) {
    if (!IsWordByte(text[i])) {
      opens |= text[i] == '.' || text[i] == ';' || text[i] == '?' || text[i] == '!' || text[i] == ':';
      ++i;
      continue;
    }
    Word word;
    word.before = i > 0 ? text[i - 1] : '\0';
    const std::size_t start = i;
    // A stop or comma between digits belongs to the number: "1,450.50".
    while (i < text.size() &&
           (IsWordByte(text[i]) || ((text[i] == ',' || text[i] == '.') && i + 1 < text.size() && i > start &&
                                    std::isdigit(static_cast<unsigned char>(text[i - 1])) != 0 &&
                                    std::isdigit(static_cast<unsigned char>(text[i + 1])) != 0))) {
      ++i;
    }
    const std::string_view raw = text.substr(start, i - start);
    word.after = i < text.size() ? text[i] : '\0';
    word.capital = std::isupper(static_cast<unsigned char>(raw[0])) != 0;
    word.all_capitals = raw.size() > 1 && std::all_of(raw.begin(), raw.end(), [](unsigned char c) {
                          return std::isupper(c) != 0 || std::isdigit(c) != 0;
                        });
    word.opens = opens;
    for (const char c : raw) word.lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    opens = false;
    words.push_back(std::move(word));
  }
  return words;
}

template <std::size_t N>
bool In(std::string_view word, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

constexpr std::array<std::string_view, 27> kAsksYesNo = {
    "is",    "are", "was",  "were", "does",  "do",  "did",  "may",   "can", "could",  "must", "shall", "should", "will",
    "would", "has", "have", "had",  "might", "isn", "aren", "doesn", "don", "cannot", "won",  "need",  "whether"};
constexpr std::array<std::string_view, 23> kSums = {
    "rent",    "price",     "fee",     "fees",    "sum",        "amount",     "cost", "costs",
    "cap",     "salary",    "deposit", "premium", "rate",       "percentage", "wage", "wages",
    "royalty", "royalties", "excess",  "balance", "commission", "retention"};
constexpr std::array<std::string_view, 8> kSpans = {"term",   "period",    "duration", "length",
                                                    "notice", "timeframe", "window",   "lifetime"};
constexpr std::array<std::string_view, 9> kDays = {"date", "day",    "deadline", "month", "year",
                                                   "time", "expiry", "outside",  "when"};
constexpr std::array<std::string_view, 20> kNumerals = {
    "one",    "two",    "three",  "four",   "five",  "six",   "seven", "eight",  "nine",    "ten",
    "eleven", "twelve", "twenty", "thirty", "forty", "fifty", "sixty", "ninety", "hundred", "thousand"};
constexpr std::array<std::string_view, 20> kUnits = {"day",     "days",      "week",        "weeks",    "month",
                                                     "months",  "year",      "years",       "hour",     "hours",
                                                     "minute",  "minutes",   "quarter",     "quarters", "decade",
                                                     "decades", "fortnight", "anniversary", "business", "calendar"};
constexpr std::array<std::string_view, 12> kMonths = {"january",   "february", "march",    "april",
                                                      "may",       "june",     "july",     "august",
                                                      "september", "october",  "november", "december"};
constexpr std::array<std::string_view, 12> kLasts = {"perpetual",  "perpetually", "perpetuity", "indefinitely",
                                                     "indefinite", "forever",     "until",      "throughout",
                                                     "forever",    "evergreen",   "expiration", "everlasting"};
constexpr std::array<std::string_view, 10> kEvents = {"upon",   "when",  "date",        "after",    "before",
                                                      "within", "until", "immediately", "promptly", "day"};
constexpr std::array<std::string_view, 15> kMoney = {"cent",    "pounds",  "pound",   "dollars", "dollar",
                                                     "euros",   "euro",    "gbp",     "usd",     "eur",
                                                     "percent", "million", "billion", "nil",     "pence"};
constexpr std::array<std::string_view, 26> kStates = {
    "shall",   "may",  "must", "will",     "is",     "are",        "was",   "were",  "can",
    "cannot",  "not",  "no",   "agrees",   "agree",  "has",        "have",  "had",   "permit",
    "permits", "does", "do",   "entitled", "grants", "prohibited", "means", "should"};
constexpr std::array<std::string_view, 30> kRoles = {
    "tenant",    "landlord",  "lessee",   "lessor",   "buyer",    "seller",      "purchaser", "vendor",
    "company",   "parent",    "employer", "employee", "director", "directors",   "secretary", "borrower",
    "lender",    "guarantor", "licensee", "licensor", "party",    "parties",     "trustee",   "trustees",
    "recipient", "court",     "judge",    "board",    "chair",    "shareholders"};
constexpr std::array<std::string_view, 10> kAt = {"at",     "in", "to",      "from",   "near",
                                                  "within", "of", "address", "courts", "situated"};

bool IsNumber(const Word& word) {
  return std::isdigit(static_cast<unsigned char>(word.lower[0])) != 0 || In(word.lower, kNumerals);
}

bool HoldsDate(const std::vector<Word>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i].lower;
    const bool number_beside = (i > 0 && IsNumber(words[i - 1])) || (i + 1 < words.size() && IsNumber(words[i + 1]));
    // "may" is a month only as one.
    if (words[i].capital && In(word, kMonths) && (number_beside || word != "may")) return true;
    const bool year = word.size() == 4 && (word.starts_with("19") || word.starts_with("20")) &&
                      std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
    if (year) return true;
  }
  return false;
}

bool HoldsSpan(const std::vector<Word>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (In(words[i].lower, kLasts)) return true;
    if (!IsNumber(words[i])) continue;
    // "thirty (30) business days"
    for (std::size_t j = i + 1; j < std::min(words.size(), i + 4); ++j) {
      if (In(words[j].lower, kUnits)) return true;
    }
  }
  return false;
}

// "each spring", "every six months", "after each use": what is counted, and not who.
bool HoldsFrequency(const std::vector<Word>& words) {
  constexpr std::array<std::string_view, 13> kRegular = {"hourly",   "daily",     "nightly", "weekly",   "fortnightly",
                                                         "monthly",  "quarterly", "yearly",  "annually", "annual",
                                                         "biannual", "twice",     "biennial"};
  constexpr std::array<std::string_view, 14> kSeasons = {"spring", "summer",  "autumn",  "winter",  "season",
                                                         "night",  "morning", "evening", "weekend", "easter",
                                                         "monday", "friday",  "sunday",  "term"};
  constexpr std::array<std::string_view, 5> kAround = {"after", "before", "at", "on", "between"};
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i].lower;
    if (In(word, kRegular)) return true;
    const bool number_before = i > 0 && (IsNumber(words[i - 1]) || words[i - 1].lower == "several");
    if (word == "times" && number_before) return true;
    if (word == "each" || word == "every") {
      if (i > 0 && In(words[i - 1].lower, kAround)) return true;
      for (std::size_t j = i + 1; j < std::min(words.size(), i + 4); ++j) {
        if (In(words[j].lower, kUnits) || In(words[j].lower, kSeasons)) return true;
      }
    }
    // "once a year", "four days per week"
    const bool per = word == "a" || word == "an" || word == "per" || word == "in";
    const bool unit_behind = i + 1 < words.size() && (In(words[i + 1].lower, kUnits) || words[i + 1].lower == "any");
    if (per && unit_behind && i > 0) {
      const bool counted = words[i - 1].lower == "once" || (i > 1 && IsNumber(words[i - 2]));
      if (counted) return true;
    }
  }
  return false;
}

// "by noon each Monday", "at Michaelmas", "before Easter"
bool HoldsTimeOfDayOrFeast(const std::vector<Word>& words) {
  constexpr std::array<std::string_view, 14> kTimes = {"noon",      "midnight",   "monday",    "tuesday", "wednesday",
                                                       "thursday",  "friday",     "saturday",  "sunday",  "easter",
                                                       "christmas", "michaelmas", "midsummer", "ladyday"};
  return std::any_of(words.begin(), words.end(), [&](const Word& word) { return In(word.lower, kTimes); });
}

bool HoldsSum(const std::vector<Word>& words, std::string_view sentence) {
  constexpr std::array<std::string_view, 5> kSigns = {"$", "%", "\xC2\xA3", "\xE2\x82\xAC", "\xC2\xA5"};
  const bool number = std::any_of(words.begin(), words.end(), IsNumber);
  const bool sign = std::any_of(kSigns.begin(), kSigns.end(), [sentence](std::string_view one) {
    return sentence.find(one) != std::string_view::npos;
  });
  const bool named = std::any_of(words.begin(), words.end(), [](const Word& word) { return In(word.lower, kMoney); });
  return (number && (sign || named)) || sign || named;
}

// A column of sums needs no sign in each cell: "Paid: 500".
bool IsOfSums(std::string_view label) {
  static constexpr std::array<std::string_view, 44> kOfSums = {
      "amount",  "sum",     "sums",  "paid",       "payment",  "payments", "arrears",     "due",      "rent",
      "price",   "cost",    "costs", "fee",        "fees",     "total",    "subtotal",    "balance",  "charge",
      "charges", "value",   "wage",  "salary",     "deposit",  "debit",    "credit",      "premium",  "net",
      "gross",   "vat",     "tax",   "owed",       "owing",    "received", "outstanding", "interest", "budget",
      "refund",  "damages", "pay",   "instalment", "turnover", "profit",   "income"};
  static constexpr std::array<std::string_view, 14> kNoSums = {"date", "day",       "days", "month", "months",
                                                               "year", "years",     "no",   "ref",   "hours",
                                                               "row",  "reference", "time", "number"};
  const std::vector<Word> words = WordsOf(label);
  const auto is_no_sum = [](const Word& word) { return In(word.lower, kNoSums); };
  if (std::any_of(words.begin(), words.end(), is_no_sum)) return false;
  return std::any_of(words.begin(), words.end(), [](const Word& word) { return In(word.lower, kOfSums); });
}

bool HoldsSumInRow(std::string_view row) {
  const std::vector<Cell> cells = CellsOf(row);
  return std::any_of(cells.begin(), cells.end(), [](const Cell& cell) {
    const bool number = !cell.value.empty() && cell.value.find_first_not_of("0123456789.,-") == std::string_view::npos;
    return number && IsOfSums(cell.label);
  });
}

// What heads a column is no answer, nor is a sum that looks like a year.
bool HoldsTimeInRow(const std::vector<Cell>& cells) {
  return std::any_of(cells.begin(), cells.end(), [](const Cell& cell) {
    const std::vector<Word> words = WordsOf(cell.value);
    if (IsOfSums(cell.label) && words.size() == 1) return false;
    return HoldsDate(words) || HoldsSpan(words) || HoldsFrequency(words) || HoldsTimeOfDayOrFeast(words);
  });
}

bool HoldsName(const std::vector<Word>& words) {
  return std::any_of(words.begin(), words.end(), [](const Word& word) {
    return (word.capital && !word.opens) || word.all_capitals || In(word.lower, kRoles);
  });
}

bool HoldsPlace(const std::vector<Word>& words) {
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (In(words[i].lower, kAt) && (words[i + 1].capital || IsNumber(words[i + 1]))) return true;
    if (words[i].lower == "the" && words[i + 1].capital && i > 0 && In(words[i - 1].lower, kAt)) return true;
  }
  return false;
}

// What follows the naming part: "Consider …; may …", "According to the lease, who …".
std::string_view Asking(std::string_view question) {
  const std::size_t semicolon = question.rfind(';');
  return semicolon == std::string_view::npos || semicolon + 8 > question.size() ? question
                                                                                : question.substr(semicolon + 1);
}

// "How much holiday may be carried forward?" is answered in days.
constexpr std::array<std::string_view, 7> kOfDays = {"notice", "time",     "holiday", "holidays",
                                                     "leave",  "vacation", "warning"};

AnswerKind KindOfHow(const std::vector<Word>& words, std::size_t i) {
  const std::string next = i + 1 < words.size() ? words[i + 1].lower : "";
  if (next == "long" || next == "soon" || next == "quickly") return AnswerKind::kHowLong;
  if (next == "often" || next == "frequently" || next == "regularly") return AnswerKind::kHowOften;
  if (next == "large" || next == "big" || next == "old" || next == "tall" || next == "wide")
    return AnswerKind::kHowMany;
  if (next == "much" || next == "high") {
    const bool time = std::any_of(words.begin(), words.end(), [](const Word& word) { return In(word.lower, kOfDays); });
    return time ? AnswerKind::kHowLong : AnswerKind::kHowMuch;
  }
  return next == "many" ? AnswerKind::kHowMany : AnswerKind::kOpen;
}

// What ends the noun that "what" and "which" ask for: "What deposit | was paid on exchange?".
constexpr std::array<std::string_view, 45> kEndNoun = {
    "of",     "for",     "in",     "at",   "under",  "on",     "to",      "from",    "by",     "with", "per",   "is",
    "are",    "was",     "were",   "does", "do",     "did",    "has",     "have",    "may",    "must", "can",   "will",
    "shall",  "would",   "should", "that", "which",  "who",    "if",      "when",    "and",    "or",   "after", "paid",
    "before", "payable", "ends",   "end",  "begins", "starts", "applies", "expires", "governs"};

// "What is the rent?", "On what date …", "Which party …", "What is Nora Quist's salary?".
AnswerKind KindOfWhat(const std::vector<Word>& words, std::size_t i) {
  constexpr std::array<std::string_view, 12> kSmall = {"is", "are", "was",  "were", "the",   "a",
                                                       "an", "of",  "this", "that", "total", "annual"};
  // "What does an engineer cost?", "What is he paid?"
  const std::string& last = words.back().lower;
  const auto is_cost = [](const Word& word) { return word.lower == "cost"; };
  const bool does = i + 1 < words.size() && (words[i + 1].lower.starts_with("do") || words[i + 1].lower == "did");
  if (does && std::any_of(words.begin(), words.end(), is_cost)) return AnswerKind::kHowMuch;
  if (i + 2 < words.size() && words.size() < 12 && (last == "paid" || last == "charged")) return AnswerKind::kHowMuch;
  std::size_t first = i + 1;
  const bool states = first < words.size() && In(words[first].lower, kSmall);
  while (first < words.size() && In(words[first].lower, kSmall)) ++first;
  std::size_t end = first;
  while (end < words.size() && !In(words[end].lower, kEndNoun) && (end == first || !In(words[end].lower, kSmall)))
    ++end;
  // "Which party pays | the costs?": what stands before the object is a verb.
  if (end > first + 1 && end < words.size() && In(words[end].lower, kSmall) && !In(words[end].lower, kEndNoun)) --end;
  if (end == first) return AnswerKind::kOpen;
  // The noun is the last of a group: "the notice period".
  const std::string& noun = words[end - 1].lower;
  const bool alone = end == first + 1;
  if (!states && (noun == "party" || noun == "company" || noun == "person")) return AnswerKind::kWho;
  if (alone && noun == "notice") return AnswerKind::kOpen;
  if (alone && noun == "term" && end < words.size() && words[end].lower != "of") return AnswerKind::kOpen;
  if (In(noun, kSpans)) return AnswerKind::kHowLong;
  if (In(noun, kDays)) return AnswerKind::kWhen;
  const bool charge = !alone && (noun == "charge" || noun == "charges");  // else it may be a security
  return charge || In(noun, kSums) ? AnswerKind::kHowMuch : AnswerKind::kOpen;
}

}  // namespace

std::string_view AnswerKindName(AnswerKind kind) {
  switch (kind) {
    case AnswerKind::kOpen:
      return "open";
    case AnswerKind::kYesNo:
      return "yes_no";
    case AnswerKind::kWho:
      return "who";
    case AnswerKind::kWhen:
      return "when";
    case AnswerKind::kHowLong:
      return "how_long";
    case AnswerKind::kHowOften:
      return "how_often";
    case AnswerKind::kHowMuch:
      return "how_much";
    case AnswerKind::kHowMany:
      return "how_many";
    case AnswerKind::kWhere:
      return "where";
  }
  return "open";
}

AnswerKind AskedKind(std::string_view question) {
  const std::vector<Word> words = WordsOf(Asking(question));
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i].lower;
    // A question word further on belongs to a clause: "Is it told who may …?".
    if (i == 0 && In(word, kAsksYesNo)) return AnswerKind::kYesNo;
    if (word == "who" || word == "whom" || word == "whose") return AnswerKind::kWho;
    if (word == "when") return AnswerKind::kWhen;
    // "Where is the clause on rent" asks for a sentence, not for a place.
    if (word == "where") {
      const bool of_text = std::any_of(words.begin(), words.end(), [](const Word& one) {
        return one.lower == "clause" || one.lower == "provision" || one.lower == "section" || one.lower == "definition";
      });
      return of_text ? AnswerKind::kOpen : AnswerKind::kWhere;
    }
    if (word == "how") return KindOfHow(words, i);
    if (word == "what" || word == "which") return KindOfWhat(words, i);
  }
  return AnswerKind::kOpen;
}

bool HoldsAnswer(AnswerKind kind, std::string_view sentence) {
  const std::vector<Word> words = WordsOf(sentence);
  switch (kind) {
    case AnswerKind::kOpen:
      return true;
    case AnswerKind::kYesNo:
      return std::any_of(words.begin(), words.end(), [](const Word& word) { return In(word.lower, kStates); });
    case AnswerKind::kWho:
      return HoldsName(words);
    case AnswerKind::kWhen:
      if (const std::vector<Cell> cells = CellsOf(sentence); !cells.empty()) return HoldsTimeInRow(cells);
      return HoldsDate(words) || HoldsSpan(words) || HoldsFrequency(words) || HoldsTimeOfDayOrFeast(words) ||
             std::any_of(words.begin(), words.end(), [](const Word& word) { return In(word.lower, kEvents); });
    case AnswerKind::kHowLong:
      return HoldsSpan(words);
    case AnswerKind::kHowOften:
      return HoldsFrequency(words);
    case AnswerKind::kHowMuch:
      return HoldsSum(words, sentence) || HoldsSumInRow(sentence);
    case AnswerKind::kHowMany:
      return std::any_of(words.begin(), words.end(), IsNumber);
    case AnswerKind::kWhere:
      return HoldsPlace(words);
  }
  return true;
}

bool AnswersInWords(AnswerKind kind, std::string_view sentence) {
  constexpr std::array<std::string_view, 25> kTimes = {
      "reasonable", "promptly",     "immediately", "forthwith", "practicable", "possible", "delay",
      "life",       "lifetime",     "duration",    "each",      "every",       "daily",    "weekly",
      "monthly",    "quarterly",    "yearly",      "annually",  "annual",      "once",     "twice",
      "regularly",  "periodically", "soon",        "long"};
  constexpr std::array<std::string_view, 9> kOften = {"regularly", "periodically", "necessary", "needed",    "required",
                                                      "request",   "demand",       "often",     "frequently"};
  constexpr std::array<std::string_view, 11> kMoments = {"advance",      "arrears", "completion", "termination",
                                                         "expiry",       "end",     "beginning",  "start",
                                                         "commencement", "death",   "if"};
  constexpr std::array<std::string_view, 15> kSums = {"peppercorn", "free", "reasonable", "proportion", "share",
                                                      "market",     "half", "third",      "quarter",    "nothing",
                                                      "charge",     "rata", "double",     "actual",     "whole"};
  constexpr std::array<std::string_view, 8> kNumbers = {"single", "sole", "both",  "neither",
                                                        "none",   "each", "every", "pair"};
  const std::vector<Word> words = WordsOf(sentence);
  return std::any_of(words.begin(), words.end(), [&](const Word& word) {
    if (kind == AnswerKind::kWhen && In(word.lower, kMoments)) return true;
    if (kind == AnswerKind::kHowLong || kind == AnswerKind::kWhen) return In(word.lower, kTimes);
    if (kind == AnswerKind::kHowOften) return In(word.lower, kOften);
    if (kind == AnswerKind::kHowMuch) return In(word.lower, kSums);
    return kind == AnswerKind::kHowMany && In(word.lower, kNumbers);
  });
}

bool WantsValue(AnswerKind kind) {
  return kind == AnswerKind::kHowMuch || kind == AnswerKind::kHowMany || kind == AnswerKind::kHowOften ||
         kind == AnswerKind::kHowLong || kind == AnswerKind::kWhen;
}

}  // namespace counsel::understanding
