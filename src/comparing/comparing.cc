#include "comparing/comparing.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "comparing/alignment.h"
#include "comparing/clauses.h"
#include "comparing/matters.h"
#include "comparing/word_marks.h"

namespace counsel::comparing {
namespace {

constexpr std::size_t kClausesAtOnce = 50;  // whose words are compared in one step

}  // namespace

std::string_view MatterName(Matter matter) {
  constexpr std::array<std::string_view, 16> kNames = {
      "sum",       "percentage", "date", "duration",  "time",  "number",    "modal",          "negation",
      "condition", "party",      "name", "liability", "joint", "reference", "clause_removed", "clause_added"};
  return kNames.at(static_cast<std::size_t>(matter));
}

struct Comparing::Work {
  Work(Text one, Text other) : first(std::move(one)), second(std::move(other)) {}

  enum class Stage { kDivide, kAlign, kOrder, kWords, kDone };

  bool Step() {
    switch (stage) {
      case Stage::kDivide:
        blocks_first = Divide(first.text, first.starts);
        blocks_second = Divide(second.text, second.starts);
        alignment.emplace(blocks_first, blocks_second);
        stage = Stage::kAlign;
        return true;
      case Stage::kAlign:
        if (!alignment->Step()) stage = Stage::kOrder;
        return true;
      case Stage::kOrder:
        alignment->Conclude();
        JoinParts();
        Order();
        stage = Stage::kWords;
        return true;
      case Stage::kWords:
        for (std::size_t n = 0; n < kClausesAtOnce && at < pairs.size(); ++n) Words(pairs[at++]);
        if (at < pairs.size()) return true;
        Sort();
        stage = Stage::kDone;
        return false;
      case Stage::kDone:
        return false;
    }
    return false;
  }

  // A clause that was cut in two, or two that were made one: the half that is left over goes to the pair beside it
  // where that makes them more alike.
  void JoinParts() {
    joined_first.assign(blocks_first.size(), false);
    joined_second.assign(blocks_second.size(), false);
    for (std::size_t i = 0; i < blocks_first.size(); ++i) {
      const std::size_t j = alignment->of_first[i];
      if (j == kNone) continue;
      while (Joins(blocks_second, alignment->of_second, joined_second, j, blocks_first[i])) {
      }
      while (Joins(blocks_first, alignment->of_first, joined_first, i, blocks_second[j])) {
      }
    }
  }

  static bool Joins(std::vector<Block>& blocks, const std::vector<std::size_t>& of, std::vector<bool>& joined,
                    std::size_t at, const Block& other) {
    std::size_t next = at + 1;
    while (next < blocks.size() && joined[next]) ++next;
    if (next >= blocks.size() || of[next] != kNone || blocks[at].hash == other.hash) return false;
    Block both = Joined(blocks[at], blocks[next]);
    if (both.words.size() > 800 || Likeness(both, other) <= Likeness(blocks[at], other)) return false;
    blocks[at] = std::move(both);
    joined[next] = true;
    return true;
  }

  // In the order of the second; what was removed stands behind what stood before it.
  void Order() {
    std::vector<std::size_t> removed;
    std::size_t i = 0;
    const auto pass_removed = [&](std::size_t until) {
      for (; i < until; ++i) {
        if (alignment->of_first[i] == kNone && !joined_first[i]) pairs.emplace_back(i, kNone);
      }
    };
    for (std::size_t j = 0; j < blocks_second.size(); ++j) {
      if (joined_second[j]) continue;
      const std::size_t from = alignment->of_second[j];
      if (from != kNone && !alignment->moved[from]) pass_removed(from);
      pairs.emplace_back(from, j);
      if (from != kNone && !alignment->moved[from]) i = std::max(i, from + 1);
    }
    pass_removed(blocks_first.size());
  }

  void Words(const std::pair<std::size_t, std::size_t>& pair) {
    Clause clause;
    const std::size_t index = result.clauses.size();
    if (pair.first != kNone) clause.first = blocks_first[pair.first].range;
    if (pair.second != kNone) clause.second = blocks_second[pair.second].range;
    if (pair.first == kNone || pair.second == kNone) {
      clause.state = pair.first == kNone ? State::kAdded : State::kRemoved;
      Change change;
      change.matter = pair.first == kNone ? Matter::kClauseAdded : Matter::kClauseRemoved;
      change.clause = index;
      change.first = change.first_quote = clause.first;
      change.second = change.second_quote = clause.second;
      // Without its own number.
      const Block& block = pair.first == kNone ? blocks_second[pair.second] : blocks_first[pair.first];
      const Range said(block.words.front().start, block.range.end);
      change.holds = KindsIn(pair.first == kNone ? second.text : first.text, said);
      result.matters.push_back(std::move(change));
    } else {
      const Block& one = blocks_first[pair.first];
      const Block& other = blocks_second[pair.second];
      clause.moved = alignment->moved[pair.first];
      const std::vector<std::size_t> aligned = AlignWords(one.words, other.words);
      const bool same =
          one.words.size() == other.words.size() && std::find(aligned.begin(), aligned.end(), kNone) == aligned.end();
      if (!same) {
        clause.state = State::kChanged;
        clause.marks = MarkWords(one, other, aligned);
        const Side a{first.text, &one};
        const Side b{second.text, &other};
        for (Change& change : FindMatters(a, b, aligned)) {
          change.clause = index;
          result.matters.push_back(std::move(change));
        }
      }
    }
    result.clauses.push_back(std::move(clause));
  }

  void Sort() {
    std::stable_sort(result.matters.begin(), result.matters.end(),
                     [](const Change& a, const Change& b) { return a.matter < b.matter; });
  }

  Text first, second;
  Stage stage = Stage::kDivide;
  std::vector<Block> blocks_first, blocks_second;
  std::vector<bool> joined_first, joined_second;
  std::optional<Alignment> alignment;
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  std::size_t at = 0;
  Comparison result;
};

Comparing::Comparing(Text first, Text second) : work_(std::make_unique<Work>(std::move(first), std::move(second))) {}
Comparing::~Comparing() = default;

bool Comparing::Step() {
  return work_->Step();
}

Comparison Comparing::Take() {
  return std::move(work_->result);
}

}  // namespace counsel::comparing
