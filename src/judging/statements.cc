#include "judging/statements.h"

#include <utility>

#include "judging/splitter.h"

namespace counsel::judging {
namespace {

constexpr std::size_t kMostStatements = 32;

}  // namespace

std::vector<Words> Splitter::Run() {
  (void)Conjuncts();
  if (Words inner = AfterEnsure(words_, front_.size()); !inner.empty()) AddAll(inner);
  const std::vector<Words> made = out_;
  for (const Words& statement : made) {
    if (Words inner = AfterEnsure(statement, 0); !inner.empty()) AddAll(inner);
  }
  SplitAtSemicolons();
  Forms();
  // A conjunct may have a form of its own: "and shall pay a fee of £60".
  const std::vector<Words> conjuncts = out_;
  for (std::size_t i = 0; i < made.size() && i < conjuncts.size(); ++i) {
    Splitter one(text_, conjuncts[i]);
    one.TakeFront();
    one.Forms();
    for (Words& statement : one.out_) Add(std::move(statement));
  }
  if (out_.size() > kMostStatements) out_.resize(kMostStatements);
  return std::move(out_);
}

void Splitter::Forms() {
  Grant();
  Receive();
  Appoint();
  Permit();
  CutAlternative();
  SplitReports();
  SplitDeliveries();
  Require();
  Contrast();
  Oblige();
  SplitPassives();
  TakeResult();
  DenyGrant();
  DenyWarranty();
  DenyRight();
  LimitTo();
  Forbidden();
  Enumerate();
  TurnExcept();
  TurnExclusion();
  Amend();
  TakeOccasion();
  TurnRound();
  SplitConditions();
  NameValues();
  Appose();
  Relate();
  Define();
}

// The conjuncts, when together they say no more and no less than the whole.
std::vector<Words> Splitter::Parts() {
  const std::size_t before = words_.size();
  TakeFront();
  TakeInsertions();
  if (moved_ || words_.size() != before) return {};
  Split();
  if (conjuncts_.size() < 2) return {};
  alternatives_ = true;  // "but" too: each of them is judged
  for (std::size_t c = 1; c < conjuncts_.size(); ++c) {
    if (conjuncts_[c].join == "OR" || !TrailOf(conjuncts_[c]).empty()) return {};
  }
  Assemble();
  return out_.size() == conjuncts_.size() ? std::move(out_) : std::vector<Words>();
}

Words ByShortName(std::string_view text, const Words& words) {
  Words made;
  bool any = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool named = IsMark(words[i], "(") && i + 2 < words.size() && IsMark(words[i + 2], ")") && i > 0 &&
                       text[words[i + 1].start] >= 'A' && text[words[i + 1].start] <= 'Z' && words[i + 1].start > 0 &&
                       words[i + 1].start - words[i].start > 1;  // a quotation mark between
    if (!named) {
      made.push_back(words[i]);
      continue;
    }
    // What it is the short name of: back to the article, or over the capitals.
    while (!made.empty() && made.back().punctuation == 0 && !IsOperator(made.back())) {
      const bool article = IsArticle(made.back().text);
      const bool capital = text[made.back().start] >= 'A' && text[made.back().start] <= 'Z';
      if (!article && !capital) break;
      made.pop_back();
      if (article) break;
    }
    made.push_back(words[i + 1]);
    any = true;
    i += 2;
  }
  return any ? made : Words();
}

std::vector<Words> PartsOf(std::string_view text, const Words& words) {
  return Splitter(text, words).Parts();
}

std::vector<Words> RestatementsOf(std::string_view text, const Words& words) {
  return Splitter(text, words).Restate();
}

std::vector<Words> StatementsOf(std::string_view text, const Words& words) {
  return Splitter(text, words).Run();
}

}  // namespace counsel::judging
