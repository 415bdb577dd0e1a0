// Contracts made for this, in the manner of real ones, with what each column must find (tests/data/review): one half
// whose failures were read while the rules were written, and one that is held out.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "review/cells.h"

namespace counsel::review {
namespace {

struct Labelled {
  std::string kind;
  std::map<std::string, std::string> cells;
  std::string text;
};

std::vector<Labelled> ReadLabelled(const std::string& name) {
  std::ifstream file(std::string(COUNSEL_TEST_DATA) + "/review/" + name);
  std::vector<Labelled> all;
  bool in_text = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("=== ")) {
      all.emplace_back();
      all.back().kind = line.substr(4);
      in_text = false;
    } else if (line == "---") {
      in_text = true;
    } else if (in_text) {
      all.back().text += line + "\n";
    } else if (const std::size_t equals = line.find(" ="); equals != std::string::npos) {
      all.back().cells[line.substr(0, equals)] = line.size() > equals + 3 ? line.substr(equals + 3) : "";
    }
  }
  return all;
}

// The words, without inflection and without an article before them.
std::vector<std::string> WithoutThe(const std::string& text) {
  std::vector<std::string> stems = StemsOf(text);
  if (!stems.empty() && stems.front() == "the") stems.erase(stems.begin());
  return stems;
}

bool IsSame(Type type, const std::string& found, const std::string& label) {
  if (label == "*") return !found.empty();
  if (type == Type::kParty || type == Type::kText) return WithoutThe(found) == WithoutThe(label);
  return found == label;
}

struct Tally {
  int cells = 0;
  int typed = 0;
  int typed_right = 0;
  int right = 0;
  int supported = 0;
  int supported_wrong = 0;
};

Tally Measure(const std::string& name) {
  Tally tally;
  const bool tell = std::getenv("COUNSEL_TEST_TELL") != nullptr;
  for (const Labelled& one : ReadLabelled(name)) {
    const ColumnSet set = ReadColumns(*FindShippedColumns(one.kind), one.kind).value();
    const Wording wording(one.text);
    for (const Column& column : set.columns) {
      const auto label = one.cells.find(column.name);
      EXPECT_NE(label, one.cells.end()) << column.name;
      if (label == one.cells.end()) continue;
      const Cell cell = FillCell(column, wording);
      const bool same = IsSame(column.type, cell.value, label->second);
      const bool typed = column.type != Type::kText && column.type != Type::kClause;
      const bool supported = cell.grade == judging::Grade::kSupported;
      ++tally.cells;
      tally.right += same ? 1 : 0;
      tally.typed += typed ? 1 : 0;
      tally.typed_right += typed && same ? 1 : 0;
      tally.supported += supported ? 1 : 0;
      tally.supported_wrong += supported && !same ? 1 : 0;
      if (tell && (!same || (!supported && !label->second.empty()))) {
        std::cout << (same ? "      " : "WRONG ") << one.kind << " / " << column.name << ": '" << cell.value
                  << "' for '" << label->second << "' " << judging::GradeName(cell.grade) << " " << cell.why << "\n";
      }
    }
  }
  std::cout << name << ": " << tally.cells << " cells, right " << tally.right << "; typed " << tally.typed << ", right "
            << tally.typed_right << "; supported " << tally.supported << ", of them wrong " << tally.supported_wrong
            << "\n";
  return tally;
}

void HoldsWhatIsPromised(const Tally& tally) {
  EXPECT_GE(tally.cells, 150);
  EXPECT_GE(tally.typed_right, tally.typed * 9 / 10);
  EXPECT_EQ(tally.supported_wrong, 0);
}

TEST(LabelledTest, TypedCellsAreRightAndNoWrongValueIsSupported) {
  HoldsWhatIsPromised(Measure("read.txt"));
}
TEST(LabelledTest, AndInTheHalfThatIsHeldOut) {
  HoldsWhatIsPromised(Measure("held_out.txt"));
}

}  // namespace
}  // namespace counsel::review
