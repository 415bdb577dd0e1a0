// Set forms of words, and what they say besides: each is a function of its own.
#include <algorithm>
#include <utility>

#include "judging/roles.h"
#include "judging/splitter.h"
#include "judging/values.h"

namespace counsel::judging {

// "must ensure that the roof is repaired and that …": "the roof MUST be repaired".
Words Splitter::AfterEnsure(const Words& words, std::size_t from) {
  for (std::size_t i = from; i + 3 < words.size(); ++i) {
    if (words[i].text != "MUST") continue;
    std::size_t verb = i + 1;
    while (verb < words.size() && In(words[verb].text, {"also", "ALL", "AT", "time", "times"})) ++verb;
    if (verb + 2 >= words.size() || !In(words[verb].text, {"ensure", "procure"})) return {};
    if (words[verb + 1].text != "that") return {};
    return {words.begin() + static_cast<std::ptrdiff_t>(verb) + 2, words.end()};
  }
  return {};
}

// What must be ensured, piece by piece, as duties.
void Splitter::AddAll(Words inner) {
  std::vector<Words> pieces(1);
  for (std::size_t i = 0; i < inner.size(); ++i) {
    std::size_t that = i;
    if (IsMark(inner[that], ",") && that + 1 < inner.size()) ++that;
    if (inner[that].text == "AND") ++that;
    if (that > i && that + 1 < inner.size() && inner[that].text == "that") {
      pieces.emplace_back();
      i = that;
      continue;
    }
    pieces.back().push_back(inner[i]);
  }
  for (Words& piece : pieces) {
    for (std::size_t i = 0; i + 1 < piece.size(); ++i) {
      if (IsRelative(piece[i].text)) break;
      if (In(piece[i].text, {"does", "do"}) && piece[i + 1].text == "NOT") {
        piece[i].text = "FORBID";
        piece.erase(piece.begin() + static_cast<std::ptrdiff_t>(i) + 1);
        break;
      }
      if (!In(piece[i].text, {"is", "are"})) continue;
      text::RawWord be = piece[i];
      be.text = "be";
      piece[i].text = piece[i + 1].text == "NOT" ? "FORBID" : "MUST";
      if (piece[i + 1].text == "NOT") {
        piece[i + 1] = be;
      } else {
        piece.insert(piece.begin() + static_cast<std::ptrdiff_t>(i) + 1, be);
      }
      break;
    }
    Words statement = Joined({&front_, &piece});
    Add(std::move(statement));
  }
}

// "She told me that A and that B": she told me that A.
void Splitter::SplitReports() {
  std::size_t that = 1;
  while (that < words_.size() && !(At(that) == "that" && IsReporting(that))) ++that;
  if (that >= words_.size()) return;
  std::vector<std::pair<std::size_t, std::size_t>> pieces;
  std::size_t first = that + 1;
  for (std::size_t i = first; i < words_.size(); ++i) {
    std::size_t next = i;
    if (MarkAt(next, ",")) ++next;
    if (At(next) == "AND") ++next;
    if (next == i || At(next) != "that") continue;
    pieces.emplace_back(first, i);
    first = next + 1;
    i = next;
  }
  if (pieces.empty()) return;
  pieces.emplace_back(first, words_.size());
  const Words frame = Range(0, that + 1);
  for (const auto& [from, to] : pieces) {
    const Words piece = Range(from, to);
    Add(Joined({&frame, &piece}));
  }
}

// "We grant you a licence to copy": you have a licence to copy.
void Splitter::Grant() {
  for (std::size_t i = 1; i + 3 < words_.size(); ++i) {
    if (!In(At(i), {"grant", "grants", "granted", "give", "gives", "gave"})) continue;
    std::size_t whom = i + 1;
    if (At(whom) == "TO") ++whom;
    std::size_t what = IsArticle(At(whom)) ? whom + 2 : whom + 1;
    if (!In(At(what), {"a", "an", "the"})) return;
    if (At(whom) != "you" && !IsRoleNoun(text::Fold(At(what - 1)).text)) return;
    text::RawWord have = words_[i];
    have.text = "have";
    const Words subject = Range(whom, what);
    const Words verb = {have};
    const Words rest = Range(what, words_.size());
    return Add(Joined({&front_, &subject, &verb, &rest}));
  }
}

// "must permit the landlord to enter", "may allow five colleagues to use it": the landlord may enter.
void Splitter::Permit() {
  const std::size_t verb = VerbOf(front_.size(), words_.size());
  if (verb == kNowhere || !In(At(verb), {"MUST", "MAY"}) || !In(At(verb + 1), {"permit", "allow"})) return;
  for (std::size_t i = verb + 2; i + 1 < words_.size() && i < verb + 10; ++i) {
    if (words_[i].punctuation != 0 || In(At(i), {"OR", "BUT", "NOR"}) || IsRelative(At(i)) ||
        OpensClause(At(i)) != nullptr)
      return;
    if (At(i) != "TO" || !IsBaseVerb(At(i + 1)) || i == verb + 2) continue;
    text::RawWord may = words_[i];
    may.text = "MAY";
    const Words subject = Range(verb + 2, i);
    const Words modal = {may};
    const Words rest = Range(i + 1, words_.size());
    return Add(Joined({&front_, &subject, &modal, &rest}));
  }
}

// "may end it by three months' notice, or at once if …": may end it by three months' notice.
void Splitter::CutAlternative() {
  const std::size_t verb = VerbOf(front_.size(), words_.size());
  if (verb == kNowhere || At(verb) != "MAY") return;
  for (std::size_t i = verb + 3; i + 1 < words_.size(); ++i) {
    if (OpensClause(At(i)) != nullptr || IsRelative(At(i))) return;
    if (!MarkAt(i, ",") || At(i + 1) != "OR") continue;
    if (StartAt(i + 2, verb) == Start::kNone) Add(Range(0, i));
    return;
  }
}

// "shall deliver A within ten days, B within a month and C by 1 May": each has its own time.
void Splitter::SplitDeliveries() {
  const std::size_t modal = VerbOf(front_.size(), words_.size());
  if (modal == kNowhere || At(modal) != "MUST" || !IsBaseVerb(At(modal + 1))) return;
  std::size_t from = modal + 2;
  if (At(from) == "TO" && IsArticle(At(from + 1))) from += 3;
  const auto timed = [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first + 1; i < last; ++i) {
      if (In(At(i - 1), {"WITHIN", "BYTIME", "BEFORE", "AFTER", "AT"}) && FindValue(text_, words_, i).words > 0)
        return true;
    }
    return false;
  };
  std::vector<std::pair<std::size_t, std::size_t>> pieces;
  std::size_t first = from;
  for (std::size_t i = from; i <= words_.size(); ++i) {
    const bool end = i == words_.size();
    if (!end && !MarkAt(i, ",") && At(i) != "AND") continue;
    if (!timed(first, i)) {
      if (end) return;
      continue;
    }
    pieces.emplace_back(first, i);
    if (!end && MarkAt(i, ",") && At(i + 1) == "AND") ++i;
    first = i + 1;
  }
  if (pieces.size() < 2) return;
  const Words frame = Range(0, from);
  for (const auto& [begin, last] : pieces) {
    if (begin >= last || StartAt(begin, modal) == Start::kFinite || SubjectAt(begin) != kNowhere) return;
  }
  for (const auto& [begin, last] : pieces) {
    const Words piece = Range(begin, last);
    Add(Joined({&frame, &piece}));
  }
}

