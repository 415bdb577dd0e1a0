#include "answers/alignment.h"

#include <algorithm>
#include <utility>

#include "answers/context.h"

namespace counsel::answers {
namespace {

using text::Form;
using text::SplitSentences;
using text::Tokenize;
using text::TokenKind;

bool Is(const Token& token, TokenKind kind, std::string_view key) {
  return token.kind == kind && token.key == key;
}

bool IsOperator(const Token& token, std::string_view key) {
  return Is(token, TokenKind::kOperator, key);
}

bool IsBreak(const Token& token) {
  return token.kind == TokenKind::kBreak;
}

// What a claim may say more than its source: words of talk.
bool ClaimMaySkip(const Token& token) {
  if (token.kind == TokenKind::kSoft || IsBreak(token)) return true;
  static constexpr std::string_view talk[] = {"however",      "therefor",    "additionally", "furthermor", "moreover",
                                              "specifically", "accordingly", "likewis",      "thus"};
  return token.kind == TokenKind::kWord && std::find(std::begin(talk), std::end(talk), token.key) != std::end(talk);
}

bool SourceMaySkip(const Token& token) {
  if (token.kind == TokenKind::kSoft || IsBreak(token)) return true;
  if (IsOperator(token, "WILL")) return true;
  static constexpr std::string_view light[] = {"further", "furthermor", "accordingly", "simply",
                                               "itself",  "therefor",   "however"};
  return token.kind == TokenKind::kWord && std::find(std::begin(light), std::end(light), token.key) != std::end(light);
}

bool SameOperator(const Token& claim, const Token& source) {
  if (claim.key == source.key) return true;
  const auto pair = [&](std::string_view a, std::string_view b) { return claim.key == a && source.key == b; };
  return pair("MUST", "SHALL") || pair("SHALL", "MUST") || pair("WILL", "SHALL") || pair("IF", "PROVIDED") ||
         pair("BUT", "AND") || pair("AND", "BUT");
}

// One claim laid along one reading of a passage.
class Laying {
 public:
  Laying(const std::vector<Token>& claim, const std::vector<Token>& source)
      : claim_(claim), source_(source), failed_(claim.size() * (source.size() + 1), false) {
    negated_ = std::any_of(claim.begin(), claim.end(), [](const Token& token) { return token.negative; });
  }

  // Source indices of the claim's tokens (-1: skipped), beginning exactly at source index `from`.
  std::optional<std::vector<int>> At(std::size_t from) {
    std::size_t first = 0;
    while (first < claim_.size() && ClaimMaySkip(claim_[first])) ++first;
    if (first == claim_.size() || !Matches(first, from)) return std::nullopt;
    matched_.assign(claim_.size(), -1);
    matched_[first] = static_cast<int>(from);
    if (!Go(first + 1, from + 1)) return std::nullopt;
    return matched_;
  }

 private:
  bool Matches(std::size_t i, std::size_t j) const {
    const Token& claim = claim_[i];
    const Token& source = source_[j];
    if (IsBreak(claim) || claim.kind != source.kind || claim.possessive != source.possessive) return false;
    if (claim.kind == TokenKind::kOperator) return SameOperator(claim, source);
    if (claim.key != source.key) return false;
    if (claim.form == source.form) return true;
    // "an offer accompanied by", "the offer is accompanied by": the agent that follows keeps the roles apart.
    const bool participles = claim.form != Form::kPlain && source.form != Form::kPlain;
    const bool agent = j + 1 < source_.size() && IsOperator(source_[j + 1], "BY") && i + 1 < claim_.size() &&
                       IsOperator(claim_[i + 1], "BY");
    return participles && agent;
  }

  static bool Joins(const Token& token) {
    return IsOperator(token, "AND") || IsOperator(token, "BUT") || IsOperator(token, "OR");
  }

  bool BesideBreak(const std::vector<Token>& tokens, std::size_t i) const {
    return (i < tokens.size() && IsBreak(tokens[i])) || (i > 0 && IsBreak(tokens[i - 1])) ||
           (i + 1 < tokens.size() && IsBreak(tokens[i + 1]));
  }

