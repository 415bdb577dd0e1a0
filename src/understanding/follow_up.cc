#include "understanding/follow_up.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <utility>

#include "understanding/follow_up_words.h"
#include "understanding/name_words.h"
#include "understanding/named_things.h"
#include "understanding/naming.h"
#include "understanding/place.h"

namespace counsel::understanding {
namespace {

constexpr std::size_t kLongestFollowUp = 300;  // bytes: who writes more explains himself

template <std::size_t N>
bool In(std::string_view word, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

constexpr std::array<std::string_view, 6> kContinues = {"and", "but", "or", "so", "then", "also"};
constexpr std::array<std::string_view, 11> kPronouns = {"it",  "its", "they", "them", "their", "he",
                                                        "she", "him", "his",  "her",  "hers"};
constexpr std::array<std::string_view, 4> kPointers = {"that", "this", "these", "those"};
// What makes a pointer stand alone: "When does that end?", but not "that the tenant".
constexpr std::array<std::string_view, 12> kVerbs = {"is",  "are",  "was",   "were", "does",   "do",
                                                     "end", "ends", "apply", "mean", "happen", "be"};
constexpr std::array<std::string_view, 11> kHelpers = {"do",   "does",  "did",   "may",   "must",  "can",
                                                       "will", "would", "shall", "could", "should"};
// Little words: a question of nothing else has no subject of its own.
constexpr std::array<std::string_view, 66> kSmall = {
    "before", "after", "until", "during", "than",   "exactly", "a",     "an",    "the",  "is",    "are",
    "was",    "were",  "be",    "do",     "does",   "did",     "has",   "have",  "had",  "may",   "must",
    "can",    "shall", "will",  "would",  "should", "who",     "whom",  "whose", "what", "which", "when",
    "where",  "why",   "how",   "long",   "much",   "many",    "often", "for",   "of",   "to",    "in",
    "on",     "at",    "by",    "with",   "from",   "and",     "or",    "but",   "not",  "no",    "if",
    "any",    "all",   "there", "then",   "about",  "so",      "due",   "else",  "also", "more",  "that"};

// "Is it permitted to …", "Will it be shown that …": it stands for what follows.
bool StandsForWhatFollows(const std::vector<std::string>& words, std::size_t i) {
  constexpr std::array<std::string_view, 4> kBefore = {"is", "was", "will", "would"};
  constexpr std::size_t kNear = 4;
  if (words[i] != "it" || i == 0 || !In(words[i - 1], kBefore)) return false;
  for (std::size_t j = i + 2; j < std::min(words.size(), i + kNear); ++j) {
    if (words[j] == "to" || words[j] == "that" || words[j] == "whether") return j + 1 < words.size();
  }
  return false;
}

}  // namespace

bool RefersBack(std::string_view question) {
  if (question.size() > kLongestFollowUp) return false;
  const std::vector<std::string> words = LowerWords(question);
  if (words.empty()) return false;
  if (In(words[0], kContinues)) return true;
  const bool what_about = words.size() > 1 && (words[0] == "what" || words[0] == "how") && words[1] == "about";
  if (what_about) return true;
  if (std::all_of(words.begin(), words.end(), [](const std::string& word) { return In(word, kSmall); })) return true;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (In(words[i], kPronouns) && !StandsForWhatFollows(words, i)) {
      // A possessive or object of somebody named before it explains itself: "May the tenant assign his lease?"
      const bool explained =
          words[i] != "it" && std::find(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(i), "the") !=
                                  words.begin() + static_cast<std::ptrdiff_t>(i);
      const bool it_explained = (words[i] == "it" || words[i] == "its") && i > 4;
      if (!explained && !it_explained) return true;
    }
    const bool last = i + 1 == words.size();
    // "What does that cost?": one word behind it, which is no noun then.
    const bool does = i > 0 && i + 2 == words.size() && In(words[i - 1], kHelpers);
    const bool alone = last || does || (i < 3 && In(words[i + 1], kVerbs)) || (i == 1 && In(words[i + 1], kSmall));
    if (In(words[i], kPointers) && alone) return true;
  }
  return false;
}

namespace {

// "what", "may", "does": a question begins with one.
constexpr std::array<std::string_view, 34> kBegins = {
    "what", "which", "who",  "whom",  "whose", "when",  "where", "why",   "how",   "is",     "are",  "was",
    "were", "do",    "does", "did",   "may",   "must",  "can",   "could", "shall", "should", "will", "would",
    "has",  "have",  "had",  "might", "isn",   "doesn", "can't", "need",  "tell",  "whether"};
constexpr std::array<std::string_view, 6> kCopulas = {"is", "are", "was", "were", "s", "be"};
constexpr std::array<std::string_view, 28> kConditions = {
    "for",   "in",    "on",     "at",    "by",     "with",    "from",    "to",     "under",   "if",
    "when",  "after", "before", "until", "during", "without", "because", "within", "between", "where",
    "while", "once",  "unless", "of",    "as",     "per",     "towards", "against"};
constexpr std::array<std::string_view, 9> kPrepositions = {"of",   "in", "under", "for", "on",
                                                           "from", "to", "by",    "with"};
constexpr std::array<std::string_view, 8> kDeterminers = {"the", "a", "an", "any", "our", "my", "your", "each"};
// What happens to the subject of "When does the rent fall due?".
constexpr std::array<std::string_view, 26> kPredicates = {
    "notified", "increased", "kept",  "given",    "due",      "payable",  "paid",  "end",      "ends",
    "expire",   "start",     "begin", "commence", "apply",    "last",     "lasts", "fall",     "increase",
    "rise",     "change",    "held",  "return",   "returned", "reviewed", "run",   "terminate"};
bool IsContent(const Token& token) {
  return token.lower.size() > 1 && !In(token.lower, kSmall) && !In(token.lower, kPronouns) &&
         !In(token.lower, kPointers) && !In(token.lower, kConditions) && !In(token.lower, kBegins);
}

bool HasPronoun(const std::vector<Token>& tokens) {
  return std::any_of(tokens.begin(), tokens.end(), [](const Token& token) { return In(token.lower, kPronouns); });
}

// "and", "but what about": what leads a continuation and says nothing.
std::string WithoutLead(const std::string& question) {
  const std::vector<Token> tokens = Tokens(question);
  std::size_t first = 0;
  while (first < tokens.size() && In(tokens[first].lower, kContinues)) ++first;
  const bool about = first + 1 < tokens.size() && (tokens[first].lower == "what" || tokens[first].lower == "how") &&
                     tokens[first + 1].lower == "about";
  if (about) first += 2;
  return first < tokens.size() ? question.substr(tokens[first].start) : question;
}

// The same question of another document: "And the Acme NDA?", "And under lease-9.pdf?". "" when it is not that.
std::string OfAnotherDocument(const std::string& rest, const std::string& before) {
  if (const Range file = FileName(rest); file.end > 0 && Tokens(rest.substr(0, file.start)).size() < 3) {
    const Range there = FileName(before);
    const std::string name = rest.substr(file.start, file.end - file.start);
    return there.end > 0 ? Replaced(before, there.start, there.end, name)
                         : WithoutMark(before) + " under " + name + "?";
  }
  const std::vector<Naming> here = FindNamings(rest);
  if (here.size() != 1 || here[0].start > 0 || here[0].leading || WithoutMark(rest).size() > here[0].end) return "";
  const std::string name = rest.substr(here[0].name_start, here[0].name_end - here[0].name_start);
  const std::vector<Naming> there = FindNamings(before);
  if (there.empty()) return WithoutMark(before) + " under " + name + "?";
  return Replaced(before, there[0].name_start, there[0].name_end, name);
}

// The same of another place: "And clause 7?".
std::string OfAnotherPlace(const std::string& rest, const std::string& before) {
  const std::vector<PlaceAsked> here = FindPlacesAsked(rest);
  if (here.empty() || Tokens(rest.substr(0, here[0].start)).size() > 1 || WithoutMark(rest).size() > here[0].end)
    return "";
  const std::vector<PlaceAsked> there = FindPlacesAsked(before);
  const std::string place = rest.substr(here[0].start, here[0].end - here[0].start);
  return there.empty() ? rest : Replaced(before, there[0].start, there[0].end, place);
}

// Whether what is asked of is a document: "How long does the Motorola NDA last?". "It" is that document then.
bool AsksOfDocument(const std::string& before) {
  const std::vector<Token> tokens = Tokens(before);
  for (const Naming& naming : FindNamings(before)) {
    const auto after = std::find_if(tokens.begin(), tokens.end(),
                                    [&naming](const Token& token) { return token.start >= naming.name_start; });
    if (naming.subject && after != tokens.begin() && In((after - 1)->lower, kBegins)) return true;
  }
  return false;
}

bool ShareContent(const std::vector<Token>& a, const std::vector<Token>& b) {
  return std::any_of(a.begin(), a.end(), [&b](const Token& token) {
    return IsContent(token) &&
           std::any_of(b.begin(), b.end(), [&token](const Token& other) { return other.lower == token.lower; });
  });
}

// A question behind an "and" that needs nothing of the one before it.
bool StandsByItself(const std::vector<Token>& tokens, const std::vector<Token>& before) {
  if (HasPronoun(tokens) || ShareContent(tokens, before)) return false;
  constexpr std::ptrdiff_t kEnough = 3;
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (In(tokens[i].lower, kDeterminers) && IsContent(tokens[i + 1])) return true;
  }
  return std::count_if(tokens.begin(), tokens.end(), IsContent) >= kEnough;
}

// Where the topic of "What is the rent of Alder House?" begins; 0: it is no such question.
std::size_t TopicOf(const std::vector<Token>& tokens) {
  if (tokens.size() < 3) return 0;
  std::size_t at = 1;
  if (tokens[0].lower == "how" && In(tokens[1].lower, kSmall)) ++at;  // "how much is"
  const bool asks = tokens[0].lower == "what" || tokens[0].lower == "who" || tokens[0].lower == "how" ||
                    tokens[0].lower == "where" || tokens[0].lower == "which";
  if (!asks || at + 1 >= tokens.size() || !In(tokens[at].lower, kCopulas)) return 0;
  // "Who is liable for …" has a predicate, no topic.
  return In(tokens[at + 1].lower, kDeterminers) || tokens[at + 1].capital ? at + 1 : 0;
}

// Of the topic what says whose it is: " of Alder House", " under the Acme lease". "" for "on liability".
std::string WhoseOf(const std::string& before, const std::vector<Token>& tokens, std::size_t topic) {
  for (std::size_t i = topic + 1; i + 1 < tokens.size(); ++i) {
    if (!In(tokens[i].lower, kPrepositions)) continue;
    std::size_t end = i + 1;
    while (end < tokens.size() && !In(tokens[end].lower, kPrepositions)) ++end;
    const bool names = std::any_of(tokens.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                   tokens.begin() + static_cast<std::ptrdiff_t>(end),
                                   [](const Token& token) { return IsDocumentNoun(token.lower); });
    if (names || tokens[i + 1].capital) return WithoutMark(" " + before.substr(tokens[i].start));
  }
  return "";
}

// "May the tenant keep a dog?", "a cat": the last thing of that kind gives way. "When does the rent fall due?", "the
// deposit": the subject does. "" when neither is there.
std::string Exchanged(const std::string& before, const std::vector<Token>& tokens, const std::string& phrase,
                      const std::string& determiner) {
  const bool definite = determiner == "the";
  const bool indefinite = determiner == "a" || determiner == "an" || determiner == "any";
  if (!definite && !indefinite) {
    // "other repairs" for "urgent repairs".
    const std::string head = Tokens(phrase).back().lower;
    for (std::size_t i = tokens.size(); i-- > 1;) {
      std::size_t first = i;
      while (first > 0 && IsContent(tokens[first - 1])) --first;
      const bool noun = first == 0 || !In(tokens[first - 1].lower, kDeterminers);
      if (noun && tokens[i].lower == head) return Replaced(before, tokens[first].start, tokens[i].end, phrase);
    }
    return "";
  }
  for (std::size_t i = tokens.size(); i-- > 0;) {
    const std::string& word = tokens[i].lower;
    const bool alike = definite ? word == "the" : word == "a" || word == "an" || word == "any";
    if (!alike || i + 1 >= tokens.size()) continue;
    std::size_t end = i + 1;
    while (end < tokens.size() && IsContent(tokens[end]) && !In(tokens[end].lower, kPredicates)) ++end;
    if (end == i + 1) continue;
    if (definite && (end >= tokens.size() || !In(tokens[end].lower, kPredicates))) continue;
    return Replaced(before, tokens[i].start, tokens[end - 1].end, phrase);
  }
  return "";
}

// "And the tenant?" of a question that has one party: "May the landlord assign?". "" when it has none, or several.
std::string OfAnotherParty(const std::string& phrase, const std::string& before, const std::vector<Token>& tokens) {
  std::size_t at = 0;
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    if (tokens[i - 1].lower != "the" || !IsOfWhenOrWhom({tokens[i]}) || IsTime({tokens[i]})) continue;
    if (at > 0) return "";
    at = i;
  }
  return at == 0 ? "" : Replaced(before, tokens[at - 1].start, tokens[at].end, phrase);
}