// "No waiver is valid unless it is in writing", "effective only if it is": a waiver must be in writing.
void Splitter::Require() {
  for (std::size_t i = 1; i + 4 < words_.size(); ++i) {
    if (!In(At(i), {"is", "MUST"})) continue;
    const std::size_t word = At(i + 1) == "be" ? i + 2 : i + 1;
    if (!In(At(word), {"valid", "effective", "binding"})) continue;
    const bool unless = At(word + 1) == "UNLESS" && (At(0) == "NO" || At(i + 1) == "NOT");
    const bool only = At(word + 1) == "ONLY" && At(word + 2) == "IF";
    const std::size_t it = word + (only ? 3 : 2);
    if ((!unless && !only) || At(it) != "it" || !In(At(it + 1), {"is", "has"})) return;
    text::RawWord must = words_[i];
    must.text = "MUST";
    text::RawWord be = words_[i];
    be.text = "be";
    if (At(it + 1) == "has") return;
    const Words subject = Range(At(0) == "NO" ? 1 : 0, i);
    const Words middle = {must, be};
    const Words rest = Range(it + 2, words_.size());
    return Add(Joined({&subject, &middle, &rest}));
  }
}

bool Splitter::IsReporting(std::size_t that) const {
  for (std::size_t i = that; i > 0 && that - i < 5; --i) {
    const std::string stem = text::Fold(At(i - 1)).text;
    if (IsSayingStem(stem) ||
        In(stem, {"tell", "understand", "notic", "know", "not", "see", "deny", "warrant", "reply"}))
      return true;
  }
  return false;
}

