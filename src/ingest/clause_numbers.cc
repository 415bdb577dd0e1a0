#include "ingest/clause_numbers.h"

#include <algorithm>
#include <utility>

namespace counsel::ingest {
namespace {

constexpr std::size_t kDeepest = 5;
constexpr int kMostDigits = 3;  // 2024 is a year
constexpr int kLargestGap = 3;  // a number that was lost at a page's end
constexpr std::string_view kBlanks = " \t";

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

struct Numbered {
  Numbered() = default;
  std::vector<int> number;  // empty: none
  bool bare = false;        // "5 The", which may be an address or a date
};

// "5.2 The", "5.2. The", "5) The", "5. The", "5 The"; but "5.2 of this agreement" goes on from the line above.
Numbered NumberOf(std::string_view line) {
  std::vector<int> number;
  std::size_t at = std::min(line.find_first_not_of(kBlanks), line.size());
  bool stopped = false;
  while (at < line.size() && IsDigit(line[at])) {
    int value = 0;
    int digits = 0;
    for (; at < line.size() && IsDigit(line[at]); ++at, ++digits) {
      if (digits == kMostDigits) return {};
      value = value * 10 + (line[at] - '0');
    }
    number.push_back(value);
    stopped = at < line.size() && (line[at] == '.' || line[at] == ')');
    if (stopped) ++at;
    if (!stopped || line[at - 1] == ')') break;
  }
  const bool ended = at < line.size() && kBlanks.find(line[at]) != std::string_view::npos;
  const std::size_t words = ended ? line.find_first_not_of(kBlanks, at) : std::string_view::npos;
  if (words == std::string_view::npos || (line[words] >= 'a' && line[words] <= 'z')) return {};
  Numbered numbered;
  if (number.size() <= kDeepest) numbered.number = std::move(number);
  numbered.bare = numbered.number.size() == 1 && !stopped;
  return numbered;
}

}  // namespace

bool ClauseNumbers::Follows(const Number& current, const Number& next, bool after_blank) {
  if (current.empty()) return false;
  const auto [here, there] = std::mismatch(current.begin(), current.end(), next.begin(), next.end());
  if (there == next.end()) return false;
  const auto beneath = next.end() - there - 1;  // levels below the one that differs: each begins at 1
  if (std::any_of(there + 1, next.end(), [](int value) { return value != 1; }) || beneath > 1) return false;
  if (here == current.end()) return *there == 1 && beneath == 0;  // the first beneath
  const int gap = *there - *here;
  return gap == 1 || (after_blank && gap > 1 && gap <= kLargestGap);
}

bool ClauseNumbers::Enter(std::string_view line, bool after_blank) {
  Numbered numbered = NumberOf(line);
  Number& next = numbered.number;
  if (next.empty() || (numbered.bare && !after_blank)) return false;
  const bool ones = std::all_of(next.begin(), next.end(), [](int value) { return value == 1; });
  const bool first = next.size() == 2 && next.back() == 1 && after_blank;  // "7.1" beneath "Section 7"
  const bool anew = first || (ones && next.size() <= 2 && !numbered.bare);
  // "4. Repairs" after 2.2 was not believed; "4.1 The tenant" beneath it says that it was one.
  const bool beneath_refused = !refused_.empty() && next.size() == refused_.size() + 1 && next.back() == 1 &&
                               std::equal(refused_.begin(), refused_.end(), next.begin());
  refused_.clear();
  if (Follows(current_, next, after_blank)) {
    // Goes on.
  } else if (beneath_refused) {
    outer_.clear();
  } else if (Follows(outer_, next, after_blank)) {
    outer_.clear();
  } else if (anew && (after_blank || current_.empty())) {
    if (current_.size() > 1) outer_ = current_;
  } else {
    if (!numbered.bare) refused_ = std::move(next);
    return false;
  }
  Take(std::move(next));
  return true;
}

bool ClauseNumbers::EnterHeading(std::string_view line) {
  if (Enter(line, true)) return true;
  Numbered numbered = NumberOf(line);
  if (numbered.number.empty() || numbered.bare) return false;
  outer_.clear();
  Take(std::move(numbered.number));
  return true;
}

void ClauseNumbers::Take(Number next) {
  current_ = std::move(next);
  text_.clear();
  for (const int value : current_) text_ += (text_.empty() ? "" : ".") + std::to_string(value);
}

}  // namespace counsel::ingest
