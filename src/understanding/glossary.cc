#include "understanding/glossary.h"

#include <algorithm>
#include <utility>

#include "understanding/name_words.h"

namespace counsel::understanding {

// glossary.txt, put into the program by CMakeLists.txt.
extern const char* const kGlossaryText;

namespace {

struct Entry {
  std::vector<std::string> asked;  // folded words, a blank before and after each
  std::vector<std::string> written;
};

std::string Folded(std::string_view text) {
  std::string words = " ";
  for (const NameWord& word : SplitName(text)) words += word.text + " ";
  return words;
}

std::vector<std::string_view> Split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t stop = std::min(text.find(by), text.size());
    parts.push_back(text.substr(0, stop));
    text.remove_prefix(std::min(stop + 1, text.size()));
  }
  return parts;
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
    for (const std::string_view asked : Split(line.substr(0, bar), ',')) entry.asked.push_back(Folded(asked));
    for (const std::string_view written : Split(line.substr(bar + 1), ';')) entry.written.emplace_back(written);
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
    const bool is_asked = std::any_of(entry.asked.begin(), entry.asked.end(), [&words](const std::string& asked) {
      return words.find(asked) != std::string::npos;
    });
    if (!is_asked) continue;
    for (const std::string& one : entry.written) {
      if (std::find(written.begin(), written.end(), one) == written.end()) written.push_back(one);
    }
  }
  return written;
}

}  // namespace counsel::understanding