  // Beyond the words that never count, what may be passed over on one side at claim i, source j.
  bool MayPassSource(std::size_t i, std::size_t j) const {
    const Token& token = source_[j];
    if (Is(token, TokenKind::kBreak, ".") || Is(token, TokenKind::kBreak, ";")) {
      // Two statements of the source are two in the claim.
      return BesideBreak(claim_, i) || i == claim_.size() || Joins(claim_[i]) || (i > 0 && Joins(claim_[i - 1]));
    }
    if (SourceMaySkip(token)) return true;
    // "A, B and C" for "A and B and C".
    if (IsOperator(token, "AND") && BesideBreak(claim_, i)) return true;
    // "any third party" for "third party"; under a negation the quantifier says more.
    if (!negated_ && (IsOperator(token, "ANY") || IsOperator(token, "ALL"))) return true;
    // "valid for three years and [valid] for as long as".
    return token.kind == TokenKind::kWord && j > 0 && IsOperator(source_[j - 1], "AND") && Matched(token.key);
  }

  bool MayPassClaim(std::size_t i, std::size_t j) const {
    if (ClaimMaySkip(claim_[i])) return true;
    // "must be valid" for ", valid": only where the source states a bound (context.cc asks for the rest).
    if (IsOperator(claim_[i], "MUST") && j > 0 &&
        (IsBreak(source_[j - 1]) || (j < source_.size() && IsBreak(source_[j]))))
      return true;
    return IsOperator(claim_[i], "AND") && BesideBreak(source_, j);
  }

  bool Matched(std::string_view key) const {
    for (const int j : matched_) {
      if (j >= 0 && source_[static_cast<std::size_t>(j)].key == key) return true;
    }
    return false;
  }

  bool Go(std::size_t i, std::size_t j) {
    if (i == claim_.size()) return true;
    const std::size_t state = i * (source_.size() + 1) + j;
    if (failed_[state]) return false;
    if (j < source_.size() && Matches(i, j)) {
      matched_[i] = static_cast<int>(j);
      if (Go(i + 1, j + 1)) return true;
      matched_[i] = -1;
    }
    if (MayPassClaim(i, j) && Go(i + 1, j)) return true;
    if (j < source_.size() && MayPassSource(i, j) && Go(i, j + 1)) return true;
    const std::size_t after = j < source_.size() ? AfterAside(source_, j) : j;
    if (after > j && Go(i, after)) return true;
    failed_[state] = true;
    return false;
  }

