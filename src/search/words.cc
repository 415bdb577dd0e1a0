#include "search/words.h"

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include "base/utf8.h"
#include "search/search.h"
#include "search/tokenizer.h"

namespace counsel::search {
namespace {

// English function words and the words that make a sentence a question; also
// what an apostrophe leaves ("don't" is "don" and "t"). "us" is no stop word:
// "use" has the same stem.
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

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsUpper(char c) {
  return c >= 'A' && c <= 'Z';
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

// Whether only punctuation that holds identifiers together ("GPL-3", "s.5(2)", "peer-to-peer") stands between two
// words.
bool Joined(std::string_view between) {
  return !between.empty() && between.size() <= 3 && between.find_first_not_of(".-/()[]:_&") == std::string_view::npos;
}

// Of "section", "clause" and the like.
bool IsAbbreviation(std::string_view word) {
  return word == "s" || word == "ss" || word == "cl" || word == "para" || word == "art" || word == "reg" || word == "r";
}

void AppendPhrase(std::string_view words, std::string* match) {
  if (!match->empty()) *match += " OR ";
  *match += '"';
  *match += words;
  *match += '"';
}

// Adds the compounds of a question as phrases: "gpl 3". How many.
std::size_t AppendCompounds(std::string_view question, const std::vector<Word>& tokens, std::string* match) {
  constexpr std::size_t kLongestCompound = 8;
  std::size_t phrases = 0;
  for (std::size_t first = 0; first < tokens.size() && phrases < kMaxTerms;) {
    std::size_t last = first;
    const auto plain = [&](std::size_t i) { return question.substr(tokens[i].start, tokens[i].end - tokens[i].start); };
    while (last + 1 < tokens.size() && last - first < kLongestCompound &&
           Joined(question.substr(tokens[last].end, tokens[last + 1].start - tokens[last].end))) {
      ++last;
    }
    // "s.172(1)(b)" is found where a text has "section 172(1)(b)".
    const std::size_t from = last > first + 1 && IsAbbreviation(LowerAscii(plain(first))) ? first + 1 : first;
    std::string words(plain(from));
    for (std::size_t i = from + 1; i <= last; ++i) {
      words += ' ';
      words += plain(i);
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
  for (const Word& word : WordsOf(text)) on_word(word.folded, word.start, word.end);
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

namespace {

// The words of a question one after the other, and those that are joined of
// them.
struct Asked {
  std::string question;
  std::vector<Word> words;
  std::vector<Word> joined;

  explicit Asked(std::string_view asked) : question(RepairUtf8(asked)) {
    for (Word& word : WordsOf(question)) (word.joined ? joined : words).push_back(std::move(word));
  }
  [[nodiscard]] std::string_view Plain(std::size_t i) const {
    return i < words.size() ? std::string_view(question).substr(words[i].start, words[i].end - words[i].start)
                            : std::string_view();
  }
  [[nodiscard]] bool IsNumber(std::size_t i) const { return !Plain(i).empty() && IsDigit(Plain(i)[0]); }
};

bool SingleLetter(std::string_view word) {
  return word.size() == 1 && !IsDigit(word[0]);
}

// Whether a stop word is none here: the month, the testament, what is written
// in capitals.
bool CountsHere(const Asked& read, std::size_t i) {
  const std::string_view plain = read.Plain(i);
  const std::string lower = LowerAscii(plain);
  const std::string before = i > 0 ? LowerAscii(read.Plain(i - 1)) : "";
  if (plain == "May") return (i > 0 && before != "or" && before != "and") || read.IsNumber(i + 1);
  if (lower == "may") return read.IsNumber(i + 1) || (i > 0 && read.IsNumber(i - 1));
  if (lower == "will") {
    constexpr std::array<std::string_view, 11> kBeforeNouns = {"the",  "a",   "his",  "her",  "their", "my",
                                                               "your", "our", "this", "last", "valid"};
    const bool noun = std::find(kBeforeNouns.begin(), kBeforeNouns.end(), before) != kBeforeNouns.end();
    return noun || (plain == "Will" && i > 0);
  }
  // "IT", in a question that is not all capitals.
  const bool capitals = plain.size() > 1 && std::all_of(plain.begin(), plain.end(), IsUpper);
  return capitals &&
         std::any_of(read.question.begin(), read.question.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

class Reader {
 public:
  explicit Reader(std::string_view asked) : read_(asked) {}

  QueryWords Run(const std::vector<std::string>& beside) {
    TakeTerms(false);
    // "What will be?" of a question that has no other words.
    if (out_.terms.empty()) TakeTerms(true);
    for (const Term& term : out_.terms) out_.first_beside += term.folded.size();
    if (!out_.terms.empty()) out_.first_beside += AppendCompounds(read_.question, read_.words, &out_.match);
    TakeBeside(beside);
    return std::move(out_);
  }

 private:
  void TakeTerms(bool stop_words_too) {
    for (std::size_t i = 0; i < read_.words.size() && out_.terms.size() < kMaxTerms; ++i) {
      const std::string lower = LowerAscii(read_.Plain(i));
      // "64,250" is one word, 64250.
      if (const Word* number = NumberAt(i)) {
        if (number->start == read_.words[i].start) TakeNumber(*number);
        continue;
      }
      if (SingleLetter(lower) || (IsStopWord(lower) && !stop_words_too && !CountsHere(read_, i))) continue;
      if (!seen_.insert(read_.words[i].folded).second) continue;
      TakeTerm(i, lower);
    }
  }

  void TakeTerm(std::size_t i, const std::string& lower) {
    Term term;
    term.word = read_.Plain(i);
    // The word itself, not its stem: FTS5 stems it again.
    AddForm(read_.words[i].folded, term.word, &term);
    if (const std::string other = OtherSpelling(lower); !other.empty()) {
      if (std::string folded = Fold(other); seen_.insert(folded).second) AddForm(std::move(folded), other, &term);
    }
    for (const Word& joined : read_.joined) {
      if (joined.start > read_.words[i].start || joined.end < read_.words[i].end) continue;
      if (seen_.insert(joined.folded).second) {
        AddForm(joined.folded, joined.plain, &term);
      } else {
        term.within.push_back(joined.folded);
      }
    }
    out_.terms.push_back(std::move(term));
  }

  void AddForm(std::string folded, std::string_view plain, Term* term) {
    term->folded.push_back(std::move(folded));
    AppendPhrase(plain, &out_.match);
  }

  // Of several groups of digits that word i is one of; nullptr: it is none.
  [[nodiscard]] const Word* NumberAt(std::size_t i) const {
    for (const Word& joined : read_.joined) {
      const bool several = joined.start <= read_.words[i].start && joined.end >= read_.words[i].end &&
                           joined.end - joined.start > read_.words[i].end - read_.words[i].start;
      const bool grouped = several && std::all_of(joined.plain.begin(), joined.plain.end(), IsDigit) &&
                           read_.question.find_first_of("/-. ", joined.start) >= joined.end;
      if (grouped) return &joined;
    }
    return nullptr;
  }

  void TakeNumber(const Word& number) {
    if (!seen_.insert(number.folded).second) return;
    Term term;
    term.word = read_.question.substr(number.start, number.end - number.start);
    AddForm(number.folded, number.plain, &term);
    out_.terms.push_back(std::move(term));
  }

  void TakeBeside(const std::vector<std::string>& beside) {
    std::size_t added = 0;
    for (const std::string& text : beside) {
      const Asked one(text);
      for (std::size_t i = 0; i < one.words.size() && added < kMaxTerms; ++i) {
        if (one.Plain(i).size() < 2 || IsStopWord(LowerAscii(one.Plain(i)))) continue;
        if (!seen_.insert(one.words[i].folded).second) continue;
        AppendPhrase(one.Plain(i), &out_.match);
        ++added;
      }
    }
  }

  const Asked read_;
  std::unordered_set<std::string> seen_;
  QueryWords out_;
};

}  // namespace

QueryWords ReadQuestion(std::string_view asked, const std::vector<std::string>& beside) {
  return Reader(asked).Run(beside);
}

std::string PhraseMatch(std::string_view asked) {
  const Asked read(asked);
  std::string words;
  for (std::size_t i = 0; i < read.words.size(); ++i) {
    words += i == 0 ? "" : " ";
    words += read.Plain(i);
  }
  std::string match;
  if (!words.empty()) AppendPhrase(words, &match);
  return match;
}

std::vector<std::string> ContentWords(std::string_view asked) {
  const Asked read(asked);
  std::vector<std::string> words;
  for (std::size_t i = 0; i < read.words.size(); ++i) {
    const std::string lower = LowerAscii(read.Plain(i));
    if (!SingleLetter(lower) && (!IsStopWord(lower) || CountsHere(read, i))) words.push_back(read.words[i].folded);
  }
  return words;
}

}  // namespace counsel::search