bool Splitter::IsTitle(std::size_t i) const {
  return In(At(i), {"mr", "mrs", "ms", "dr", "sir", "professor"});
}

bool Splitter::CapitalAt(std::size_t i) const {
  return i < words_.size() && words_[i].punctuation == 0 && !words_[i].digits && text_[words_[i].start] >= 'A' &&
         text_[words_[i].start] <= 'Z' && !IsOperator(words_[i]);
}

text::RawWord Splitter::Copula(std::size_t at) const {
  text::RawWord is = words_[at];
  is.text = "is";
  is.punctuation = 0;
  return is;
}

// Before a statement that leaves something out (reading.h).
text::RawWord Splitter::Doubt() const {
  text::RawWord doubt;
  doubt.text = "DOUBT";
  doubt.start = doubt.end = words_.empty() ? 0 : words_.front().start;
  return doubt;
}

// A noun phrase without a verb.
bool Splitter::IsPhrase(std::size_t first, std::size_t last) const {
  constexpr std::size_t kLongest = 9;
  if (first >= last || last - first > kLongest) return false;
  for (std::size_t i = first; i < last; ++i) {
    if (StartsVerb(i) || IsRelative(At(i)) || OpensClause(At(i)) != nullptr || words_[i].punctuation != 0) return false;
  }
  return true;
}

// "the foreman, Mr Threadgold,", "Ms Roke, the underwriter,": the one is the other.
void Splitter::Appose() {
  for (std::size_t i = 0; i < words_.size(); ++i) {
    if (!IsTitle(i) || !CapitalAt(i + 1)) continue;
    std::size_t end = i + 1;
    while (CapitalAt(end)) ++end;
    const Words name = Range(i, end);
    const Words is = {Copula(i)};
    if (MarkAt(end, ",") && IsArticle(At(end + 1))) {
      std::size_t close = end + 1;
      while (close < words_.size() && words_[close].punctuation == 0) ++close;
      if (IsPhrase(end + 1, close)) {
        const Words what = Range(end + 1, close);
        Add(Joined({&name, &is, &what}));
      }
    }
    if (i > 1 && MarkAt(i - 1, ",")) {
      std::size_t first = i - 1;
      while (first > 0 && i - 1 - first < 7 && !IsArticle(At(first)) && words_[first - 1].punctuation == 0) --first;
      if (IsArticle(At(first)) && IsPhrase(first, i - 1)) {
        const Words what = Range(first, i - 1);
        Add(Joined({&name, &is, &what}));
      }
    }
  }
}