  const std::vector<Token>& claim_;
  const std::vector<Token>& source_;
  std::vector<bool> failed_;
  std::vector<int> matched_;
  bool negated_ = false;
};

// The claim, and the claim with a clause moved from its front to its end ("If A, B" → "B if A").
struct Order {
  std::vector<Token> tokens;
  std::size_t join = 0;  // where the moved clause begins; 0: nothing moved
};

bool OpensClause(const Token& token) {
  if (token.kind != TokenKind::kOperator) return false;
  static constexpr std::string_view openers[] = {"IF",     "UNLESS",  "EXCEPT",   "PROVIDED", "WHEN",   "WHERE",
                                                 "WHILE",  "UNTIL",   "AFTER",    "BEFORE",   "WITHIN", "DURING",
                                                 "EXTENT", "SUBJECT", "ALTHOUGH", "EVENIF"};
  return std::find(std::begin(openers), std::end(openers), token.key) != std::end(openers);
}

std::vector<Order> Orders(const std::vector<Token>& claim) {
  constexpr std::size_t kMaxOrders = 8;
  std::vector<Order> orders;
  orders.push_back({claim, 0});
  for (std::size_t cut = 2; cut + 1 < claim.size() && orders.size() < kMaxOrders; ++cut) {
    if (!Is(claim[cut - 1], TokenKind::kBreak, ",") && !OpensClause(claim[cut])) continue;
    Order order;
    order.tokens.assign(claim.begin() + static_cast<std::ptrdiff_t>(cut), claim.end());
    while (!order.tokens.empty() && IsBreak(order.tokens.back())) order.tokens.pop_back();
    order.join = order.tokens.size();
    order.tokens.insert(order.tokens.end(), claim.begin(), claim.begin() + static_cast<std::ptrdiff_t>(cut));
    orders.push_back(std::move(order));
  }
  return orders;
}

}  // namespace

SourceText::SourceText(std::string_view text) : text_(text), sentences_(SplitSentences(text)) {
  std::vector<int> all;
  for (std::size_t i = 0; i < sentences_.size(); ++i) {
    sentence_tokens_.push_back(Tokenize(text, sentences_[i].start, sentences_[i].end));
    all.push_back(static_cast<int>(i));
  }
  AddReading(all);
  for (std::size_t i = 0; i < sentences_.size(); ++i) {
    const int lead_in = sentences_[i].lead_in;
    if (lead_in >= 0 && lead_in + 1 < static_cast<int>(i)) AddReading({lead_in, static_cast<int>(i)});
  }
}

void SourceText::AddReading(const std::vector<int>& sentences) {
  Reading reading;
  for (const int index : sentences) {
    for (const Token& token : sentence_tokens_[static_cast<std::size_t>(index)]) {
      reading.tokens.push_back(token);
      reading.sentence.push_back(index);
    }
    // A sentence that ends without a mark (a heading, a list item) ends all the same.
    const Sentence& sentence = sentences_[static_cast<std::size_t>(index)];
    if (reading.tokens.empty() || IsBreak(reading.tokens.back())) continue;
    Token stop;
    stop.kind = TokenKind::kBreak;
    stop.key = sentence.complete ? "." : ";";
    stop.start = stop.end = sentence.end;
    reading.tokens.push_back(std::move(stop));
    reading.sentence.push_back(index);
  }
  readings_.push_back(std::move(reading));
}

std::optional<SourceText::Span> SourceText::Find(const std::vector<Token>& claim) const {
  if (claim.size() > kMaxClaimTokens) return std::nullopt;
  std::optional<Span> best;
  for (const Order& order : Orders(claim)) {
    for (const Reading& reading : readings_) {
      Laying laying(order.tokens, reading.tokens);
      for (std::size_t from = 0; from < reading.tokens.size(); ++from) {
        const std::optional<std::vector<int>> matched = laying.At(from);
        if (!matched) continue;
        const Region region = MakeRegion(*matched, order.join);
        const Surroundings around(order.tokens, reading.tokens, reading.sentence, sentences_, sentence_tokens_);
        if (!around.Allow(region)) continue;
        Span span{reading.tokens[around.FirstShown(region)].start, reading.tokens[region.last].end};
        if (!best || span.end - span.start < best->end - best->start) best = span;
      }
    }
    if (best) return best;
  }
  return best;
}

std::size_t SourceText::Shared(const std::vector<Token>& claim) const {
  std::size_t shared = 0;
  for (const Token& token : claim) {
    if (ClaimMaySkip(token)) continue;
    const auto& all = readings_.front().tokens;
    shared +=
        std::any_of(all.begin(), all.end(), [&](const Token& s) { return s.kind == token.kind && s.key == token.key; });
  }
  return shared;
}

std::string SourceText::Missing(const std::vector<Token>& claim) const {
  const auto& all = readings_.front().tokens;
  std::string words;
  for (const Token& token : claim) {
    if (ClaimMaySkip(token) || token.kind == TokenKind::kOperator) continue;
    if (std::any_of(all.begin(), all.end(), [&](const Token& s) { return s.kind == token.kind && s.key == token.key; }))
      continue;
    if (token.kind == TokenKind::kNumber) return "the number " + token.key;
    if (words.empty()) words = "the word \"" + token.key + "\"";
  }
  return words;
}

}  // namespace counsel::answers
