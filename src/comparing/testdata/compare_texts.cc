// compare_texts: reads pairs of files from stdin, two names a line, and tells of each pair on one line the changes that
// matter, "kind|bytes of the first|bytes of the second|words|words" with tabs between, and last the milliseconds. For
// bench/comparing.py.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "comparing/comparing.h"

namespace {

constexpr std::size_t kShown = 80;

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string Said(const std::string& text, counsel::comparing::Range range) {
  std::string said = range.empty() ? "" : text.substr(range.start, range.end - range.start);
  for (char& c : said) {
    if (c == '\n' || c == '\t' || c == '|' || c == '\r') c = ' ';
  }
  return said;
}

}  // namespace

int main() {
  std::string one, other;
  while (std::getline(std::cin, one) && std::getline(std::cin, other)) {
    const std::string first = ReadAll(one);
    const std::string second = ReadAll(other);
    const auto began = std::chrono::steady_clock::now();
    counsel::comparing::Comparing work({first, {}}, {second, {}});
    while (work.Step()) {
    }
    const counsel::comparing::Comparison found = work.Take();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
    for (const counsel::comparing::Change& change : found.matters) {
      std::cout << counsel::comparing::MatterName(change.matter) << '|' << change.first.start << '|' << change.first.end
                << '|' << change.second.start << '|' << change.second.end << '|'
                << Said(first, change.first).substr(0, kShown) << '|' << Said(second, change.second).substr(0, kShown)
                << '\t';
    }
    std::size_t states[5] = {};
    for (const counsel::comparing::Clause& clause : found.clauses) {
      ++states[static_cast<std::size_t>(clause.state)];
      if (clause.moved) ++states[4];
    }
    std::cout << "clauses|same " << states[0] << " changed " << states[1] << " added " << states[2] << " removed "
              << states[3] << " moved " << states[4] << "|\t" << took.count() << std::endl;
  }
  return 0;
}