// "the deposit", behind "and" or "what about".
std::string OfAnotherTopic(const std::string& rest, const std::string& before) {
  const std::string phrase = WithoutMark(rest);
  const std::vector<Token> here = Tokens(phrase);
  const std::vector<Token> there = Tokens(before);
  const std::size_t topic = TopicOf(there);
  const bool party = IsOfWhenOrWhom(here);
  if (topic > 0) {
    const std::vector<Token> asked(there.begin() + static_cast<std::ptrdiff_t>(topic), there.end());
    if (IsTime(here)) return "";
    const bool somebody = std::all_of(here.begin(), here.end(), [](const Token& token) { return token.capital; });
    if (somebody && here.size() > 1) return "Who is " + phrase + "?";
    const bool names_its_own =
        std::any_of(here.begin(), here.end(), [](const Token& token) { return In(token.lower, kPrepositions); });
    return std::string(party ? "Who is " : "What is ") + phrase + (names_its_own ? "" : WhoseOf(before, there, topic)) +
           "?";
  }
  if (party) return IsTime(here) ? "" : OfAnotherParty(phrase, before, there);
  const std::string exchanged = Exchanged(before, there, phrase, here[0].lower);
  return exchanged.empty() ? "What about " + phrase + "?" : exchanged;
}

// "And her notice period?" behind "What is Dr Byrne's salary?": whose that is, is told there. "" where nobody, or more
// than one, is named.
std::string OfHisThing(const std::string& rest, const std::vector<Token>& here, const std::string& before,
                       const std::vector<Token>& there) {
  static constexpr std::array<std::string_view, 3> kHis = {"her", "his", "their"};
  constexpr std::size_t kLongest = 4;
  if (here.size() < 2 || here.size() > kLongest + 1 || !In(here[0].lower, kHis)) return "";
  if (!std::all_of(here.begin() + 1, here.end(), IsContent)) return "";
  std::vector<std::string> owners = NamedThings(before);
  for (std::size_t i = 1; i < there.size(); ++i) {
    if (there[i - 1].lower == "the" && IsOfWhenOrWhom({there[i]}) && !IsTime({there[i]}))
      owners.push_back("the " + there[i].lower);
  }
  if (owners.size() != 1) return "";
  return "What is " + owners[0] + "'s " + WithoutMark(rest.substr(here[1].start)) + "?";
}

