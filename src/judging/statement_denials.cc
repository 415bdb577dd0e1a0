// What is denied in set forms of words: "nothing here shall be construed as granting a licence", "without warranty".
#include <algorithm>
#include <utility>

#include "judging/splitter.h"
#include "text/words.h"

namespace counsel::judging {
namespace {

bool Grants(std::string_view word) {
  return In(word, {"granting", "grant", "conferring", "confer", "giving", "give", "transferring", "transfer"});
}

}  // namespace

// "Neither A nor B shall be construed as granting the recipient any right": the recipient does not get any right.
void Splitter::DenyGrant() {
  bool denies = false;
  std::size_t i = 0;
  for (; i + 3 < words_.size(); ++i) {
    denies = denies || In(At(i), {"NEITHER", "NOR", "NO", "FORBID", "NOT", "MAYNOT"});
    if (OpensClause(At(i)) != nullptr && i > 0) return;
    if (In(At(i), {"construed", "deemed", "interpreted", "intended", "operate", "understood"})) break;
  }
  if (!denies || i + 3 >= words_.size()) return;
  constexpr std::size_t kReach = 7;
  std::size_t verb = i + 1;
  while (verb < words_.size() && verb - i < kReach && !Grants(At(verb))) ++verb;
  // "as granting", "to grant", "as the granting of"
  const bool noun = At(verb - 1) == "the" && At(verb - 2) == "as" && At(verb + 1) == "OF";
  if (!Grants(At(verb)) || !(At(verb - 1) == "as" || At(verb - 1) == "TO" || noun)) return;
  std::size_t what = noun ? verb + 2 : verb + 1;
  while (In(At(what), {"OR", "AND"}) && Grants(At(what + 1))) what += 2;
  // "granting to the recipient any right", "granting the recipient any right", "granting any right to the recipient"
  Words who;
  const auto take = [&](std::size_t at) {
    const std::size_t noun = IsArticle(At(at)) || At(at) == "EITHER" ? at + 1 : at;
    if (noun >= words_.size() || !IsRoleNoun(text::Fold(At(noun)).text) || !who.empty()) return at;
    who = Range(at, noun + 1);
    return noun + 1;
  };
  what = take(At(what) == "TO" ? what + 1 : what);
  std::size_t end = what;
  while (end < words_.size() && !MarkAt(end, ",;:.") && !(IsJoin(At(end)) && SubjectAt(end + 1) != kNowhere)) ++end;
  for (std::size_t k = what; k + 1 < end; ++k) {
    if (At(k) == "TO" && take(k + 1) == end) end = k;
  }
  // A restriction behind it belongs to it.
  std::size_t rest = end;
  while (rest < words_.size() && OpensClause(At(rest)) == nullptr && !MarkAt(rest, ";.")) ++rest;
  if (In(At(what), {"ANY", "a", "an", "the"})) ++what;
  if (what >= end) return;
  text::RawWord one = words_[verb];
  const auto word = [&](const char* text) {
    one.text = text;
    return one;
  };
  Words things = Range(what, end);
  if (rest < words_.size() && OpensClause(At(rest)) != nullptr)
    things.insert(things.end(), words_.begin() + static_cast<std::ptrdiff_t>(rest), words_.end());
  const Words none = {word("NO")};
  const Words given = {word("is"), word("granted")};
  Add(Joined({&none, &things, &given}));
  const Words receives = {word("does"), word("NOT"), word("get"), word("ANY")};
  const Words to = {word("TO")};
  if (who.empty()) return;
  Add(Joined({&who, &receives, &things}));
  Add(Joined({&none, &things, &given, &to, &who}));
}

// "No license is granted hereunder", "this agreement does not confer any right", "IBC does not grant any right to the
// Vendor": nobody, or the Vendor, gets one.
void Splitter::DenyRight() {
  const auto thing = [](std::string_view word) {
    return In(word, {"license", "licence", "licenses", "licences", "right", "rights", "title", "interest", "grant",
                     "ownership"});
  };
  const auto grants = [](std::string_view word) {
    return In(word, {"grant", "grants", "confer", "confers", "give", "gives", "convey", "conveys", "transfer",
                     "constitute", "provide", "create"});
  };
  const auto granted = [](std::string_view word) {
    return In(word, {"granted", "conferred", "given", "provided", "conveyed", "transferred", "created", "implied"});
  };
  std::size_t what = kNowhere;
  std::size_t end = kNowhere;
  std::size_t behind = words_.size();
  for (std::size_t i = front_.size(); i + 2 < words_.size() && what == kNowhere; ++i) {
    if (OpensClause(At(i)) != nullptr || MarkAt(i, ";:")) return;
    const bool denied = i > 0 && (In(At(i - 1), {"NOT", "FORBID", "MAYNOT"}));
    // "agrees that no license is granted"
    if (At(i) == "NO" && (i == front_.size() || At(i - 1) == "that")) {
      std::size_t verb = i + 1;
      while (verb < words_.size() && !(IsBe(At(verb)) && granted(At(verb + 1))) &&
             !(IsModal(At(verb)) && At(verb + 1) == "be" && granted(At(verb + 2))) &&
             OpensClause(At(verb)) == nullptr && !MarkAt(verb, ";:"))
        ++verb;
      if (verb >= words_.size() || !(IsBe(At(verb)) || IsModal(At(verb)))) return;
      what = i + 1;
      end = verb;
      behind = verb + (IsModal(At(verb)) ? 3 : 2);
    } else if (grants(At(i)) && (denied || At(i + 1) == "NO")) {
      what = i + 2;
      if (!In(At(i + 1), {"NO", "ANY", "a", "an"})) --what;
      end = what;
      while (end < words_.size() && OpensClause(At(end)) == nullptr && !MarkAt(end, ";:.")) ++end;
      behind = end;
    }
  }
  if (what == kNowhere || end <= what) return;
  bool right = false;
  for (std::size_t i = what; i < end; ++i) right = right || thing(At(i));
  if (!right) return;
  // "any right to the Vendor to or under any patents": to whom.
  Words who;
  Words things;
  for (std::size_t i = what; i < end; ++i) {
    const std::size_t noun = IsArticle(At(i + 1)) || At(i + 1) == "EITHER" ? i + 2 : i + 1;
    if (At(i) == "TO" && noun < end && who.empty() && IsRoleNoun(text::Fold(At(noun)).text) &&
        !text::Fold(At(noun)).possessive) {
      who = Range(i + 1, noun + 1);
      i = noun;
      continue;
    }
    things.push_back(words_[i]);
  }
  // What stands behind it belongs to it: "no right is granted to assign".
  for (std::size_t i = behind; i < words_.size() && !MarkAt(i, ";."); ++i) {
    const std::size_t noun = IsArticle(At(i + 1)) || At(i + 1) == "EITHER" ? i + 2 : i + 1;
    if (At(i) == "TO" && who.empty() && IsRoleNoun(text::Fold(At(noun)).text) && !text::Fold(At(noun)).possessive) {
      who = Range(i + 1, noun + 1);
      i = noun;
      continue;
    }
    things.push_back(words_[i]);
  }
  text::RawWord one = words_[what];
  const auto word = [&](const char* text) {
    one.text = text;
    one.punctuation = 0;
    return one;
  };
  const Words none = {word("NO")};
  const Words given = {word("is"), word("granted")};
  const Words receives = {word("does"), word("NOT"), word("get"), word("ANY")};
  Add(Joined({&none, &things, &given}));
  if (!who.empty()) return Add(Joined({&who, &receives, &things}));
  for (const char* anybody : {"recipient", "licensee"}) {
    const Words nobody = {word("the"), word(anybody)};
    Add(Joined({&nobody, &receives, &things}));
  }
}

// "provides the plans on an as-is basis and without warranty": no warranty is given about the plans.
void Splitter::DenyWarranty() {
  for (std::size_t i = 2; i + 1 < words_.size(); ++i) {
    if (At(i) != "WITHOUT") continue;
    constexpr std::size_t kReach = 6;
    std::size_t warranty = i + 1;
    while (warranty < words_.size() && warranty - i < kReach && !At(warranty).starts_with("warrant") &&
           (words_[warranty].punctuation == 0 || MarkAt(warranty, ",")))
      ++warranty;
    if (!At(warranty).starts_with("warrant")) continue;
    std::size_t verb = i;
    while (verb > 0 && !In(At(verb), {"provides", "provide", "provided", "supplied", "supplies", "disclosed",
                                      "licensed", "delivered", "furnished"}))
      --verb;
    if (verb == 0) return;
    const bool passive = In(At(verb - 1), {"is", "are", "be"});
    Words things;
    if (passive) {
      std::size_t last = verb - 1;
      while (last > 0 && (StartsVerb(last) || At(last) == "be")) --last;
      std::size_t first = last;
      while (first > 0 && last - first < kReach && words_[first - 1].punctuation == 0 &&
             !IsOperator(words_[first - 1]) && !IsArticle(At(first)))
        --first;
      things = Range(first, last + 1);
    } else {
      std::size_t last = verb + 1;
      while (last < i && !IsOperator(words_[last]) && words_[last].punctuation == 0) ++last;
      things = Range(verb + 1, last);
    }
    if (things.empty()) return;
    text::RawWord one = words_[i];
    const auto word = [&](const char* text) {
      one.text = text;
      return one;
    };
    const Words none = {word("NO"), words_[warranty], word("is"), word("given"), word("ABOUT")};
    return Add(Joined({&none, &things}));
  }
}

// "We make an order, so that the Respondent may not add its costs": it may not.
void Splitter::TakeResult() {
  for (std::size_t i = 2; i + 4 < words_.size(); ++i) {
    if (!MarkAt(i, ",") || At(i + 1) != "so" || At(i + 2) != "that") continue;
    const bool restricted =
        std::any_of(words_.begin(), words_.begin() + static_cast<std::ptrdiff_t>(i), [](const text::RawWord& word) {
          return OpensClause(word.text) != nullptr || word.text == "NOT" || word.text == "NO" || IsModal(word.text);
        });
    if (!restricted && SubjectAt(i + 3) != kNowhere) Add(Range(i + 3, words_.size()));
    return;
  }
}

// "must be proposed by one, seconded by another and displayed for a week": each of them. Not where "or" joins duties.
void Splitter::SplitPassives() {
  const std::size_t verb = VerbOf(front_.size(), words_.size());
  if (verb == kNowhere) return;
  std::size_t first = verb + 1;
  if (At(first) == "NOT") ++first;
  if (IsModal(At(verb)) && At(first++) != "be") return;
  if (!IsModal(At(verb)) && !IsBe(At(verb))) return;
  const auto participle = [&](std::size_t i) {
    while (At(i).ends_with("ly")) ++i;
    return i < words_.size() && words_[i].punctuation == 0 && !IsOperator(words_[i]) && text::Fold(At(i)).past;
  };
  if (!participle(first)) return;
  std::vector<std::pair<std::size_t, std::size_t>> pieces;
  const Words frame = Range(0, first);
  std::string join;
  for (std::size_t i = first; i <= words_.size(); ++i) {
    const bool end = i == words_.size() || MarkAt(i, ";:.");
    std::size_t next = i;
    if (!end && MarkAt(next, ",")) ++next;
    if (!end && In(At(next), {"AND", "OR"})) join = At(next++);
    if (!end && (next == i || !participle(next))) continue;
    if (first >= i) return;
    pieces.emplace_back(first, i);
    first = next;
    if (end) break;
    i = next;
  }
  if (pieces.size() < 2 || (join != "AND" && In(At(verb), {"MUST", "is", "are", "WILL", "ISTO"}))) return;
  Conjunct last;
  last.first = pieces.back().first;
  last.last = pieces.back().second;
  const Words trail = TrailOf(last);
  for (const auto& [from, to] : pieces) {
    const Words piece = Range(from, to);
    Add(from == last.first ? Joined({&frame, &piece}) : Joined({&frame, &piece, &trail}));
  }
}

// "…; accordingly, if it is late, it shall pay": what stands behind a semicolon, by itself. Not where one of them is a
// proviso.
void Splitter::SplitAtSemicolons() {
  std::vector<std::pair<std::size_t, std::size_t>> pieces;
  std::size_t first = 0;
  int depth = 0;
  for (std::size_t i = 0; i <= words_.size(); ++i) {
    if (MarkAt(i, "(")) ++depth;
    if (MarkAt(i, ")")) --depth;
    if (i < words_.size() && (!MarkAt(i, ";") || depth > 0)) continue;
    pieces.emplace_back(first, i);
    first = i + 1;
  }
  if (pieces.size() < 2) return;
  for (auto& [from, to] : pieces) {
    if (IsJoin(At(from))) ++from;
    if (In(At(from), {"PROVIDED", "UNLESS", "EXCEPT", "ONLY", "SUBJECT", "EXTENT", "UNTIL", "NOT"}) || IsJoin(At(from)))
      return;
    if (MarkAt(from + 1, ",") &&
        In(At(from), {"accordingly", "therefore", "consequently", "hence", "furthermore", "moreover", "additionally"}))
      from += 2;
  }
  for (std::size_t p = 1; p < pieces.size(); ++p) {
    const auto [from, to] = pieces[p];
    if (from >= to || At(from) != "IF" || VerbOf(from, to) == kNowhere) continue;
    // Its main clause stands in it: "if A, B shall".
    bool main = false;
    for (std::size_t i = from; i < to; ++i) {
      const std::size_t next = MarkAt(i, ",") && At(i + 1) == "then" ? i + 2 : i + 1;
      main = main || (MarkAt(i, ",") && SubjectAt(next) != kNowhere);
    }
    if (main) Add(Range(from, to));
  }
}

}  // namespace counsel::judging
