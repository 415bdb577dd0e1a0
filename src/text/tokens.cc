#include "text/tokens.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include "text/numbers.h"
#include "text/words.h"

namespace counsel::text {
namespace {

using Words = std::vector<RawWord>;

struct Phrase {
  std::string_view words;  // separated by one space
  std::string_view keys;   // of the operators it stands for; a lower-case key is a word
};

// Longer phrases stand before their beginnings.
constexpr Phrase kPhrases[] = {
    {", but not limited to", "unlimited"},
    {"in the event that", "IF"},
    {"in the event of", "IF OF"},
    {"on the condition that", "PROVIDED"},
    {"to the extent that", "EXTENT"},
    {"to the extent", "EXTENT"},
    {"for as long as", "ASLONGAS"},
    {"no later than", "BYTIME"},
    {"not later than", "BYTIME"},
    {"no less than", "ATLEAST"},
    {"not less than", "ATLEAST"},
    {"no fewer than", "ATLEAST"},
    {"not fewer than", "ATLEAST"},
    {"a minimum of", "ATLEAST"},
    {"no more than", "ATMOST"},
    {"not more than", "ATMOST"},
    {"no greater than", "ATMOST"},
    {"a maximum of", "ATMOST"},
    {"not to exceed", "ATMOST"},
    {"not exceeding", "ATMOST"},
    {"in excess of", "MORETHAN"},
    {"not permitted to", "MAYNOT"},
    {"not allowed to", "MAYNOT"},
    {"not able to", "MAYNOT"},
    {"whether or not", "WHETHER"},
    {"with or without", "WITHORWITHOUT"},
    {"without limitation", "unlimited"},
    {"but not limited to", "unlimited"},
    {"as well as", "AND"},
    {"as long as", "PROVIDED"},
    {"so long as", "PROVIDED"},
    {"as soon as", "WHEN soon"},
    {"as if", "like"},
    {"even if", "EVENIF"},
    {"except if", "UNLESS"},
    {"except when", "UNLESS"},
    {"except where", "UNLESS"},
    {"except for", "EXCEPT"},
    {"save for", "EXCEPT"},
    {"other than", "EXCEPT"},
    {"apart from", "EXCEPT"},
    {"but for", "EXCEPT"},
    {"rather than", "INSTEADOF"},
    {"instead of", "INSTEADOF"},
    {"and / or", "ANDOR"},
    {"provided that", "PROVIDED"},
    {"provided , that", "PROVIDED"},
    {"provided you", "PROVIDED you"},
    {"providing that", "PROVIDED"},
    {"on condition that", "PROVIDED"},
    {"in case", "IF"},
    {"subject to", "SUBJECT"},
    {"prior to", "BEFORE"},
    {"subsequent to", "AFTER"},
    {"at least", "ATLEAST"},
    {"at most", "ATMOST"},
    {"up to", "ATMOST"},
    {"more than", "MORETHAN"},
    {"greater than", "MORETHAN"},
    {"less than", "LESSTHAN"},
    {"fewer than", "LESSTHAN"},
    {"required to", "MUST"},
    {"obliged to", "MUST"},
    {"obligated to", "MUST"},
    {"has to", "MUST"},
    {"have to", "MUST"},
    {"need not", "NOT MUST"},
    {"needs to", "MUST"},
    {"need to", "MUST"},
    {"permitted to", "MAY"},
    {"allowed to", "MAY"},
    {"can not", "MAYNOT"},
    {"cannot", "MAYNOT"},
    {"can't", "MAYNOT"},
    {"won't", "WILL NOT"},
    {"mustn't", "MUSTNOT"},
    {"shan't", "MUSTNOT"},
    {"needn't", "NOT MUST"},
    {"wasn't", "WAS NOT"},
    {"weren't", "WAS NOT"},
    {"didn't", "WAS NOT"},
    {"couldn't", "MIGHT NOT"},
    {"shouldn't", "SHOULD NOT"},
    {"wouldn't", "WOULD NOT"},
    {"per cent", "percent"},
    {"it's", "it"},
    {"you'll", "you WILL"},
    {"you're", "you"},
};

const std::unordered_map<std::string_view, std::string_view>& Operators() {
  static const std::unordered_map<std::string_view, std::string_view> operators = {{"not", "NOT"},
                                                                                   {"no", "NO"},
                                                                                   {"none", "NO"},
                                                                                   {"never", "NEVER"},
                                                                                   {"neither", "NEITHER"},
                                                                                   {"nor", "NOR"},
                                                                                   {"non", "NON"},
                                                                                   {"without", "WITHOUT"},
                                                                                   {"must", "MUST"},
                                                                                   {"shall", "SHALL"},
                                                                                   {"will", "WILL"},
                                                                                   {"would", "WOULD"},
                                                                                   {"should", "SHOULD"},
                                                                                   {"may", "MAY"},
                                                                                   {"can", "MAY"},
                                                                                   {"might", "MIGHT"},
                                                                                   {"could", "MIGHT"},
                                                                                   {"was", "WAS"},
                                                                                   {"were", "WAS"},
                                                                                   {"been", "WAS"},
                                                                                   {"had", "WAS"},
                                                                                   {"did", "WAS"},
                                                                                   {"any", "ANY"},
                                                                                   {"all", "ALL"},
                                                                                   {"every", "ALL"},
                                                                                   {"each", "ALL"},
                                                                                   {"some", "SOME"},
                                                                                   {"only", "ONLY"},
                                                                                   {"solely", "ONLY"},
                                                                                   {"exclusively", "ONLY"},
                                                                                   {"if", "IF"},
                                                                                   {"unless", "UNLESS"},
                                                                                   {"except", "EXCEPT"},
                                                                                   {"excluding", "EXCEPT"},
                                                                                   {"save", "EXCEPT"},
                                                                                   {"until", "UNTIL"},
                                                                                   {"till", "UNTIL"},
                                                                                   {"while", "WHILE"},
                                                                                   {"when", "WHEN"},
                                                                                   {"whenever", "WHEN"},
                                                                                   {"where", "WHERE"},
                                                                                   {"wherever", "WHERE"},
                                                                                   {"once", "WHEN"},
                                                                                   {"whether", "WHETHER"},
                                                                                   {"although", "ALTHOUGH"},
                                                                                   {"though", "ALTHOUGH"},
                                                                                   {"before", "BEFORE"},
                                                                                   {"after", "AFTER"},
                                                                                   {"since", "SINCE"},
                                                                                   {"within", "WITHIN"},
                                                                                   {"during", "DURING"},
                                                                                   {"by", "BY"},
                                                                                   {"from", "FROM"},
                                                                                   {"to", "TO"},
                                                                                   {"against", "AGAINST"},
                                                                                   {"for", "FOR"},
                                                                                   {"with", "WITH"},
                                                                                   {"between", "BETWEEN"},
                                                                                   {"over", "OVER"},
                                                                                   {"under", "UNDER"},
                                                                                   {"above", "ABOVE"},
                                                                                   {"below", "BELOW"},
                                                                                   {"of", "OF"},
                                                                                   {"via", "VIA"},
                                                                                   {"per", "PER"},
                                                                                   {"through", "THROUGH"},
                                                                                   {"about", "ABOUT"},
                                                                                   {"into", "INTO"},
                                                                                   {"in", "AT"},
                                                                                   {"on", "AT"},
                                                                                   {"upon", "AT"},
                                                                                   {"at", "AT"},
                                                                                   {"and", "AND"},
                                                                                   {"or", "OR"},
                                                                                   {"but", "BUT"},
                                                                                   {"insofar", "EXTENT"},
                                                                                   {"notwithstanding", "DESPITE"},
                                                                                   {"despite", "DESPITE"}};
  return operators;
}

bool In(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool IsSoft(std::string_view word) {
  static const std::unordered_set<std::string_view> soft = {
      "a",    "an",   "the", "this", "that",   "these",  "those",     "such",    "said",    "which",   "who",   "whom",
      "is",   "are",  "be",  "am",   "being",  "has",    "have",      "having",  "do",      "does",    "there", "as",
      "than", "then", "so",  "also", "hereby", "herein", "hereunder", "thereof", "therein", "thereby", "hereof"};
  return soft.contains(word);
}

bool IsNegativeStem(std::string_view stem) {
  static const std::unordered_set<std::string_view> negative = {
      "refus", "fail",     "deny",    "prohibit", "prevent",  "preclud", "disclaim",  "void",    "ceas",
      "waiv",  "lack",     "exclud",  "declin",   "reject",   "disput",  "alleg",     "purport", "avoid",
      "unabl", "unlawful", "illegal", "neglect",  "omit",     "hardly",  "impossibl", "rarely",  "seldom",
      "fals",  "untru",    "doubt",   "nothing",  "nobody",   "nowher",  "invalid",   "absenc",  "unlikely",
      "stop",  "failur",   "refusal", "waiver",   "contrary", "instead", "incorrect", "wrong"};
  return negative.contains(stem);
}

bool IsNegativeOperator(std::string_view key) {
  return In(key, {"NOT", "NO", "NEVER", "NEITHER", "NOR", "NON", "MAYNOT", "MUSTNOT", "WITHOUT", "INSTEADOF"});
}

bool IsCondition(std::string_view key) {
  return In(key,
            {"IF", "UNLESS", "EXCEPT", "PROVIDED", "ONLY", "SUBJECT", "WHEN", "WHERE", "WHILE", "UNTIL", "EXTENT"});
}

class Tokenizer {
 public:
  Tokenizer(std::string_view text, std::size_t start, std::size_t end)
      : text_(text), words_(SplitWords(text, start, end)) {}

  std::vector<Token> Run() {
    while (at_ < words_.size()) {
      if (!TakePhrase() && !TakeNumber()) TakeWord();
    }
    JoinNegatedModals();
    return std::move(tokens_);
  }

 private:
  void Add(TokenKind kind, std::string_view key, std::size_t words) {
    Token token;
    token.kind = kind;
    token.key = key;
    token.negative = kind == TokenKind::kOperator ? IsNegativeOperator(key) : IsNegativeStem(key);
    token.condition = kind == TokenKind::kOperator && IsCondition(key);
    token.start = words_[at_].start;
    token.end = words_[at_ + words - 1].end;
    tokens_.push_back(std::move(token));
  }

  std::size_t PhraseLength(std::string_view phrase) const {
    std::size_t count = 0;
    while (!phrase.empty()) {
      const std::size_t space = std::min(phrase.find(' '), phrase.size());
      const std::string_view word = phrase.substr(0, space);
      if (at_ + count >= words_.size()) return 0;
      const RawWord& raw = words_[at_ + count];
      const bool same = raw.punctuation != 0 ? word.size() == 1 && word[0] == raw.punctuation : word == raw.text;
      if (!same) return 0;
      ++count;
      phrase.remove_prefix(std::min(space + 1, phrase.size()));
    }
    return count;
  }

  bool TakePhrase() {
    for (const Phrase& phrase : kPhrases) {
      const std::size_t length = PhraseLength(phrase.words);
      if (length == 0) continue;
      std::string_view keys = phrase.keys;
      while (!keys.empty()) {
        const std::size_t space = std::min(keys.find(' '), keys.size());
        const std::string_view key = keys.substr(0, space);
        const bool word = key[0] >= 'a' && key[0] <= 'z';
        Add(word ? TokenKind::kWord : TokenKind::kOperator, key, length);
        keys.remove_prefix(std::min(space + 1, keys.size()));
      }
      at_ += length;
      return true;
    }
    return false;
  }

  bool TakeNumber() {
    const NumberFound found = FindNumber(text_, words_, at_);
    if (found.words == 0) return false;
    Add(TokenKind::kNumber, found.key, found.words);
    if (!found.unit.empty()) Add(TokenKind::kWord, found.unit, found.words);
    at_ += found.words;
    return true;
  }

  void TakeWord() {
    const RawWord& raw = words_[at_];
    if (raw.punctuation != 0) {
      TakePunctuation(raw.punctuation);
    } else if (In(raw.text, {"is", "are", "be", "am", "being"})) {
      Add(TokenKind::kSoft, raw.text, 1);
      be_ = tokens_.size();
    } else if (IsNumberSign()) {
      Add(TokenKind::kWord, "number", 2);
      ++at_;
    } else if (IsSoft(raw.text)) {
      Add(TokenKind::kSoft, raw.text, 1);
    } else if (const auto it = Operators().find(raw.text); it != Operators().end()) {
      Add(TokenKind::kOperator, it->second, 1);
      if (it->second == "WAS") be_ = tokens_.size();
    } else if (raw.text.size() > 3 && raw.text.ends_with("n't")) {
      if (In(raw.text, {"isn't", "aren't"})) be_ = tokens_.size();
      Add(TokenKind::kOperator, "NOT", 1);
    } else {
      TakeContentWord(raw);
    }
    ++at_;
  }

  // "No. 3"
  [[nodiscard]] bool IsNumberSign() const {
    return In(words_[at_].text, {"no", "nos"}) && at_ + 2 < words_.size() && words_[at_ + 1].punctuation == '.' &&
           words_[at_ + 2].digits;
  }

  void TakePunctuation(char mark) {
    switch (mark) {
      case '%':
        return Add(TokenKind::kWord, "percent", 1);
      case '&':
        return Add(TokenKind::kOperator, "AND", 1);
      case '!':
        return Add(TokenKind::kBreak, ".", 1);
      case ',':
      case ';':
      case ':':
      case '.':
      case '?':
      case '(':
      case ')':
        return Add(TokenKind::kBreak, std::string_view(&mark, 1), 1);
      default:
        return Add(TokenKind::kWord, std::string_view(&mark, 1), 1);
    }
  }

  void TakeContentWord(const RawWord& raw) {
    static const std::unordered_map<std::string_view, std::string_view> units = {
        {"usd", "dollar"},   {"gbp", "pound"},   {"eur", "euro"},
        {"\u00a3", "pound"}, {"\u20ac", "euro"}, {"\u00a7", "section"}};
    if (const auto it = units.find(raw.text); it != units.end()) return Add(TokenKind::kWord, it->second, 1);
    const Stem stem = Fold(raw.text);
    Add(TokenKind::kWord, stem.text, 1);
    tokens_.back().possessive = stem.possessive;
    if (!stem.past) return;
    tokens_.back().form = FollowsBe() ? Form::kPassive : Form::kPast;
  }

  // A form of "to be" stands before the last token, with nothing but adverbs and "not" between.
  [[nodiscard]] bool FollowsBe() const {
    if (be_ == 0) return false;
    for (std::size_t i = be_; i + 1 < tokens_.size(); ++i) {
      const Token& token = tokens_[i];
      const bool adverb = token.kind == TokenKind::kWord && token.key.ends_with("ly");
      if (!adverb && !token.negative && token.kind != TokenKind::kSoft && token.key != "ONLY") return false;
    }
    return true;
  }

  // "may not", "shall not": what they forbid is not what "may" and "not" say apart.
  void JoinNegatedModals() {
    std::vector<Token> joined;
    for (Token& token : tokens_) {
      if (token.key == "NOT" && !joined.empty() && token.kind == TokenKind::kOperator) {
        Token& before = joined.back();
        const bool must = before.key == "MUST" || before.key == "SHALL";
        if (before.kind == TokenKind::kOperator && (must || before.key == "MAY")) {
          before.key = must ? "MUSTNOT" : "MAYNOT";
          before.negative = true;
          before.end = token.end;
          continue;
        }
      }
      joined.push_back(std::move(token));
    }
    tokens_ = std::move(joined);
  }

  std::string_view text_;
  Words words_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::size_t be_ = 0;  // one past the token of the last form of "to be"; 0: none
};

}  // namespace

std::vector<Token> Tokenize(std::string_view text, std::size_t start, std::size_t end) {
  return Tokenizer(text, start, end).Run();
}

}  // namespace counsel::text
