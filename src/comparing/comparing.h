// Two texts, clause by clause: what was changed, moved, added and removed, to the word, and which of the changes
// matter. Start here.
//
//   two texts ─▶ Divide (clauses.h) ─▶ Align (alignment.h): which clause became which
//             ─▶ MarkWords (word_marks.h): the words of each pair ─▶ FindMatters (matters.h): sums, dates, must and may
//             …
//
// Pure. Positions are bytes of the texts, half open.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace counsel::comparing {

// Code points of each text; a contract of 100 pages has some 300,000.
inline constexpr std::size_t kMostCharacters = 2'000'000;

struct Range {
  Range() = default;
  Range(std::size_t start_in, std::size_t end_in) : start(start_in), end(end_in) {}
  std::size_t start = 0, end = 0;
  [[nodiscard]] bool empty() const { return start >= end; }
  friend bool operator==(const Range&, const Range&) = default;
};

enum class State { kSame, kChanged, kAdded, kRemoved };

// A piece of a clause: of both texts, or of one alone.
struct Mark {
  enum class Kind { kSame, kRemoved, kAdded };
  Kind kind = Kind::kSame;
  Range first, second;  // kRemoved: `second` is empty; kAdded: `first` is
};

struct Clause {
  State state = State::kSame;
  bool moved = false;       // it stands elsewhere among those that kept their order; it may be changed as well
  Range first, second;      // empty where it was added, removed
  std::vector<Mark> marks;  // of kChanged, in the order in which both read
};

// In the order of importance in which they are listed.
enum class Matter {
  kSum,
  kPercentage,
  kDate,
  kDuration,
  kTime,
  kNumber,
  kModal,
  kNegation,
  kCondition,
  kParty,
  kName,
  kLiability,
  kJoint,  // "and" for "or"
  kReference,
  kClauseRemoved,
  kClauseAdded,
};
// "sum", "clause_added"
[[nodiscard]] std::string_view MatterName(Matter matter);

struct Change {
  Matter matter = Matter::kNumber;
  std::size_t clause = 0;           // index of Comparison::clauses
  Range first, second;              // the words; empty where there are none on that side
  Range first_quote, second_quote;  // the sentences they stand in, or that stand in their place
  std::vector<Matter> holds;        // of a whole clause that was added or removed
};

struct Comparison {
  std::vector<Clause> clauses;  // in the order of the second text; what was removed, where it stood
  std::vector<Change> matters;  // the most important kind first, each in the order of the text
};

// In pieces of some 20 ms, so that whoever asked can leave. The texts, valid UTF-8, must outlive it. `starts`: bytes
// where a part of the text begins that is known to be one (a heading, a clause, a table's row), ascending; may be
// empty.
class Comparing {
 public:
  struct Text {
    std::string_view text;
    std::vector<std::size_t> starts;
  };
  Comparing(Text first, Text second);
  ~Comparing();
  Comparing(const Comparing&) = delete;
  Comparing& operator=(const Comparing&) = delete;

  // Works on; false when all is done.
  [[nodiscard]] bool Step();
  // Once Step has returned false.
  [[nodiscard]] Comparison Take();

 private:
  struct Work;
  std::unique_ptr<Work> work_;
};

}  // namespace counsel::comparing
