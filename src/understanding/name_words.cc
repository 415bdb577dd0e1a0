#include "understanding/name_words.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <new>
#include <unordered_set>
#include <utility>

#include <utf8proc.h>

#include "base/utf8.h"

namespace counsel::understanding {
namespace {

// Function words, what companies are called by law, and what asks for a document.
constexpr std::array kEmptyWords = {
    "another",   "other",      "a",       "according", "all",      "among",        "an",          "and",     "any",
    "are",       "as",         "at",      "be",        "been",     "between",      "by",          "can",     "co",
    "corp",      "did",        "do",      "does",      "each",     "for",          "from",        "had",     "has",
    "have",      "he",         "her",     "his",       "how",      "if",           "in",          "inc",     "is",
    "it",        "its",        "limited", "llc",       "llp",      "look",         "lp",          "ltd",     "may",
    "me",        "my",         "no",      "of",        "on",       "or",           "our",         "per",     "plc",
    "pursuant",  "she",        "should",  "some",      "such",     "take",         "that",        "the",     "their",
    "them",      "there",      "these",   "they",      "this",     "to",           "under",       "was",     "we",
    "were",      "what",       "when",    "where",     "which",    "who",          "why",         "will",    "with",
    "within",    "would",      "you",     "your",      "consider", "given",        "looking",     "based",   "about",
    "regarding", "concerning", "please",  "must",      "shall",    "could",        "not",         "whether", "parent",
    "target",    "party",      "parties", "respect",   "regard",   "incorporated", "corporation", "company", "dated"};

// Singular.
constexpr std::array kDocumentNouns = {
    "act",        "addendum",   "agreement", "amendment",   "bylaw",      "code",     "constitution", "contract",
    "conveyance", "deed",       "directive", "email",       "guarantee",  "guaranty", "handbook",     "indenture",
    "invoice",    "judgement",  "judgment",  "lease",       "letter",     "licence",  "license",      "manual",
    "memo",       "memorandum", "message",   "mortgage",    "mou",        "msa",      "nda",          "notice",
    "offer",      "order",      "plan",      "policy",      "prospectus", "protocol", "regulation",   "report",
    "resolution", "settlement", "sla",       "spa",         "statement",  "statute",  "tenancy",      "testament",
    "transcript", "treaty",     "trust",     "undertaking", "will"};

// What agreements are about: of many of them.
constexpr std::array kKinds = {
    "acquisition",  "arrangement", "bilateral",   "business",    "confidential",  "confidentiality",
    "consultancy",  "consulting",  "cooperation", "credit",      "development",   "disclosure",
    "distribution", "draft",       "employment",  "escrow",      "exclusivity",   "facility",
    "form",         "framework",   "franchise",   "general",     "guarantee",     "joint",
    "licensing",    "loan",        "maintenance", "management",  "manufacturing", "marketing",
    "master",       "merger",      "mutual",      "non",         "nondisclosure", "operating",
    "option",       "outsourcing", "partnership", "plain",       "privacy",       "promotion",
    "purchase",     "reseller",    "sale",        "sample",      "security",      "service",
    "share",        "shareholder", "software",    "sponsorship", "standard",      "stock",
    "subscription", "supply",      "support",     "template",    "transaction",   "transportation",
    "unilateral",   "venture",     "version"};

// "agreements" → "agreement", "policies" → "policy"; "business", "plus", "gas" stay.
void TakePlural(std::string* word) {
  if (word->size() < 5 || !word->ends_with('s') || word->ends_with("ss") || word->ends_with("us") ||
      word->ends_with("is")) {
    return;
  }
  if (word->ends_with("ies")) {
    word->replace(word->size() - 3, 3, "y");
  } else {
    word->pop_back();
  }
}

// Letters and digits of any script.
bool IsWordCharacter(char32_t c) {
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
      return true;
    default:
      return c == 0xAD || (c >= 0x200B && c <= 0x200D) || c == 0x2060;  // nothing is seen of them within a word
  }
}

bool IsCapital(char32_t c) {
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LT || category == UTF8PROC_CATEGORY_ND;
}

bool IsApostrophe(char32_t c) {
  return c == '\'' || c == 0x2019 || c == 0x2BC;
}

// Case, accents, ligatures and what is invisible.
std::string FoldWord(std::string_view word) {
  std::string plain;
  if (std::all_of(word.begin(), word.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; })) {
    for (const char c : word) plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  } else {
    utf8proc_uint8_t* folded = nullptr;
    const auto options = static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK |
                                                        UTF8PROC_IGNORE | UTF8PROC_STABLE);
    const utf8proc_ssize_t bytes = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(word.data()),
                                                static_cast<utf8proc_ssize_t>(word.size()), &folded, options);
    if (bytes == UTF8PROC_ERROR_NOMEM) throw std::bad_alloc();
    plain = bytes < 0 ? std::string(word)
                      : std::string(reinterpret_cast<const char*>(folded), static_cast<std::size_t>(bytes));
    std::free(folded);  // utf8proc's own malloc
  }
  TakePlural(&plain);
  return plain;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