// "the south slope, which needs repairs": the south slope needs repairs.
void Splitter::Relate() {
  for (std::size_t i = 2; i + 2 < words_.size(); ++i) {
    if (!MarkAt(i, ",") || !In(At(i + 1), {"which", "who", "whose"})) continue;
    std::size_t first = i;
    while (first > 0 && i - first < 6 && !IsArticle(At(first)) && !StartsVerb(first - 1) &&
           words_[first - 1].punctuation == 0 && !IsJoin(At(first - 1)) && !IsPreposition(At(first - 1)))
      --first;
    if (first == i || !IsPhrase(first, i) || !(IsArticle(At(first)) || CapitalAt(first))) continue;
    std::size_t close = i + 2;
    while (close < words_.size() && !MarkAt(close, ",;:")) ++close;
    const Words subject = Range(first, i);
    const Words said = Range(i + 2, close);
    // "Messrs Hall, whose receipt is enough": the receipt of Messrs Hall is.
    if (At(i + 1) == "whose") {
      const std::size_t verb = VerbOf(i + 2, close);
      if (verb == kNowhere || verb == i + 2) continue;
      text::RawWord of = words_[i + 1];
      of.text = "OF";
      const Words owned = Range(i + 2, verb);
      const Words belongs = {of};
      const Words rest = Range(verb, close);
      Add(Joined({&owned, &belongs, &subject, &rest}));
      continue;
    }
    const std::vector<Words> more = Splitter(text_, Joined({&subject, &said})).Conjuncts();
    if (more.size() < 2) Add(Joined({&subject, &said}));
    for (const Words& one : more) Add(one);
  }
}

// "Quendon Estates Limited (the "Landlord")", "3 Chantry Lane ("the Property")": who or what it is.
void Splitter::Define() {
  for (std::size_t i = 2; i + 2 < words_.size(); ++i) {
    if (!MarkAt(i, "(")) continue;
    std::size_t close = i + 1;
    while (close < words_.size() && words_[close].punctuation == 0 && close - i < 6) ++close;
    if (!MarkAt(close, ")") || close == i + 1 || !CapitalAt(close - 1)) continue;
    if (!IsArticle(At(i + 1)) && !CapitalAt(i + 1)) continue;
    std::size_t first = i;
    while (first > 0 && i - first < 8 && (CapitalAt(first - 1) || words_[first - 1].digits)) --first;
    // "the Ledgerlark bookkeeping service (the "Service")"
    if (first == i) {
      std::size_t article = i;
      while (article > 0 && i - article < 7 && words_[article - 1].punctuation == 0 &&
             !IsOperator(words_[article - 1]) && !StartsVerb(article - 1) && !IsArticle(At(article)))
        --article;
      if (IsArticle(At(article)) && i - article > 1) first = article;
    }
    // "A shareholder who wishes to sell (the "Seller")"
    if (first == i && VerbOf(0, i) == kNowhere && i < 14) first = 0;
    if (first == i) continue;
    const Words name = Range(i + 1, close);
    const Words is = {Copula(i)};
    const Words what = Range(first, i);
    Add(Joined({&name, &is, &what}));
  }
}

// "must pay a fee of £500 on the date of this agreement": the fee is £500.
void Splitter::NameValues() {
  const bool restricted = std::any_of(words_.begin(), words_.end(), [](const text::RawWord& word) {
    return OpensClause(word.text) != nullptr || In(word.text, {"ONLY", "OR", "WITHOUT"});
  });
  if (restricted || !front_.empty()) return;
  for (std::size_t i = 2; i + 1 < words_.size(); ++i) {
    if (At(i) != "OF" || FindValue(text_, words_, i + 1).words == 0) continue;
    std::size_t first = i;
    while (first > 0 && i - first < 5 && !IsArticle(At(first)) && !MarkAt(first - 1, ",;:()") &&
           !IsOperator(words_[first - 1]))
      --first;
    if (!IsArticle(At(first)) || first + 1 >= i) continue;
    std::size_t last = i + 1 + FindValue(text_, words_, i + 1).words;
    while (last < words_.size() && !MarkAt(last, ",;:") && !IsJoin(At(last)) && !StartsVerb(last)) ++last;
    text::RawWord is = words_[i];
    is.text = "is";
    const Words name = Range(first, i);
    const Words copula = {is};
    const std::size_t bare = i + 1 + FindValue(text_, words_, i + 1).words;
    if (In(At(bare), {"AT", "FOR", "TO", "FROM"})) {
      const Words alone = Range(i + 1, bare);
      Add(Joined({&name, &copula, &alone}));
    }
    const Words value = Range(i + 1, last);
    Add(Joined({&name, &copula, &value}));
  }
}

}  // namespace counsel::judging
