#include "search/words.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <unordered_set>
#include <utility>

#include <sqlite3.h>

#include "base/utf8.h"
#include "search/search.h"

namespace counsel::search {
namespace {

// FTS5's "porter" over "unicode61", taken from a connection of our own that holds no data and lives as long as the
// program. Tokenizer instances hold a buffer, so each use makes its own (a few small allocations).
class Folding {
 public:
  Folding() {
    sqlite3* db = nullptr;
    sqlite3_stmt* statement = nullptr;
    fts5_api* api = nullptr;
    if (sqlite3_open_v2(":memory:", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX, nullptr) == SQLITE_OK &&
        sqlite3_db_config(db, SQLITE_DBCONFIG_LOOKASIDE, nullptr, 0, 0) == SQLITE_OK &&
        sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &statement, nullptr) == SQLITE_OK) {
      sqlite3_bind_pointer(statement, 1, &api, "fts5_api_ptr", nullptr);
      sqlite3_step(statement);
    }
    sqlite3_finalize(statement);
    if (api == nullptr || api->xFindTokenizer(api, "porter", &context_, &functions_) != SQLITE_OK) {
      std::abort();  // SQLite without FTS5: the schema could not have been made either
    }
  }

  class Instance {
   public:
    explicit Instance(const Folding& folding) : functions_(folding.functions_) {
      std::array<const char*, 3> arguments = {"unicode61", "remove_diacritics", "2"};
      if (functions_.xCreate(folding.context_, arguments.data(), arguments.size(), &tokenizer_) != SQLITE_OK) {
        throw std::bad_alloc();
      }
    }
    ~Instance() { functions_.xDelete(tokenizer_); }
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;

    int Run(std::string_view text, void* to, int (*on_token)(void*, int, const char*, int, int, int)) {
      return functions_.xTokenize(tokenizer_, to, FTS5_TOKENIZE_DOCUMENT, text.data(), static_cast<int>(text.size()),
                                  on_token);
    }

   private:
    fts5_tokenizer functions_;
    Fts5Tokenizer* tokenizer_ = nullptr;
  };

