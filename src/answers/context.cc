#include "answers/context.h"

#include <algorithm>
#include <string_view>

namespace counsel::answers {
namespace {

using text::TokenKind;

bool In(const Token& token, TokenKind kind, std::initializer_list<std::string_view> keys) {
  return token.kind == kind && std::find(keys.begin(), keys.end(), token.key) != keys.end();
}

bool IsBreak(const Token& token) {
  return token.kind == TokenKind::kBreak;
}
bool IsBreak(const Token& token, std::string_view key) {
  return token.kind == TokenKind::kBreak && token.key == key;
}
bool IsOperator(const Token& token, std::string_view key) {
  return token.kind == TokenKind::kOperator && token.key == key;
}

bool IsModal(const Token& token) {
  return In(token, TokenKind::kOperator,
            {"MUST", "SHALL", "WILL", "WOULD", "SHOULD", "MAY", "MIGHT", "MAYNOT", "MUSTNOT", "WAS"});
}

// A verb that makes a clause of its own: a modal, or a form of to be, have, do.
bool IsFinite(const Token& token) {
  return IsModal(token) || In(token, TokenKind::kSoft, {"is", "are", "am", "has", "have", "do", "does"});
}

// After a comma or at the head of a sentence: what follows restricts what it is joined to.
bool OpensRestriction(const Token& token) {
  return token.condition || token.negative ||
         In(token, TokenKind::kOperator,
            {"BUT", "AFTER", "BEFORE", "WITHIN", "DURING", "WITH", "WITHOUT", "OR", "INSTEADOF", "SINCE", "ASLONGAS",
             "BYTIME"});
}

bool OpensIntroduction(const Token& token) {
  return OpensRestriction(token) || In(token, TokenKind::kOperator, {"AT", "FOR", "UNDER", "BY", "FROM", "TO"});
}

// "However, …": joins a sentence to the one before and restricts nothing in it.
bool IsTransition(const Token& token) {
  return In(token, TokenKind::kWord, {"however", "moreover", "therefor", "thus", "furthermor", "additionally"});
}

// "Regardless of A, B", "Although A, B": B holds all the same.
bool OpensConcession(const Token& token) {
  return In(token, TokenKind::kOperator, {"DESPITE", "ALTHOUGH", "EVENIF", "WHETHER"}) ||
         In(token, TokenKind::kWord, {"regardless"});
}

bool Counts(const Token& token) {
  if (IsTransition(token)) return false;
  return token.kind == TokenKind::kWord || token.kind == TokenKind::kOperator || token.kind == TokenKind::kNumber;
}

// Between commas, an item of a list of alternatives is no aside: whether ", or" comes after the comma at tokens[i].
bool ListsAlternatives(const std::vector<Token>& tokens, std::size_t i) {
  for (; i + 1 < tokens.size() && !IsBreak(tokens[i], ".") && !IsBreak(tokens[i], ";"); ++i) {
    if (IsBreak(tokens[i]) && In(tokens[i + 1], TokenKind::kOperator, {"OR", "ANDOR"})) return true;
  }
  return false;
}

}  // namespace

std::size_t AfterAside(const std::vector<Token>& tokens, std::size_t i) {
  constexpr std::size_t kLongest = 30;
  const bool bracket = IsBreak(tokens[i], "(");
  if (!bracket && !IsBreak(tokens[i], ",")) return i;
  for (std::size_t j = i + 1; j < tokens.size() && j - i <= kLongest; ++j) {
    const Token& token = tokens[j];
    if (IsBreak(token, bracket ? ")" : ",")) {
      return !bracket && ListsAlternatives(tokens, j) ? i : j + 1;
    }
    if (IsBreak(token) || token.negative || token.condition || IsModal(token)) return i;
    if (!bracket && (token.kind == TokenKind::kNumber || OpensRestriction(token) ||
                     In(token, TokenKind::kOperator, {"OR", "AND"}))) {
      return i;
    }
  }
  return i;
}

Region MakeRegion(const std::vector<int>& matched, std::size_t join) {
  Region region;
  for (std::size_t i = 0; i < matched.size(); ++i) {
    if (matched[i] < 0) continue;
    const auto at = static_cast<std::size_t>(matched[i]);
    if (join != 0 && i >= join && region.join == 0) region.join = at;
    region.matched.push_back(at);
  }
  region.first = region.matched.front();
  region.last = region.matched.back();
  return region;
}

std::size_t Surroundings::SentenceStart(std::size_t i) const {
  while (i > 0 && sentence_[i - 1] == sentence_[i]) --i;
  return i;
}

std::size_t Surroundings::SentenceEnd(std::size_t i) const {
  while (i < tokens_.size() && sentence_[i] == sentence_[std::min(i, tokens_.size() - 1)]) {
    if (i + 1 == tokens_.size() || sentence_[i + 1] != sentence_[i]) return i + 1;
    ++i;
  }
  return i;
}

std::size_t Surroundings::FirstShown(const Region& region) const {
  std::size_t first = region.first;
  while (first > 0 && tokens_[first - 1].kind == TokenKind::kSoft && sentence_[first - 1] == sentence_[first]) --first;
  return first;
}

bool Surroundings::Allow(const Region& region) const {
  if (region.join != 0) {
    // The clause that changed places must be one in the source too.
    std::size_t before = region.join;
    while (before > 0 && tokens_[before - 1].kind == TokenKind::kSoft) --before;
    const bool after_break = before > 0 && IsBreak(tokens_[before - 1]);
    if (!after_break && !OpensRestriction(tokens_[region.join])) return false;
  }
  const bool duty_added = AddsDuty(region);
  const bool bound = StatesBound(region);
  if (duty_added && !bound) return false;
  return SpansFewSentences(region) && AllowBefore(region, bound) && AllowAfter(region) && AllowList(region);
}

// The claim says "must" where the source has no modal.
bool Surroundings::AddsDuty(const Region& region) const {
  const auto duty = [](const Token& token) { return In(token, TokenKind::kOperator, {"MUST", "SHALL"}); };
  const auto in_claim = std::count_if(claim_.begin(), claim_.end(), duty);
  const auto in_source =
      std::count_if(region.matched.begin(), region.matched.end(), [&](std::size_t i) { return duty(tokens_[i]); });
  return in_claim > in_source;
}

// "a written offer, valid for at least three years": a noun, a comma, a bound with its number, and no verb.
bool Surroundings::StatesBound(const Region& region) const {
  bool comma = false;
  bool bound = false;
  for (std::size_t i = region.first; i <= region.last; ++i) {
    const Token& token = tokens_[i];
    if (IsFinite(token)) return false;
    comma = comma || IsBreak(token, ",");
    const bool limit = In(token, TokenKind::kOperator, {"ATLEAST", "ATMOST", "BYTIME"});
    bound = bound || (limit && comma && i < region.last && tokens_[i + 1].kind == TokenKind::kNumber);
  }
  return bound;
}

bool Surroundings::SpansFewSentences(const Region& region) const {
  std::size_t sentences = 1;
  for (std::size_t i = region.first + 1; i <= region.last; ++i) {
    sentences += sentence_[i] != sentence_[i - 1];
    if (IsBreak(tokens_[i], "?")) return false;
  }
  return sentences <= kMaxSentencesOfSpan;
}

// The region begins a clause, and what stands before it in the sentence neither negates nor restricts it.
bool Surroundings::AllowBefore(const Region& region, bool bound) const {
  const std::size_t start = SentenceStart(region.first);
  std::size_t before = region.first;
  bool joined = false;  // ", and", ", but"
  while (before > start) {
    const Token& token = tokens_[before - 1];
    const bool coordinator = In(token, TokenKind::kOperator, {"AND", "BUT"});
    if (token.kind != TokenKind::kSoft && !coordinator) break;
    joined = joined || coordinator;
    --before;
  }
  std::size_t opening = start;
  while (opening < before && !Counts(tokens_[opening])) ++opening;
  if (opening >= before) return true;  // the sentence begins here
  const Token& mark = tokens_[before - 1];
  if (bound && !joined && In(mark, TokenKind::kOperator, {"BY", "WITH"})) {
    return std::none_of(tokens_.begin() + static_cast<std::ptrdiff_t>(opening),
                        tokens_.begin() + static_cast<std::ptrdiff_t>(before),
                        [](const Token& token) { return token.negative || token.condition; });
  }
  if (!IsBreak(mark) || IsBreak(mark, "(") || IsBreak(mark, ")")) return false;
  std::size_t left = opening;  // since the last semicolon
  bool semicolon = IsBreak(mark, ";");
  for (std::size_t i = opening; i < before; ++i) {
    if (IsBreak(tokens_[i], ";")) left = i + 1;
  }
  if (OpensConcession(tokens_[opening])) return true;
  if (OpensRestriction(tokens_[opening])) return false;
  if (semicolon) return true;
  if (left < before && OpensIntroduction(tokens_[left])) return false;
  const bool own_clause = joined;
  bool finite = false;
  for (std::size_t i = left; i < before; ++i) {
    const Token& token = tokens_[i];
    finite = finite || IsFinite(token);
    if (!own_clause && (token.negative || token.condition)) return false;
  }
  return finite || IsBreak(mark, ":");
}

// Where a statement with a subject and verb of its own begins (", and the output is …", ", and you may …"); `end` when
// none does. A condition in it is its own, unless a comma sets it off.
std::size_t Surroundings::OtherStatement(std::size_t next, std::size_t end) const {
  if (next + 2 >= end || !IsBreak(tokens_[next], ",") || !IsOperator(tokens_[next + 1], "AND")) return end;
  const Token& subject = tokens_[next + 2];
  const bool article = In(subject, TokenKind::kSoft, {"the", "a", "an", "this", "these"});
  if (!article && !In(subject, TokenKind::kWord, {"you", "it", "they", "we"})) return end;
  for (std::size_t i = next + 3; i < end && !IsBreak(tokens_[i]) && !tokens_[i].condition; ++i) {
    if (IsFinite(tokens_[i])) return next + 2;
  }
  return end;
}

// The region ends a clause, and what stands after it in the sentence neither negates nor restricts it.
bool Surroundings::AllowAfter(const Region& region) const {
  const std::size_t end = SentenceEnd(region.last);
  std::size_t next = region.last + 1;
  while (next < end && tokens_[next].kind == TokenKind::kSoft) ++next;
  if (next >= end) return true;
  if (IsOperator(tokens_[next], "AND")) {
    const bool pair = std::any_of(claim_.begin(), claim_.end(), [](const Token& token) {
      return In(token, TokenKind::kOperator, {"BETWEEN"}) ||
             In(token, TokenKind::kWord, {"both", "sum", "total", "joint", "jointly", "together"});
    });
    if (pair) return false;
  } else if (!IsBreak(tokens_[next]) || IsBreak(tokens_[next], "(") || IsBreak(tokens_[next], "?")) {
    return false;
  }
  const bool duty = std::any_of(region.matched.begin(), region.matched.end(), [&](std::size_t i) {
    return In(tokens_[i], TokenKind::kOperator, {"MUST", "SHALL", "WILL"});
  });
  bool clause = true;     // at the head of a clause
  bool beyond = false;    // past a semicolon: another statement, unless it opens with a restriction
  bool adjoining = true;  // still in the clause that follows the region at once
  const std::size_t other = OtherStatement(next, end);
  for (std::size_t i = next; i < end; ++i) {
    const Token& token = tokens_[i];
    beyond = beyond || i >= other;
    if (IsBreak(token)) {
      if (clause && i != next) continue;
      adjoining = adjoining && i == next;
      beyond = beyond || IsBreak(token, ";");
      clause = true;
      continue;
    }
    if (token.kind == TokenKind::kSoft) continue;
    if (!beyond && token.condition) return false;
    if (clause) {
      const bool exception = token.condition || In(token, TokenKind::kOperator, {"BUT"});
      if (exception) return false;
      if (adjoining && OpensRestriction(token)) return false;
      if (duty && IsOperator(token, "OR")) return false;
    }
    clause = IsOperator(token, "AND") && clause;
  }
  return true;
}

// Items of a list: what leads the list in must not negate them, and alternatives are not duties.
bool Surroundings::AllowList(const Region& region) const {
  const int first = sentence_[region.first];
  const int last = sentence_[region.last];
  const Sentence& item = sentences_[static_cast<std::size_t>(last)];
  const int lead_in = sentences_[static_cast<std::size_t>(first)].lead_in;
  if (lead_in >= 0) {
    for (const Token& token : sentence_tokens_[static_cast<std::size_t>(lead_in)]) {
      if (token.negative) return false;
    }
  }
  if (item.lead_in < 0) return true;
  const bool with_lead_in = first == item.lead_in;
  bool open = !item.complete;  // the grammatical sentence goes on in the next item
  for (std::size_t i = static_cast<std::size_t>(item.lead_in) + 1; i < sentences_.size(); ++i) {
    const Sentence& other = sentences_[i];
    if (other.lead_in != item.lead_in && static_cast<int>(i) <= last) continue;
    if (other.lead_in != item.lead_in && !open) break;
    const std::vector<Token>& tokens = sentence_tokens_[i];
    if (tokens.empty()) continue;
    const bool ends_or = IsOperator(tokens.back(), "OR");
    const bool begins_or = IsOperator(tokens.front(), "OR");
    if (with_lead_in && (ends_or || begins_or) && other.lead_in == item.lead_in) return false;
    if (static_cast<int>(i) <= last || !open) continue;
    for (std::size_t t = 0; t < tokens.size(); ++t) {
      const bool head = t == 0 || IsBreak(tokens[t - 1], ";");
      if (head && (tokens[t].condition || In(tokens[t], TokenKind::kOperator, {"BUT"}))) return false;
    }
    open = !other.complete && other.lead_in == item.lead_in;
  }
  return true;
}

}  // namespace counsel::answers
