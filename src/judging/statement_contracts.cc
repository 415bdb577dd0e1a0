// What the set forms of contracts say besides: enumerations within a sentence, "not except", "no amendment is binding
// unless", "agrees to do A and to be liable".
#include <algorithm>
#include <utility>

#include "judging/splitter.h"
#include "judging/statements.h"
#include "text/words.h"

namespace counsel::judging {
namespace {

bool IsMarker(std::string_view word) {
  if (word.size() == 1) return std::isalnum(static_cast<unsigned char>(word.front())) != 0;
  return !word.empty() && word.size() < 5 && word.find_first_not_of("ivx") == std::string_view::npos;
}

bool IsChange(std::string_view word) {
  return In(word, {"amendment", "amendments", "modification", "modifications", "variation", "variations", "change",
                   "changes", "alteration", "alterations", "waiver", "waivers"});
}

// What is done to a text by a change of it.
std::string_view VerbOfChange(std::string_view word) {
  if (word.starts_with("waiver")) return "waived";
  if (word.starts_with("variation")) return "varied";
  return "amended";
}

}  // namespace

// "shall not include information that (a) is public; (b) was known; or (c) is disclosed": each of them by itself. "and"
// in duties, "or" where nothing is demanded; not where a proviso stands at the end.
void Splitter::Enumerate() {
  std::vector<std::size_t> marks;  // of the opening brackets
  for (std::size_t i = 1; i + 3 < words_.size(); ++i) {
    if (MarkAt(i, "(") && IsMarker(At(i + 1)) && MarkAt(i + 2, ")")) marks.push_back(i);
  }
  if (marks.size() < 2 || !In(At(marks.front() + 1), {"a", "i", "1"})) return;
  const std::size_t head = marks.front();
  std::string join;
  std::vector<std::pair<std::size_t, std::size_t>> items;
  for (std::size_t k = 0; k < marks.size(); ++k) {
    const std::size_t from = marks[k] + 3;
    std::size_t to = k + 1 < marks.size() ? marks[k + 1] : words_.size();
    if (k + 1 < marks.size()) {
      if (IsJoin(At(to - 1))) join = At(--to);
      while (to > from && MarkAt(to - 1, ",;:")) --to;
    }
    if (to <= from + 1) return;
    items.emplace_back(from, to);
  }
  // What stands behind the last item may hold for all.
  for (std::size_t i = items.back().first; i < items.back().second; ++i) {
    if (!MarkAt(i, ",;:")) continue;
    if (In(At(i + 1), {"PROVIDED", "UNLESS", "EXCEPT", "IF", "ONLY", "SUBJECT", "EXTENT", "UNTIL"})) return;
  }
  const std::size_t verb = VerbOf(front_.size(), head);
  if (verb == kNowhere) return;
  const bool denies =
      In(At(verb), {"FORBID", "MAYNOT"}) || In(At(verb + 1), {"NOT", "NO"}) || In(At(front_.size()), {"NO", "NEITHER"});
  bool condition = false;
  for (std::size_t i = front_.size(); i < head; ++i)
    condition = condition || OpensClause(At(i)) != nullptr || In(At(i), {"ONLY", "PROVIDED", "WITHOUT"});
  if (join == "OR") {
    // "may end it if (a) …, or (b) …": each is enough; "only if" says another thing.
    const bool only =
        std::any_of(words_.begin(), words_.begin() + static_cast<std::ptrdiff_t>(head), [](const text::RawWord& word) {
          return In(word.text, {"ONLY", "PROVIDED"});
        });
    const bool enough = At(head - 1) == "IF" && !only && !denies;
    if (!(denies && !condition) && !enough && !(At(verb) == "MAY" && !condition)) return;
  } else if (join != "AND" || condition || denies) {
    return;
  }
  const Words frame = Range(0, head);
  for (const auto& [from, to] : items) {
    const Words item = Range(from, to);
    const Words one = Joined({&frame, &item});
    Add(one);
    // "shall not include: (a) information which"
    Splitter turned(text_, one);
    std::erase_if(turned.words_, [](const text::RawWord& word) { return word.punctuation == ':'; });
    turned.TurnExclusion();
    for (Words& more : turned.out_) Add(std::move(more));
  }
}

// "may not be disclosed except to advisers": may be disclosed only to advisers. "shall not be amended except by".
void Splitter::TurnExcept() {
  const std::size_t verb = VerbOf(front_.size(), words_.size());
  if (verb == kNowhere || verb == 0 || !In(At(verb), {"FORBID", "MAYNOT"})) return;
  std::size_t at = verb + 2;
  while (at < words_.size() && At(at) != "EXCEPT" && !WithoutConsentAt(at) && OpensClause(At(at)) == nullptr &&
         !IsRelative(At(at)) && !MarkAt(at, ";:") && At(at) != "BUT")
    ++at;
  // "without the owner's consent": only with it
  const bool consent = WithoutConsentAt(at);
  const std::string_view inner = at < words_.size() && At(at) == "EXCEPT" ? PrepositionIn(words_[at]) : "";
  std::size_t last = at;  // of what is forbidden
  // "for any purpose other than the trial": for the trial
  const bool purpose = !consent && At(at) == "EXCEPT" && at > verb + 3 && In(At(at - 1), {"purpose", "purposes"}) &&
                       In(At(at - 2), {"ANY", "ALL", "NO"}) && In(At(at - 3), {"FOR", "AT"});
  if (!consent && !purpose && inner.empty() && (At(at) != "EXCEPT" || !IsPreposition(At(at + 1)))) return;
  if (purpose) last = at - 3;
  while (last > verb && MarkAt(last - 1, ",")) --last;
  // "to any third party except to its advisers": to its advisers.
  for (std::size_t i = verb + 2; i < last; ++i) {
    if (At(i) == At(at + 1) && In(At(i + 1), {"ANY", "OTHER"})) {
      last = i;
      break;
    }
  }
  const auto word = [&](std::string_view text) {
    text::RawWord one = words_[at];
    one.text = text;
    return one;
  };
  const Words before = Range(0, verb);
  const Words force = {word("MAY")};
  const Words middle = Range(verb + 1, last);
  Words only = consent ? Words{word("ONLY"), word("WITH")} : Words{word("ONLY")};
  if (!inner.empty()) only.push_back(word(inner));
  if (purpose && inner.empty() && !IsPreposition(At(at + 1))) only.push_back(word("FOR"));
  const Words rest = Range(at + 1, words_.size());
  Add(Joined({&before, &force, &middle, &only, &rest}));
}

// "except to" is one phrase: which preposition stands in it.
std::string_view Splitter::PrepositionIn(const text::RawWord& phrase) const {
  const std::string_view as_written = text_.substr(phrase.start, phrase.end - phrase.start);
  for (const auto& [ending, key] :
       {std::pair<std::string_view, std::string_view>{" to", "TO"}, {" in", "AT"}, {" by", "BY"}, {" for", "FOR"}}) {
    if (as_written.ends_with(ending)) return key;
  }
  return {};
}

bool Splitter::WithoutConsentAt(std::size_t at) const {
  constexpr std::size_t kReach = 8;
  if (At(at) != "WITHOUT") return false;
  for (std::size_t i = at + 1; i < std::min(words_.size(), at + kReach) && words_[i].punctuation == 0; ++i) {
    if (In(At(i), {"consent", "approval", "permission", "authorisation", "authorization"})) return true;
  }
  return false;
}

// "needs the owner's consent to copy it", "must obtain consent before copying it": must not copy it without.
void Splitter::NeedConsent() {
  const std::size_t verb = VerbOf(front_.size(), words_.size());
  std::size_t what = kNowhere;
  std::size_t end = 0;  // of the subject
  for (std::size_t i = front_.size() + 1; i + 4 < words_.size() && what == kNowhere; ++i) {
    if (In(At(i), {"needs", "requires", "need", "require"})) {
      end = i;
      what = i + 1;
    } else if (i == verb && At(i) == "MUST" && In(At(i + 1), {"obtain", "get", "have", "first"})) {
      end = i;
      what = At(i + 1) == "first" ? i + 3 : i + 2;
    }
  }
  if (what == kNowhere) return;
  std::size_t consent = what;
  while (consent < words_.size() && consent - what < 6 &&
         !In(At(consent), {"consent", "approval", "permission", "authorisation", "authorization"}))
    ++consent;
  if (!In(At(consent), {"consent", "approval", "permission", "authorisation", "authorization"})) return;
  std::size_t link = consent + 1;
  while (link < words_.size() && link - consent < 6 && !In(At(link), {"TO", "BEFORE"})) ++link;
  if (!In(At(link), {"TO", "BEFORE"}) || link + 1 >= words_.size()) return;
  const bool verb_follows = At(link) == "TO" ? IsBaseVerb(At(link + 1)) : At(link + 1).ends_with("ing");
  if (!verb_follows) return;
  const auto word = [&](const char* text) {
    text::RawWord one = words_[link];
    one.text = text;
    return one;
  };
  const Words subject = Range(0, end);
  const Words force = {word("FORBID")};
  const Words done = Range(link + 1, words_.size());
  const Words without = {word("WITHOUT")};
  const Words whose = Range(what, link);
  Add(Joined({&subject, &force, &done, &without, &whose}));
}

// "Confidential Information does not include information that is public", "the duty of confidence does not apply to
// it": such information is not confidential.
void Splitter::TurnExclusion() {
  constexpr std::size_t kReach = 14;
  for (std::size_t i = 1; i + 3 < words_.size() && i < kReach; ++i) {
    if (At(i) != "NOT" || !In(At(i - 1), {"does", "do"})) continue;
    const bool includes = In(At(i + 1), {"include", "cover"});
    const bool applies = In(At(i + 1), {"apply", "extend"}) && At(i + 2) == "TO";
    std::size_t what = includes ? i + 2 : i + 3;
    if (!includes && !applies) return;
    bool confidential = false;
    for (std::size_t k = 0; k + 1 < i; ++k) {
      const bool term = In(At(k), {"confidential", "proprietary"}) && At(k + 1) == "information";
      const bool duty =
          In(At(k), {"duty", "obligation", "obligations", "restrictions"}) || At(k).starts_with("confiden");
      confidential = confidential || (includes ? term : duty);
    }
    if (!confidential) return;
    if (In(At(what), {"ANY", "ALL", "such", "that"})) ++what;
    if (In(At(what), {"confidential", "proprietary"})) ++what;
    if (At(what) != "information" || MarkAt(what + 1, ":(,")) return;
    const auto word = [&](const char* text) {
      text::RawWord one = words_[i];
      one.text = text;
      return one;
    };
    const Words things = Range(what, words_.size());
    const Words none = {word("is"), word("NOT"), word("confidential"), word("information")};
    return Add(Joined({&things, &none}));
  }
}

std::vector<Words> Splitter::Restate() {
  TurnExclusion();
  TakeFront();
  NeedConsent();
  TurnExcept();
  TurnRound();
  return std::move(out_);
}

// "No modification of this agreement shall be binding unless in writing": it may only be amended in writing.
void Splitter::Amend() {
  constexpr std::size_t kLongestFront = 24;
  for (std::size_t i = 0; i + 6 < words_.size() && i < kLongestFront; ++i) {
    if (At(i) != "NO" || !IsChange(At(i + 1)) || (i > 0 && !MarkAt(i - 1, ",") && At(i - 1) != "AND")) continue;
    const Words front = i > 0 && MarkAt(i - 1, ",") ? Range(0, i) : Words();
    std::size_t of = i + 2;  // "NO amendment, modification or waiver of"
    std::size_t joins = 0;
    while (of < words_.size() && (MarkAt(of, ",") || IsJoin(At(of)) || IsChange(At(of)))) {
      joins += IsChange(At(of)) ? 1 : 0;
      ++of;
    }
    if (At(of) != "OF" && At(of) != "TO") return;
    std::size_t end = of + 1;  // of what is amended
    while (end < words_.size() && !StartsVerb(end) && !MarkAt(end, ",;:") && !IsJoin(At(end)) && end - of < 8) ++end;
    std::size_t verb = end;
    while (verb < words_.size() && !StartsVerb(verb) && OpensClause(At(verb)) == nullptr) ++verb;
    std::size_t unless = verb;
    while (unless < words_.size() && At(unless) != "UNLESS" && unless - verb < 8) ++unless;
    if (At(unless) != "UNLESS" || end <= of + 1) return;
    const bool holds = std::any_of(words_.begin() + static_cast<std::ptrdiff_t>(verb),
                                   words_.begin() + static_cast<std::ptrdiff_t>(unless), [](const text::RawWord& word) {
                                     return In(word.text, {"effective", "binding", "valid", "enforceable", "made"});
                                   });
    if (!holds) return;
    std::size_t rest = unless + 1;  // "it is", "the same is", "made"
    if (MarkAt(rest, ",")) ++rest;
    if (In(At(rest), {"it", "they"}) && IsBe(At(rest + 1))) rest += 2;
    if (In(At(rest), {"made", "agreed", "approved", "set", "executed", "confirmed"}) && At(rest + 1) == "AT") ++rest;
    if (rest + 1 >= words_.size()) return;
    const auto word = [&](std::string_view text) {
      text::RawWord one = words_[i];
      one.text = text;
      one.punctuation = 0;
      return one;
    };
    const Words what = Range(of + 1, end);
    const Words may = {word("ONLY"), word("MAY"), word("be"), word(VerbOfChange(At(i + 1)))};
    const Words how = Range(rest, words_.size());
    Add(Joined({&front, &what, &may, &how}));
    // "a modification is binding only if it is in writing"
    const Words change = {word("a"), words_[i + 1], word("OF")};
    const Words only = {word("is"), word("effective"), word("ONLY"), word("IF"), word("it"), word("is")};
    const Words full = Range(At(unless + 1) == "it" ? unless + 3 : unless + 1, words_.size());
    Add(Joined({&front, &change, &what, &only, &full}));
    const Words must = {word("MUST"), word("be")};
    Add(Joined({&front, &change, &what, &must, &full}));
    return;
  }
}

// "If a demand occurs, it shall be answered": a demand must be answered.
void Splitter::TakeOccasion() {
  if (front_.size() < 5 || At(0) != "IF") return;
  const std::size_t happens = front_.size() - 2;
  const bool made = In(At(happens), {"made", "given", "received"}) && IsBe(At(happens - 1));
  if (!made && !In(At(happens), {"occurs", "happens", "arises"})) return;
  const std::size_t end = made ? happens - 1 : happens;
  if (!IsArticle(At(1)) && At(1) != "ANY") return;
  if (!IsPhrase(1, end) || !In(At(front_.size()), {"it", "they"}) || !IsModal(At(front_.size() + 1))) return;
  const Words subject = Range(1, end);
  const Words rest = Range(front_.size() + 1, words_.size());
  Add(Joined({&subject, &rest}));
}

// "shall not exceed £500": is limited to £500.
void Splitter::LimitTo() {
  const std::size_t verb = VerbOf(front_.size(), words_.size());
  if (verb == kNowhere || verb == 0 || At(verb) != "FORBID" || At(verb + 1) != "exceed") return;
  const auto word = [&](const char* text) {
    text::RawWord one = words_[verb];
    one.text = text;
    return one;
  };
  const Words before = Range(0, verb);
  const Words limited = {word("is"), word("limited"), word("TO")};
  const Words rest = Range(verb + 2, words_.size());
  Add(Joined({&before, &limited, &rest}));
}

// "may let it, provided that the Tenant may not let it to students": what the proviso forbids is forbidden.
void Splitter::Forbidden() {
  for (std::size_t i = 2; i + 4 < words_.size(); ++i) {
    if (At(i) != "PROVIDED" || !MarkAt(i - 1, ",;")) continue;
    const std::size_t from = At(i + 1) == "IF" ? i + 2 : i + 1;
    const std::size_t verb = SubjectAt(from);
    if (verb == kNowhere || verb == from || !In(At(verb), {"FORBID", "MAYNOT"})) continue;
    if (IsPronoun(At(from))) continue;
    const Words said = Range(from, words_.size());
    Add(said);
    for (const Words& one : RestatementsOf(text_, said)) Add(one);
    return;
  }
}

}  // namespace counsel::judging
