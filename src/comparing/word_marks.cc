#include "comparing/word_marks.h"

#include <algorithm>
#include <cstdint>

#include "comparing/alignment.h"

namespace counsel::comparing {
namespace {

// Of what remains when both ends that are the same are cut off.
void Myers(const std::vector<Word>& a, const std::vector<Word>& b, Range in_a, Range in_b,
           std::vector<std::size_t>* aligned) {
  const std::int64_t n = static_cast<std::int64_t>(in_a.end - in_a.start);
  const std::int64_t m = static_cast<std::int64_t>(in_b.end - in_b.start);
  if (n == 0 || m == 0) return;
  const std::int64_t most = n + m;
  std::vector<std::int64_t> furthest(static_cast<std::size_t>(2 * most + 2), 0);
  const auto at = [most](std::int64_t k) { return static_cast<std::size_t>(k + most); };
  std::vector<std::vector<std::int64_t>> ways;  // furthest[-d..d] before step d
  const auto same = [&](std::int64_t x, std::int64_t y) {
    return a[in_a.start + static_cast<std::size_t>(x)].key == b[in_b.start + static_cast<std::size_t>(y)].key;
  };
  std::int64_t end = -1;
  for (std::int64_t d = 0; d <= most && end < 0; ++d) {
    ways.emplace_back(furthest.begin() + static_cast<std::ptrdiff_t>(at(-d)),
                      furthest.begin() + static_cast<std::ptrdiff_t>(at(d) + 1));
    for (std::int64_t k = -d; k <= d; k += 2) {
      const bool down = k == -d || (k != d && furthest[at(k - 1)] < furthest[at(k + 1)]);
      std::int64_t x = down ? furthest[at(k + 1)] : furthest[at(k - 1)] + 1;
      if (d == 0) x = 0;
      std::int64_t y = x - k;
      while (x < n && y < m && same(x, y)) {
        ++x;
        ++y;
      }
      furthest[at(k)] = x;
      if (x >= n && y >= m) {
        end = d;
        break;
      }
    }
  }
  std::int64_t x = n;
  std::int64_t y = m;
  for (std::int64_t d = end; d >= 0; --d) {
    const std::vector<std::int64_t>& before = ways[static_cast<std::size_t>(d)];
    const auto of = [&](std::int64_t k) { return before[static_cast<std::size_t>(k + d)]; };
    const std::int64_t k = x - y;
    std::int64_t from_x = 0;
    std::int64_t from_y = 0;
    if (d > 0) {
      // What lies outside -d+1..d-1 was not reached before.
      const bool down = k == -d || (k != d && of(k - 1) < of(k + 1));
      const std::int64_t from_k = down ? k + 1 : k - 1;
      from_x = of(from_k);
      from_y = from_x - from_k;
    }
    while (x > from_x && y > from_y && x > 0 && y > 0 && same(x - 1, y - 1)) {
      --x;
      --y;
      (*aligned)[in_a.start + static_cast<std::size_t>(x)] = in_b.start + static_cast<std::size_t>(y);
    }
    x = from_x;
    y = from_y;
  }
}

}  // namespace

std::vector<std::size_t> AlignWords(const std::vector<Word>& first, const std::vector<Word>& second) {
  std::vector<std::size_t> aligned(first.size(), kNone);
  Range a(0, first.size());
  Range b(0, second.size());
  while (!a.empty() && !b.empty() && first[a.start].key == second[b.start].key) aligned[a.start++] = b.start++;
  while (!a.empty() && !b.empty() && first[a.end - 1].key == second[b.end - 1].key) aligned[--a.end] = --b.end;
  Myers(first, second, a, b, &aligned);
  return aligned;
}

std::vector<Mark> MarkWords(const Block& first, const Block& second, const std::vector<std::size_t>& aligned) {
  std::vector<Mark> marks;
  std::size_t at_first = first.range.start;
  std::size_t at_second = second.range.start;
  const auto add = [&marks](Mark::Kind kind, Range one, Range other) {
    if (one.empty() && other.empty()) return;
    Mark mark;
    mark.kind = kind;
    mark.first = one;
    mark.second = other;
    marks.push_back(mark);
  };
  // What stands between the words is that of what follows it.
  std::size_t j = 0;
  for (std::size_t i = 0; i < first.words.size() || j < second.words.size();) {
    std::size_t i_end = i;
    while (i_end < first.words.size() && aligned[i_end] == kNone) ++i_end;
    const std::size_t j_end = i_end < first.words.size() ? aligned[i_end] : second.words.size();
    if (i_end > i) {
      add(Mark::Kind::kRemoved, Range(at_first, first.words[i_end - 1].end), Range());
      at_first = first.words[i_end - 1].end;
    }
    if (j_end > j) {
      add(Mark::Kind::kAdded, Range(), Range(at_second, second.words[j_end - 1].end));
      at_second = second.words[j_end - 1].end;
    }
    i = i_end;
    j = j_end;
    std::size_t run = 0;
    while (i + run < first.words.size() && aligned[i + run] == j + run) ++run;
    if (run == 0) continue;
    add(Mark::Kind::kSame, Range(at_first, first.words[i + run - 1].end),
        Range(at_second, second.words[j + run - 1].end));
    at_first = first.words[i + run - 1].end;
    at_second = second.words[j + run - 1].end;
    i += run;
    j += run;
  }
  return marks;
}

}  // namespace counsel::comparing