// "How is it paid?" behind "When is the rent reviewed under the Acme lease?": the rent, not its review. "" when it is
// not told what "it" is.
std::string OfItsSubject(const std::string& rest, const std::vector<Token>& here, const std::string& before,
                         const std::vector<Token>& there) {
  const auto it = std::find_if(here.begin(), here.end(), [](const Token& token) { return token.lower == "it"; });
  const bool asks =
      there.size() > 3 && (there[0].lower == "when" || there[0].lower == "how" || there[0].lower == "where");
  if (it == here.end() || !asks || there[2].lower != "the") return "";
  std::size_t end = 3;
  while (end < there.size() && IsContent(there[end]) && !In(there[end].lower, kPredicates)) ++end;
  if (end == 3 || end >= there.size() || !In(there[end].lower, kPredicates)) return "";
  const std::string subject = before.substr(there[2].start, there[end - 1].end - there[2].start);
  return WithoutMark(Replaced(rest, it->start, it->end, subject)) + WhoseOf(before, there, end) + "?";
}

// "Who signed the NDA?" asks of nothing but a document: where that is, what "it" stands for. 0, 0: it is no such
// question.
Range OnlyOfDocument(const std::string& before, const std::vector<Token>& there) {
  static constexpr std::array<std::string_view, 10> kOfAll = {"signed", "sign", "signs", "made",     "dated",
                                                              "wrote",  "drew", "write", "executed", "witnessed"};
  const std::vector<Naming> named = FindNamings(before);
  if (named.size() != 1) return {};
  const bool only = std::all_of(there.begin(), there.end(), [&named](const Token& token) {
    const bool of_name = token.start >= named[0].start && token.end <= named[0].end;
    return of_name || !IsContent(token) || In(token.lower, kOfAll);
  });
  return only ? Range{named[0].name_start, named[0].name_end} : Range{};
}

