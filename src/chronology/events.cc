#include "chronology/events.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "chronology/date_words.h"
#include "text/sentences.h"
#include "text/words.h"

namespace counsel::chronology {
namespace {

constexpr std::size_t kLongest = 600;  // bytes of a quote

bool Space(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

// Moves to a code point's beginning.
std::size_t Whole(std::string_view text, std::size_t at) {
  while (at > 0 && at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) --at;
  return at;
}

Range Around(std::string_view text, Range sentence, const DateFound& date) {
  if (sentence.end - sentence.start <= kLongest) return sentence;
  std::size_t start = std::max(sentence.start, date.start > kLongest / 2 ? date.start - kLongest / 2 : 0);
  std::size_t end = std::min(sentence.end, std::max(date.end, start + kLongest));
  start = Whole(text, start);
  end = Whole(text, end);
  while (start > sentence.start && start < date.start && !Space(text[start - 1])) ++start;
  while (end < sentence.end && end > date.end && !Space(text[end])) --end;
  return {start, end};
}

bool IsStop(std::string_view word) {
  static constexpr std::array<std::string_view, 62> words = {
      "a",   "an",     "the",   "of",    "on",    "in",    "at",    "to",    "by",    "for",  "from", "and",  "or",
      "was", "were",   "is",    "are",   "be",    "been",  "has",   "had",   "have",  "that", "this", "it",   "he",
      "she", "they",   "we",    "i",     "his",   "her",   "their", "our",   "my",    "its",  "with", "as",   "not",
      "no",  "before", "after", "until", "since", "than",  "later", "than",  "which", "who",  "when", "then", "there",
      "mr",  "mrs",    "ms",    "dr",    "will",  "shall", "date",  "dated", "day",   "again"};
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::uint32_t HashOf(std::string_view word) {
  std::uint32_t hash = 2166136261U;
  for (const char c : word) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

std::size_t Common(const std::vector<std::uint32_t>& one, const std::vector<std::uint32_t>& other) {
  std::size_t common = 0;
  for (std::size_t i = 0, j = 0; i < one.size() && j < other.size();) {
    if (one[i] == other[j]) {
      ++common, ++i, ++j;
    } else if (one[i] < other[j]) {
      ++i;
    } else {
      ++j;
    }
  }
  return common;
}

bool IsTitle(std::string_view low) {
  static constexpr std::array<std::string_view, 9> titles = {"mr",  "mrs",  "ms",   "miss", "dr",
                                                             "sir", "lady", "lord", "prof"};
  return std::find(titles.begin(), titles.end(), low) != titles.end();
}
bool IsCompanyEnd(std::string_view low) {
  static constexpr std::array<std::string_view, 6> ends = {"limited", "ltd", "llp", "plc", "inc", "gmbh"};
  return std::find(ends.begin(), ends.end(), low) != ends.end();
}

bool Name(const Word& word) {
  return word.type == Word::Type::kWord && word.capital && MonthNamed(word.low) == 0 && WeekdayNamed(word.low) == 0 &&
         !IsStop(word.low);
}

// Who is named at word i; words taken, 0 for nobody.
std::size_t NamedAt(const Words& words, std::size_t i) {
  std::size_t end = i;
  if (IsTitle(words[i].low) && words[i].capital) {
    end = i + 1;
    if (words.Is(end, ".") && words.Tight(end)) ++end;
    const std::size_t names = end;
    while (Name(words[end]) && end < names + 3) ++end;
    return end == names ? 0 : end - i;
  }
  if (words.Is(i, "the") && words[i + 1].low.size() > 3 && Name(words[i + 1]) && !Name(words[i + 2])) return 2;
  while (Name(words[end]) && end < i + 6) ++end;
  if (end == i) return 0;
  const bool company = IsCompanyEnd(words[end - 1].low);
  return company || (end - i >= 2 && end - i <= 3 && !words[i].line) ? end - i : 0;
}

}  // namespace

std::vector<Range> QuotesOf(std::string_view text, const std::vector<DateFound>& dates) {
  std::vector<Range> quotes;
  if (dates.empty()) return quotes;
  const std::vector<text::Sentence> sentences = text::SplitSentences(text);
  std::size_t next = 0;
  for (const DateFound& date : dates) {
    while (next < sentences.size() && sentences[next].end <= date.start) ++next;
    Range sentence{date.start, date.end};
    if (next < sentences.size() && sentences[next].start <= date.start) {
      sentence = {sentences[next].start, std::max(sentences[next].end, date.end)};
    }
    quotes.push_back(Around(text, sentence, date));
  }
  return quotes;
}

std::string WhatOf(std::string_view quote, Range date) {
  std::string_view told = quote;
  const std::string_view before = quote.substr(0, std::min(date.start, quote.size()));
  const bool leads = std::all_of(before.begin(), before.end(), Space) || before == "On " || before == "In " ||
                     before == "By " || before == "Since " || before == "Dated ";
  if (leads && date.end < quote.size()) {
    std::size_t from = date.end;
    while (from < quote.size() && (Space(quote[from]) || quote[from] == ',' || quote[from] == ':')) ++from;
    if (quote.size() - from > 8) told = quote.substr(from);
  }
  std::string what;
  for (const char c : told) {
    if (!Space(c)) {
      what += c;
    } else if (!what.empty() && what.back() != ' ') {
      what += ' ';
    }
  }
  while (!what.empty() && (what.back() == ' ' || what.back() == '.')) what.pop_back();
  return what;
}

std::vector<std::string> WhoOf(std::string_view quote) {
  constexpr std::size_t kMost = 4;
  std::vector<std::string> who;
  const Words words(SplitDateWords(quote));
  for (std::size_t i = 0; i < words.size() && who.size() < kMost;) {
    const std::size_t taken = words.Is(i, "i") && words[i].capital && !words.Is(i + 1, ".") ? 1 : NamedAt(words, i);
    if (taken > 0) {
      std::string name(quote.substr(words[i].start, words[i + taken - 1].end - words[i].start));
      std::replace_if(name.begin(), name.end(), Space, ' ');
      if (name.starts_with("The ")) name[0] = 't';
      if (std::find(who.begin(), who.end(), name) == who.end()) who.push_back(std::move(name));
    }
    i += std::max<std::size_t>(taken, 1);
  }
  return who;
}

std::vector<std::uint32_t> WordsOf(std::string_view quote, const std::vector<Range>& dates) {
  std::vector<std::uint32_t> hashes;
  for (const text::RawWord& word : text::SplitWords(quote, 0, quote.size())) {
    const bool in_date = std::any_of(dates.begin(), dates.end(),
                                     [&](const Range& date) { return word.start < date.end && date.start < word.end; });
    if (word.text.empty() || in_date || IsStop(word.text) || MonthNamed(word.text) != 0 ||
        WeekdayNamed(word.text) != 0) {
      continue;
    }
    const std::uint32_t hash = HashOf(word.digits ? word.text : text::Fold(word.text).text);
    if (std::find(hashes.begin(), hashes.end(), hash) == hashes.end()) hashes.push_back(hash);
    if (hashes.size() == kMostWords) break;
  }
  std::sort(hashes.begin(), hashes.end());
  return hashes;
}

bool TellTheSame(const std::vector<std::uint32_t>& one, const std::vector<std::uint32_t>& other) {
  const std::size_t common = Common(one, other);
  const std::size_t less = std::min(one.size(), other.size());
  return common >= 2 && (common * 2 >= one.size() + other.size() - common || (common >= 3 && common * 4 >= less * 3));
}

bool SurelyTheSame(const std::vector<std::uint32_t>& one, const std::vector<std::uint32_t>& other) {
  const std::size_t common = Common(one, other);
  return common >= 3 && common * 10 >= (one.size() + other.size() - common) * 6;
}

}  // namespace counsel::chronology
