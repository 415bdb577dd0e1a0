#include "understanding/glossary.h"

#include <algorithm>
#include <utility>

#include "understanding/name_words.h"

namespace counsel::understanding {

// glossary.txt, put into the program by CMakeLists.txt.
extern const char* const kGlossaryText;

namespace {

struct Entry {
  std::string asked;  // folded words, a blank before and after each
  std::vector<std::string> written;
};

std::string Folded(std::string_view text) {
  std::string words = " ";
  for (const NameWord& word : SplitName(text)) words += word.text + " ";
  return words;
}

std::vector<Entry> Read(std::string_view text) {
  std::vector<Entry> entries;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t bar = line.find('|');
    if (line.starts_with('#') || bar == std::string_view::npos) continue;
    Entry entry;
    entry.asked = Folded(line.substr(0, bar));
    std::string_view rest = line.substr(bar + 1);
    while (!rest.empty()) {
      const std::size_t stop = std::min(rest.find(';'), rest.size());
      entry.written.emplace_back(rest.substr(0, stop));
      rest.remove_prefix(std::min(stop + 1, rest.size()));
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace

std::vector<std::string> WrittenFor(std::string_view question) {
  static const std::vector<Entry> entries = Read(kGlossaryText);
  const std::string words = Folded(question);
  std::vector<std::string> written;
  for (const Entry& entry : entries) {
    if (words.find(entry.asked) == std::string::npos) continue;
    for (const std::string& one : entry.written) {
      if (std::find(written.begin(), written.end(), one) == written.end()) written.push_back(one);
    }
  }
  return written;
}

}  // namespace counsel::understanding