template <class Words>
std::unordered_set<std::string_view> SetOf(const Words& words) {
  return {words.begin(), words.end()};
}

}  // namespace

std::vector<NameWord> SplitName(std::string_view text) {
  std::vector<NameWord> words;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    const char32_t first = NextCodePoint(text, &at);
    if (!IsWordCharacter(first)) continue;
    std::size_t end = at;
    while (at < text.size() && IsWordCharacter(NextCodePoint(text, &at))) end = at;
    NameWord word;
    word.text = FoldWord(text.substr(start, end - start));
    word.start = start;
    word.capital = IsCapital(first);
    at = end;
    // "Motorola's", "AGProjects'".
    if (std::size_t next = end; next < text.size() && IsApostrophe(NextCodePoint(text, &next))) {
      std::size_t behind = next;
      const bool s = behind < text.size() && (text[behind] == 's' || text[behind] == 'S');
      if (s) ++behind;
      std::size_t after = behind;
      const bool ended = behind >= text.size() || !IsWordCharacter(NextCodePoint(text, &after));
      if (ended && (s || text[end - 1] == 's')) {
        word.possessive = true;
        end = at = behind;
      }
    }
    word.end = end;
    if (!word.text.empty()) words.push_back(std::move(word));
  }
  return words;
}

std::vector<std::string> PartsOfWord(std::string_view word) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  const auto upper = [word](std::size_t i) { return word[i] >= 'A' && word[i] <= 'Z'; };
  const auto lower = [word](std::size_t i) { return word[i] >= 'a' && word[i] <= 'z'; };
  const auto digit = [word](std::size_t i) { return word[i] >= '0' && word[i] <= '9'; };
  for (std::size_t i = 1; i <= word.size(); ++i) {
    const bool cut = i == word.size() || (lower(i - 1) && upper(i)) ||
                     (i + 1 < word.size() && upper(i - 1) && upper(i) && lower(i + 1)) || digit(i - 1) != digit(i);
    if (!cut) continue;
    if (i - begin > 1 || digit(begin)) parts.push_back(FoldWord(word.substr(begin, i - begin)));
    begin = i;
  }
  if (parts.size() < 2) parts.clear();
  return parts;
}

std::string PlainFileName(std::string_view name) {
  std::string plain;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '%' && i + 2 < name.size() && HexDigit(name[i + 1]) >= 0 && HexDigit(name[i + 2]) >= 0) {
      plain += static_cast<char>(HexDigit(name[i + 1]) * 16 + HexDigit(name[i + 2]));
      i += 2;
    } else {
      plain += name[i];
    }
  }
  plain = RepairUtf8(plain);
  const std::size_t dot = plain.rfind('.');
  const bool ending = dot != std::string::npos && dot > 0 && plain.size() - dot <= 6 &&
                      std::any_of(plain.begin() + static_cast<std::ptrdiff_t>(dot) + 1, plain.end(),
                                  [](char c) { return c >= 'a' && c <= 'z'; });
  if (ending) plain.resize(dot);
  return plain;
}

bool IsEmptyNameWord(std::string_view folded) {
  static const std::unordered_set<std::string_view> words = SetOf(kEmptyWords);
  return words.contains(folded);
}

bool IsDocumentNoun(std::string_view folded) {
  static const std::unordered_set<std::string_view> words = SetOf(kDocumentNouns);
  return words.contains(folded);
}

bool IsKind(std::string_view folded) {
  static const std::unordered_set<std::string_view> words = SetOf(kKinds);
  return words.contains(folded) || IsDocumentNoun(folded);
}

bool IsNumberWord(std::string_view folded) {
  return !folded.empty() && folded.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string Numbered(std::string_view what, std::string_view number) {
  return std::string(what) + " " + std::string(number);
}

std::string_view NumberOf(std::string_view word) {
  const std::size_t blank = word.find(' ');
  return blank == std::string_view::npos ? std::string_view() : word.substr(blank + 1);
}

// FNV-1a.
std::uint32_t HashOfWord(std::string_view folded) {
  std::uint32_t hash = 2166136261U;
  for (const char c : folded) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

}  // namespace counsel::understanding