// "The NDA - who signed it?", behind "what about": a document, and a question of it. It stands by itself: "Who signed
// the NDA?". "" when it is not that.
std::string OfDocumentNamedFirst(const std::string& rest) {
  const std::vector<Naming> named = FindNamings(rest);
  if (named.empty() || named[0].start > 0 || named[0].leading) return "";
  const std::vector<Token> tokens = Tokens(rest);
  const auto behind = [&named](const Token& token) {
    return token.start >= named[0].end && !token.lower.starts_with("\xE2\x80");  // a dash is a token too
  };
  const auto first = std::find_if(tokens.begin(), tokens.end(), behind);
  if (first == tokens.end() || !In(first->lower, kBegins)) return "";
  const std::string between = rest.substr(named[0].end, first->start - named[0].end);
  if (between.find_first_of(",;:-?.") == std::string::npos && between.find("\xE2\x80") == std::string::npos) return "";
  const auto it = std::find_if(first, tokens.end(), [](const Token& token) { return token.lower == "it"; });
  if (it == tokens.end()) return "";
  const std::string name = rest.substr(named[0].name_start, named[0].name_end - named[0].name_start);
  return Replaced(rest, it->start, it->end, name).substr(first->start);
}

// "" when it needs the whole of `before` beside it.
std::string MadeOfOne(const std::string& question, const std::string& before) {
  const std::string rest = WithoutLead(question);
  const std::vector<Token> here = Tokens(rest);
  const std::vector<Token> there = Tokens(before);
  if (std::none_of(here.begin(), here.end(), [](const Token& token) { return IsContent(token) || token.capital; }))
    return "";
  if (std::string other = OfAnotherDocument(rest, before); !other.empty()) return other;
  if (std::string other = OfAnotherPlace(rest, before); !other.empty()) return other;
  if (rest.size() < question.size()) {
    if (std::string other = OfAnotherThing(WithoutMark(rest), before); !other.empty()) return other;
  }
  const bool asks = In(here[0].lower, kBegins);
  const bool content = std::any_of(here.begin(), here.end(), IsContent);
  if (HasPronoun(here)) {
    const bool names = !FindNamings(before).empty() || FileName(before).end > 0;
    const auto it = std::find_if(here.begin(), here.end(), [](const Token& token) { return token.lower == "it"; });
    if (const Range name = OnlyOfDocument(before, there); asks && name.end > 0 && it != here.end()) {
      return Replaced(rest, it->start, it->end, before.substr(name.start, name.end - name.start));
    }
    const bool of_it = it != here.end() || In(here.back().lower, kPointers);
    if (asks && content && of_it && (AsksOfDocument(before) || (names && IsOfDocument(here)))) return rest;
    if (asks && content && IsDoneWithAgreements(here)) return rest;
    if (!asks && rest.size() < question.size()) return OfHisThing(rest, here, before, there);
    return asks && content ? OfItsSubject(rest, here, before, there) : "";
  }
  if (asks) return StandsByItself(here, there) ? rest : "";
  if (!content || rest.size() == question.size() || In(here[0].lower, kConditions)) return "";
  return OfAnotherTopic(rest, before);
}

}  // namespace

std::string MadeWhole(const std::string& question, const std::vector<std::string>& earlier) {
  std::string before;
  std::string last;  // as it was made whole: what hung on the one before it has that above it
  const auto whole = [&before, &last](const std::string& asked) {
    if (!RefersBack(asked)) return asked;
    const std::string rest = WithoutLead(asked);
    std::string made = OfDocumentNamedFirst(rest);
    if (made.empty() && before.empty()) return asked;
    // "Who signed it?", "And for Flat 1?": who signed that one's.
    const bool hangs = last.find('\n') != std::string::npos && rest.size() < asked.size();
    if (made.empty() && hangs) made = OfAnotherThing(WithoutMark(rest), last);
    if (made.empty()) made = MadeOfOne(asked, before);
    if (made.empty()) return before + "\n" + asked;
    made[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(made[0])));
    return made;
  };
  for (const std::string& asked : earlier) {
    std::string made = whole(asked);
    last = made;
    // What needed the one before it does not take its place.
    const bool stands = made != asked || !RefersBack(asked) || !before.empty() || !NamedThings(asked).empty();
    if (made.find('\n') == std::string::npos && stands) {
      before = std::move(made);
    }
  }
  return whole(question);
}

}  // namespace counsel::understanding
