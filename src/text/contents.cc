#include "text/contents.h"

#include <cstddef>

namespace counsel::text {
namespace {

// An entry is hardly longer.
constexpr std::size_t kBytesOfEntry = 90;
constexpr int kLeastEntries = 3;

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsBlank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '.' || c == '\xA0' || c == '\xC2';
}
bool IsUpper(char c) {
  return c >= 'A' && c <= 'Z';
}

// "ARTICLE" of "ARTICLE 7".
bool IsDivision(std::string_view before) {
  for (const std::string_view word : {"rticle", "RTICLE", "ection", "ECTION", "xhibit", "XHIBIT", "chedule", "CHEDULE",
                                      "nnex", "NNEX", "Part", "PART", "lause", "LAUSE"}) {
    if (before.ends_with(word)) return true;
  }
  return false;
}

// "… Solicitation. 50 ARTICLE", "… Consents 26\n": a number of at most three digits between a word and the next entry,
// or the end of a line.
struct Entries {
  int count = 0;
  int ascending = 0;
};
Entries CountEntries(std::string_view text) {
  Entries entries;
  int last = 0;
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (!IsDigit(text[at]) || !IsBlank(text[at - 1])) continue;
    std::size_t end = at;
    while (end < text.size() && IsDigit(text[end])) ++end;
    std::size_t word = at;
    while (word > 0 && IsBlank(text[word - 1])) --word;
    std::size_t next = end;
    bool line_ends = end == text.size();
    while (next < text.size() &&
           (text[next] == ' ' || text[next] == '\t' || text[next] == '\n' || text[next] == '\r')) {
      if (text[next++] == '\n') line_ends = true;
    }
    const bool behind_words = word > 0 && !IsDigit(text[word - 1]);
    const bool before_entry =
        line_ends || next == text.size() || (next > end && (IsUpper(text[next]) || IsDigit(text[next])));
    if (end - at <= 3 && behind_words && before_entry && !IsDivision(text.substr(0, word))) {
      int page = 0;
      for (std::size_t i = at; i < end; ++i) page = page * 10 + (text[i] - '0');
      ++entries.count;
      if (page >= last) ++entries.ascending;
      last = page;
    }
    at = end;
  }
  return entries;
}

}  // namespace

bool LooksLikeContents(std::string_view text) {
  const Entries entries = CountEntries(text);
  // Pages ascend; the figures of a table need not.
  return entries.count >= kLeastEntries && text.size() / static_cast<std::size_t>(entries.count) <= kBytesOfEntry &&
         entries.ascending * 4 >= entries.count * 3;
}

}  // namespace counsel::text
