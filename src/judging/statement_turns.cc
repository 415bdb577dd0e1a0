// Statements turned round: who is given something receives it, "not unless" is "only if", each condition by itself.
#include <algorithm>
#include <utility>

#include "judging/splitter.h"
#include "text/words.h"

namespace counsel::judging {

// "I give my car to Ann": Ann receives it. "I give £500 to each of my children".
void Splitter::Receive() {
  for (std::size_t i = 1; i + 3 < words_.size(); ++i) {
    if (!In(At(i), {"give", "gives", "gave", "leave", "bequeath", "pay", "pays", "paid", "transfer"})) continue;
    if (In(At(i - 1), {"FORBID", "NOT", "MAYNOT", "TO", "NOTMUST"})) return;
    std::size_t to = i + 1;
    while (to < words_.size() && At(to) != "TO" && words_[to].punctuation == 0 && OpensClause(At(to)) == nullptr) ++to;
    if (to + 1 >= words_.size() || At(to) != "TO" || to == i + 1 || IsBaseVerb(At(to + 1))) return;
    std::size_t end = to + 1;
    while (end < words_.size() && words_[end].punctuation == 0 && OpensClause(At(end)) == nullptr &&
           !(IsPreposition(At(end)) && At(end) != "OF") && !In(At(end), {"AND", "OR", "who", "which"}))
      ++end;
    text::RawWord receive = words_[i];
    const bool modal = IsModal(At(i - 1)) && At(i - 1) != "COULD";
    receive.text = "receive";
    text::RawWord will = words_[i];
    will.text = "WILL";
    const Words front = front_;
    const Words must = modal ? Range(i - 1, i) : Words{will};
    // "each of my children who is alive": what tells of them goes along.
    std::size_t told = end;
    if (In(At(end), {"who"})) {
      while (told < words_.size() && words_[told].punctuation == 0 && OpensClause(At(told)) == nullptr) ++told;
    }
    const Words whom = Range(to + 1, told);
    const Words verb = {receive};
    const Words what = Range(i + 1, to);
    const Words rest = Range(told, words_.size());
    return Add(Joined({&front, &whom, &must, &verb, &what, &rest}));
  }
}

// "I appoint Ann and Ben to be my executors", "appoint Ms Hall as chair": they are the executors.
void Splitter::Appoint() {
  for (std::size_t i = 0; i + 3 < words_.size(); ++i) {
    if (!In(At(i), {"appoint", "appoints", "appointed"}) || (i > 0 && In(At(i - 1), {"MAY", "NOT", "FORBID"})))
      continue;
    if (!CapitalAt(i + 1) && !In(At(i + 1), {"my", "the", "our", "his", "her"})) return;
    std::size_t as = i + 2;
    while (as < words_.size() && At(as) != "as" && !(At(as) == "TO" && At(as + 1) == "be") &&
           words_[as].punctuation != ';' && OpensClause(At(as)) == nullptr)
      ++as;
    const std::size_t what = At(as) == "as" ? as + 1 : as + 2;
    if (as >= words_.size() || OpensClause(At(as)) != nullptr || words_[as].punctuation != 0 || what >= words_.size())
      return;
    const Words is = {Copula(i)};
    const Words who = Range(i + 1, as);
    const Words office = Range(what, words_.size());
    Add(Joined({&front_, &who, &is, &office}));
    return Add(Joined({&front_, &office, &is, &who}));
  }
}

// "is not liable unless it is at fault": is liable only if it is; "may do so only if", "must not unless".
void Splitter::TurnRound() {
  const std::size_t verb = VerbOf(front_.size(), words_.size());
  if (verb == kNowhere) return;
  const bool forbids = At(verb) == "FORBID" || At(verb) == "MAYNOT";
  const bool denies = In(At(verb), {"is", "are", "WILL"}) && At(verb + 1) == "NOT";
  std::size_t at = verb + 2;
  if (forbids || denies) {
    while (at < words_.size() && At(at) != "UNLESS" && OpensClause(At(at)) == nullptr && !IsJoin(At(at))) ++at;
    if (At(at) != "UNLESS") return;
    text::RawWord modal = words_[verb];
    if (forbids) modal.text = "MAY";
    text::RawWord only = words_[at];
    only.text = "ONLY";
    text::RawWord condition = words_[at];
    condition.text = "IF";
    const Words before = Range(0, verb);
    const Words force = {modal};
    const Words middle = Range(denies ? verb + 2 : verb + 1, at);
    const Words opening = {only, condition};
    const Words rest = Range(at + 1, words_.size());
    return Add(Joined({&before, &force, &middle, &opening, &rest}));
  }
  if (At(verb) != "MAY") return;
  // "No boat may be kept here unless it is insured": it may be only if it is.
  if (At(0) == "NO" && front_.empty()) {
    while (at < words_.size() && At(at) != "UNLESS" && OpensClause(At(at)) == nullptr && !IsJoin(At(at))) ++at;
    if (At(at) != "UNLESS") return;
    text::RawWord only = words_[at];
    only.text = "ONLY";
    text::RawWord condition = words_[at];
    condition.text = "IF";
    const Words before = Range(1, at);
    const Words opening = {only, condition};
    const Words rest = Range(at + 1, words_.size());
    return Add(Joined({&before, &opening, &rest}));
  }
  while (at < words_.size() && !(At(at) == "ONLY" && At(at + 1) == "IF") && OpensClause(At(at)) == nullptr &&
         !IsJoin(At(at)))
    ++at;
  if (At(at) != "ONLY" || At(at + 1) != "IF") return;
  text::RawWord modal = words_[verb];
  modal.text = "FORBID";
  text::RawWord unless = words_[at];
  unless.text = "UNLESS";
  const Words before = Range(0, verb);
  const Words force = {modal};
  const Words middle = Range(verb + 1, at);
  const Words opening = {unless};
  const Words rest = Range(at + 2, words_.size());
  Add(Joined({&before, &force, &middle, &opening, &rest}));
}

// "does not prevent a party from selling": a party may sell. "requires the tenant to insure": the tenant must.
void Splitter::Oblige() {
  constexpr std::size_t kReach = 9;
  for (std::size_t i = 1; i + 3 < words_.size(); ++i) {
    // "is not intended to and does not, obligate"
    const bool denied = In(At(i - 1), {"NOT", "FORBID"}) || (i > 1 && MarkAt(i - 1, ",") && At(i - 2) == "NOT");
    const bool prevents = In(At(i), {"prevent", "stop", "preclude", "restrict", "prohibit"}) && denied;
    const bool requires_it =
        In(At(i), {"requires", "required", "obliges", "obliged", "obligates", "obligated"}) ||
        (In(At(i), {"require", "oblige", "obligate"}) && (denied || In(At(i - 1), {"WILL", "MUST"})));
    const bool allows = In(At(i), {"allows", "allowed", "permits", "permitted", "entitles", "entitled", "authorises"});
    if ((!prevents && !requires_it && !allows) || IsBe(At(i - 1)) || At(i - 1) == "have") continue;
    const std::string_view link = prevents ? "FROM" : "TO";
    std::size_t at = i + 1;
    while (at < words_.size() && at - i < kReach && At(at) != link && words_[at].punctuation == 0 &&
           OpensClause(At(at)) == nullptr && !IsRelative(At(at)) && !StartsVerb(at))
      ++at;
    if (At(at) != link || at == i + 1 || at + 1 >= words_.size()) continue;
    if (prevents ? !At(at + 1).ends_with("ing") : !IsBaseVerb(At(at + 1))) continue;
    text::RawWord modal = words_[at];
    modal.text = prevents || allows ? "MAY" : denied ? "NOTMUST" : "MUST";
    const Words who = Range(i + 1, at);
    const Words force = {modal};
    const Words what = Range(at + 1, words_.size());
    return Add(Joined({&front_, &who, &force, &what}));
  }
}

// "extends to the directors but not to the subcontractors": does not extend to these.
void Splitter::Contrast() {
  const std::size_t verb = VerbOf(front_.size(), words_.size());
  if (verb == kNowhere) return;
  for (std::size_t i = verb + 2; i + 1 < words_.size(); ++i) {
    if (At(i) != "EXCEPT" || text_.substr(words_[i].start, 7) != "but not" || !IsPreposition(At(i + 1))) continue;
    std::size_t first = i - 1;  // of what it stands against
    while (first > verb && At(first) != At(i + 1)) --first;
    if (first == verb) return;
    std::size_t end = i + 1;
    while (end < words_.size() && !MarkAt(end, ",;:") && OpensClause(At(end)) == nullptr && !IsJoin(At(end))) ++end;
    text::RawWord does = words_[verb];
    text::RawWord no = words_[verb];
    no.text = "NOT";
    const bool modal = IsModal(At(verb));
    const bool be = IsAuxiliary(At(verb));
    if (At(verb) != "MAY" && !be && modal) return;
    does.text = modal ? "FORBID" : be ? std::string(At(verb)) : "does";
    const Words before = Range(0, verb);
    const Words force = modal ? Words{does} : Words{does, no};
    const Words middle = Range(modal || be ? verb + 1 : verb, first);
    const Words rest = Range(i + 1, end);
    const Words tail = Range(end, words_.size());
    Add(Joined({&before, &force, &middle, &rest, &tail}));
    // What it stands against, by itself; "any animal but not to dogs" is an exception.
    const bool all = std::any_of(words_.begin() + static_cast<std::ptrdiff_t>(verb),
                                 words_.begin() + static_cast<std::ptrdiff_t>(i), [](const text::RawWord& word) {
                                   return In(word.text, {"ANY", "ALL"});
                                 });
    const Words told = Range(0, MarkAt(i - 1, ",") ? i - 1 : i);
    if (!all) Add(Joined({&told, &tail}));
    return;
  }
}

std::vector<Words> Splitter::Alternatives() {
  alternatives_ = true;
  Split();
  if (conjuncts_.size() < 2) return {};
  for (std::size_t c = 1; c < conjuncts_.size(); ++c) {
    if (conjuncts_[c].join != "OR") return {};
  }
  Assemble();
  return out_.size() == conjuncts_.size() ? std::move(out_) : std::vector<Words>();
}

// "may end it if the other is late, is insolvent or dies": each of them is enough; not of "only if", "provided that".
void Splitter::SplitConditions() {
  for (std::size_t i = 0; i + 3 < words_.size(); ++i) {
    if (At(i) != "IF" || (i > 0 && In(At(i - 1), {"ONLY", "PROVIDED", "AND", "OR", "BUT"}))) continue;
    std::size_t end = words_.size();
    if (i == 0) {
      if (front_.empty()) return;
      end = front_.size() - 1;
    }
    for (std::size_t k = i + 1; k < end; ++k) {
      if (MarkAt(k, ";()") || In(At(k), {"PROVIDED", "UNLESS", "EXCEPT", "UNTIL"})) return;
    }
    const Words before = Range(0, i + 1);
    const Words after = Range(end, words_.size());
    for (const Words& one : Splitter(text_, Range(i + 1, end)).Alternatives()) Add(Joined({&before, &one, &after}));
    return;
  }
}

}  // namespace counsel::judging
