#include "judging/definitions.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "judging/grammar.h"
#include "text/words.h"

namespace counsel::judging {
namespace {

constexpr std::size_t kLongestTerm = 50;    // bytes
constexpr std::size_t kLongestValue = 120;  // bytes
constexpr std::size_t kMostWords = 14;

// A quotation mark at `at`: its bytes; 0 for none.
std::size_t QuoteAt(std::string_view text, std::size_t at) {
  if (at < text.size() && text[at] == '"') return 1;
  const std::string_view mark = text.substr(std::min(at, text.size()), 3);
  return mark == "\u201c" || mark == "\u201d" ? 3 : 0;
}

bool IsUpper(char c) {
  return std::isupper(static_cast<unsigned char>(c)) != 0;
}

std::size_t SkipSpace(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\n' || text[at] == ':')) ++at;
  return at;
}

// Behind “means”, “shall mean” or “for this Agreement is”, the value; 0: nothing is defined here.
std::size_t ValueAt(std::string_view text, std::size_t at) {
  at = SkipSpace(text, at);
  for (const std::string_view verb :
       {"means ", "shall mean ", "is ", "for this Agreement is ", "for this Agreement means ",
        "under this Agreement is ", "of this Agreement is ", "of this Agreement means "}) {
    if (text.substr(at).starts_with(verb)) return at + verb.size();
  }
  return 0;
}

// Plain words up to the end of the sentence, a name, a time or a sum; no list and no further definition.
std::string ShortValue(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && end - at <= kLongestValue && text[end] != ';' && text[end] != '\n' &&
         !(text[end] == '.' && (end + 1 == text.size() || text[end + 1] == ' ' || text[end + 1] == '\n')))
    ++end;
  if (end - at > kLongestValue) return {};
  const std::string_view value = text.substr(at, end - at);
  const std::vector<text::RawWord> words = text::SplitWords(value, 0, value.size());
  if (words.size() < 2 || words.size() > kMostWords) return {};
  for (const text::RawWord& word : words) {
    if (word.punctuation == ',' || word.punctuation == ':') return {};
    if (IsRelative(word.text) || IsAuxiliary(word.text) ||
        In(word.text, {"not", "any", "each", "all", "every", "following", "or", "and", "including", "if", "unless",
                       "except", "meaning", "defined", "as", "that"}))
      return {};
  }
  return std::string(value);
}

}  // namespace

std::vector<Definition> DefinitionsOf(const std::vector<std::string_view>& passages) {
  std::vector<Definition> definitions;
  std::set<std::string> twice;
  for (const std::string_view text : passages) {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t opens = QuoteAt(text, at);
      if (opens == 0) {
        ++at;
        continue;
      }
      const std::size_t first = at + opens;
      std::size_t last = first;
      while (last < text.size() && last - first <= kLongestTerm && QuoteAt(text, last) == 0 && text[last] != '\n')
        ++last;
      at = first;
      if (QuoteAt(text, last) == 0 || last == first || !IsUpper(text[first])) continue;
      const std::size_t value_at = ValueAt(text, last + QuoteAt(text, last));
      std::string term(text.substr(first, last - first));
      if (term.back() == ':') term.pop_back();
      at = last + QuoteAt(text, last);
      std::string value = value_at == 0 ? std::string() : ShortValue(text, value_at);
      if (value.empty()) {
        if (value_at != 0) twice.insert(term);
        continue;
      }
      const bool known = std::any_of(definitions.begin(), definitions.end(),
                                     [&](const Definition& one) { return one.term == term && one.value != value; });
      if (known) twice.insert(term);
      definitions.push_back({std::move(term), std::move(value)});
    }
  }
  std::erase_if(definitions, [&](const Definition& one) { return twice.count(one.term) > 0; });
  return definitions;
}

std::string WithValues(std::string_view sentence, const std::vector<Definition>& definitions) {
  std::string said(sentence);
  bool any = false;
  for (const Definition& one : definitions) {
    for (std::size_t at = said.find(one.term); at != std::string::npos; at = said.find(one.term, at)) {
      std::size_t end = at + one.term.size();
      const bool whole = (at == 0 || std::isalnum(static_cast<unsigned char>(said[at - 1])) == 0) &&
                         (end == said.size() || std::isalnum(static_cast<unsigned char>(said[end])) == 0);
      // It is defined here, or part of a longer name.
      if (!whole || QuoteAt(said, end) > 0 || (end + 1 < said.size() && said[end] == ' ' && IsUpper(said[end + 1]))) {
        at = end;
        continue;
      }
      for (const std::string_view before :
           {"the end of the ", "the expiry of the ", "the expiration of the ", "the ", "The ", "this ", "such "}) {
        if (at < before.size() || said.compare(at - before.size(), before.size(), before) != 0) continue;
        at -= before.size();
        break;
      }
      said.replace(at, end - at, one.value);
      at += one.value.size();
      any = true;
    }
  }
  return any ? said : std::string();
}

}  // namespace counsel::judging