 private:
  void* context_ = nullptr;
  fts5_tokenizer functions_ = {};
};

const Folding& TheFolding() {
  static const Folding folding;
  return folding;
}

// English function words and the words that make a sentence a question; also what an apostrophe leaves ("don't" is
// "don" and "t"). "us" is no stop word: "use" has the same stem.
constexpr std::array kStopWords = {
    "a",       "about", "after",  "again",   "all",     "also",   "am",     "an",     "and",     "any",     "are",
    "aren",    "as",    "at",     "be",      "because", "been",   "before", "being",  "between", "both",    "but",
    "by",      "can",   "could",  "couldn",  "did",     "didn",   "do",     "does",   "doesn",   "doing",   "don",
    "done",    "down",  "during", "each",    "either",  "else",   "ever",   "every",  "few",     "for",     "from",
    "further", "get",   "gets",   "give",    "given",   "had",    "hadn",   "has",    "hasn",    "have",    "haven",
    "having",  "he",    "hence",  "her",     "here",    "hers",   "him",    "his",    "how",     "however", "i",
    "if",      "in",    "into",   "is",      "isn",     "it",     "its",    "itself", "just",    "let",     "ll",
    "may",     "me",    "might",  "mine",    "more",    "most",   "much",   "must",   "my",      "neither", "no",
    "nor",     "not",   "of",     "off",     "on",      "once",   "one",    "only",   "or",      "other",   "our",
    "ours",    "out",   "over",   "own",     "per",     "please", "re",     "same",   "shall",   "she",     "should",
    "shouldn", "since", "so",     "some",    "still",   "such",   "tell",   "than",   "that",    "the",     "their",
    "theirs",  "them",  "then",   "there",   "these",   "they",   "this",   "those",  "through", "thus",    "to",
    "too",     "under", "until",  "up",      "upon",    "ve",     "very",   "was",    "wasn",    "we",      "were",
    "weren",   "what",  "when",   "where",   "whether", "which",  "while",  "who",    "whom",    "whose",   "why",
    "will",    "with",  "within", "without", "would",   "wouldn", "you",    "your",   "yours"};

std::string LowerAscii(std::string_view word) {
  std::string lower(word);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

bool ReplaceEnding(std::string* word, std::string_view from, std::string_view to) {
  if (!word->ends_with(from)) return false;
  word->replace(word->size() - from.size(), from.size(), to);
  return true;
}

std::string Fold(std::string_view word) {
  std::string folded;
  ForEachWord(word, [&](std::string_view form, std::size_t, std::size_t) { folded = form; });
  return folded;
}

// A word of the question where it stands.
struct Token {
  std::string folded;
  std::size_t start;
  std::size_t end;
};

// Whether only punctuation that holds identifiers together ("GPL-3", "s.5(2)", "peer-to-peer") stands between two
// words.
bool Joined(std::string_view between) {
  return !between.empty() && between.size() <= 3 && between.find_first_not_of(".-/()[]:_&") == std::string_view::npos;
}

void AppendPhrase(std::string_view words, std::string* match) {
  if (!match->empty()) *match += " OR ";
  *match += '"';
  *match += words;
  *match += '"';
}

// Adds the compounds of a question as phrases: "gpl 3". How many.
std::size_t AppendCompounds(std::string_view question, const std::vector<Token>& tokens, std::string* match) {
  constexpr std::size_t kLongestCompound = 8;
  std::size_t phrases = 0;
  for (std::size_t first = 0; first < tokens.size() && phrases < kMaxTerms;) {
    std::size_t last = first;
    std::string words(question.substr(tokens[first].start, tokens[first].end - tokens[first].start));
    while (last + 1 < tokens.size() && last - first < kLongestCompound &&
           Joined(question.substr(tokens[last].end, tokens[last + 1].start - tokens[last].end))) {
      ++last;
      words += ' ';
      words += question.substr(tokens[last].start, tokens[last].end - tokens[last].start);
    }
    if (last > first) {
      AppendPhrase(words, match);
      ++phrases;
    }
    first = last + 1;
  }
  return phrases;
}

}  // namespace

void ForEachWord(std::string_view text,
                 const std::function<void(std::string_view folded, std::size_t start, std::size_t end)>& on_word) {
  Folding::Instance instance(TheFolding());
  const int code =
      instance.Run(text, const_cast<void*>(static_cast<const void*>(&on_word)),
                   [](void* to, int, const char* token, int bytes, int start, int end) {
                     (*static_cast<const std::function<void(std::string_view, std::size_t, std::size_t)>*>(to))(
                         std::string_view(token, static_cast<std::size_t>(bytes)), static_cast<std::size_t>(start),
                         static_cast<std::size_t>(end));
                     return SQLITE_OK;
                   });
  if (code != SQLITE_OK) throw std::bad_alloc();  // the only way in which it fails
}

bool IsStopWord(std::string_view word) {
  static const std::unordered_set<std::string_view> words(kStopWords.begin(), kStopWords.end());
  return words.contains(word);
}

std::string OtherSpelling(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kEndings = {{
      {"isation", "ization"},
      {"isations", "izations"},
      {"ise", "ize"},
      {"ised", "ized"},
      {"ises", "izes"},
      {"ising", "izing"},
      {"defence", "defense"},
      {"offence", "offense"},
      {"our", "or"},
      {"ours", "ors"},
      {"oured", "ored"},
      {"ouring", "oring"},
      {"dgement", "dgment"},
      {"fulfil", "fulfill"},
  }};
  std::string other(word);
  if (std::size_t at = other.find("licenc"); at != std::string::npos) return other.replace(at, 6, "licens");
  if (std::size_t at = other.find("licens"); at != std::string::npos) return other.replace(at, 6, "licenc");
  // Short words are left alone: "four" is not "for".
  if (word.size() < 5) return "";
  for (const auto& [british, american] : kEndings) {
    if (word.size() > british.size() && word.size() < 6 && british.starts_with("our")) continue;
    if (ReplaceEnding(&other, british, american) || ReplaceEnding(&other, american, british)) return other;
  }
  return "";
}

QueryWords ReadQuestion(std::string_view asked, const std::vector<std::string>& beside) {
  const std::string question = RepairUtf8(asked);
  std::vector<Token> tokens;
  ForEachWord(question, [&](std::string_view folded, std::size_t start, std::size_t end) {
    tokens.push_back({std::string(folded), start, end});
  });
  QueryWords words;
  std::unordered_set<std::string> seen;
  for (const Token& token : tokens) {
    const std::string_view word = std::string_view(question).substr(token.start, token.end - token.start);
    const std::string lower = LowerAscii(word);
    const bool single_letter = lower.size() == 1 && (lower[0] < '0' || lower[0] > '9');
    if (words.terms.size() == kMaxTerms) break;
    if (single_letter || IsStopWord(lower) || !seen.insert(token.folded).second) continue;
    Term term;
    term.word = word;
    term.folded.push_back(token.folded);
    // The word itself, not its stem: FTS5 stems it again.
    AppendPhrase(word, &words.match);
    if (const std::string other = OtherSpelling(lower); !other.empty()) {
      if (std::string folded = Fold(other); seen.insert(folded).second) {
        term.folded.push_back(std::move(folded));
        AppendPhrase(other, &words.match);
      }
    }
    words.terms.push_back(std::move(term));
  }
  for (const Term& term : words.terms) words.first_beside += term.folded.size();
  if (!words.terms.empty()) words.first_beside += AppendCompounds(question, tokens, &words.match);
  std::size_t added = 0;
  for (const std::string& text : beside) {
    ForEachWord(text, [&](std::string_view folded, std::size_t start, std::size_t end) {
      const std::string word = text.substr(start, end - start);
      if (word.size() < 2 || added == kMaxTerms || IsStopWord(LowerAscii(word))) return;
      if (!seen.insert(std::string(folded)).second) return;
      AppendPhrase(word, &words.match);
      ++added;
    });
  }
  return words;
}

std::string PhraseMatch(std::string_view asked) {
  const std::string phrase = RepairUtf8(asked);
  std::string words;
  ForEachWord(phrase, [&](std::string_view, std::size_t start, std::size_t end) {
    words += (words.empty() ? "" : " ") + phrase.substr(start, end - start);
  });
  std::string match;
  if (!words.empty()) AppendPhrase(words, &match);
  return match;
}

std::vector<std::string> ContentWords(std::string_view asked) {
  const std::string text = RepairUtf8(asked);
  std::vector<std::string> words;
  ForEachWord(text, [&](std::string_view folded, std::size_t start, std::size_t end) {
    const std::string lower = LowerAscii(std::string_view(text).substr(start, end - start));
    const bool single_letter = lower.size() == 1 && (lower[0] < '0' || lower[0] > '9');
    if (!single_letter && !IsStopWord(lower)) words.emplace_back(folded);
  });
  return words;
}

}  // namespace counsel::search
