#include "understanding/document_row.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "understanding/name_words.h"

namespace counsel::understanding {
namespace {

// Hash, in name, in text: little-endian where we run (search/index.cc asserts it).
constexpr std::size_t kEntry = sizeof(std::uint32_t) + 2;
// Longest run of words whose initials stand for it: "master services agreement", MSA.
constexpr std::size_t kLongestInitials = 4;

std::uint32_t HashAt(std::string_view packed, std::size_t entry) {
  std::uint32_t hash = 0;
  std::memcpy(&hash, packed.data() + entry * kEntry, sizeof hash);
  return hash;
}

RowWord EntryAt(std::string_view packed, std::size_t entry) {
  RowWord word;
  word.hash = HashAt(packed, entry);
  word.in_name = static_cast<std::uint8_t>(packed[entry * kEntry + 4]);
  word.in_text = static_cast<std::uint8_t>(packed[entry * kEntry + 5]);
  return word;
}

using Counts = std::map<std::uint32_t, RowWord>;

void Count(std::string_view word, std::uint8_t RowWord::*where, Counts* counts) {
  if (word.size() < 2 && (word[0] < '0' || word[0] > '9')) return;
  RowWord& row = (*counts)[HashOfWord(word)];
  if (row.*where < 255) ++(row.*where);
}

void CountWords(std::string_view text, std::uint8_t RowWord::*where, Counts* counts) {
  const std::vector<NameWord> words = SplitName(text);
  std::string before;  // what a number may number: "Unit" of "Unit 9"
  const auto count_number = [&](const std::string& word) {
    if (IsNumberWord(word) && !before.empty() && !IsNumberWord(before)) Count(Numbered(before, word), where, counts);
    before = word;
  };
  for (std::size_t i = 0; i < words.size(); ++i) {
    Count(words[i].text, where, counts);
    const std::vector<std::string> parts = PartsOfWord(text.substr(words[i].start, words[i].end - words[i].start));
    for (const std::string& part : parts) {
      Count(part, where, counts);
      count_number(part);
    }
    if (parts.empty()) count_number(words[i].text);
    if (!IsDocumentNoun(words[i].text)) continue;
    std::string initials(1, words[i].text[0]);
    for (std::size_t back = 1; back <= i && back < kLongestInitials && words[i - back].capital; ++back) {
      initials.insert(0, 1, words[i - back].text[0]);
      if (initials.size() > 2) Count(initials, where, counts);
    }
  }
}

}  // namespace

void AppendToRow(const RowWord& word, std::string* packed) {
  packed->append(reinterpret_cast<const char*>(&word.hash), sizeof word.hash);
  *packed += static_cast<char>(word.in_name);
  *packed += static_cast<char>(word.in_text);
}

std::string PackRow(std::string_view name, std::string_view head, std::string_view tail) {
  Counts counts;
  CountWords(PlainFileName(name), &RowWord::in_name, &counts);
  CountWords(head, &RowWord::in_text, &counts);
  CountWords(tail, &RowWord::in_text, &counts);
  std::string packed;
  packed.reserve(counts.size() * kEntry);
  for (auto& [hash, word] : counts) {
    word.hash = hash;
    AppendToRow(word, &packed);
  }
  return packed;
}

void ForEachInRow(std::string_view packed, const std::function<void(const RowWord&)>& told) {
  for (std::size_t i = 0; i < packed.size() / kEntry; ++i) told(EntryAt(packed, i));
}

void ForEachOf(std::string_view packed, const std::vector<std::uint32_t>& hashes,
               const std::function<void(std::size_t, const RowWord&)>& told) {
  const std::size_t entries = packed.size() / kEntry;
  std::size_t entry = 0;
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    // Few of many are wanted.
    for (std::size_t step = 1; entry + step < entries && HashAt(packed, entry + step) < hashes[i]; step *= 2)
      entry += step;
    while (entry < entries && HashAt(packed, entry) < hashes[i]) ++entry;
    if (entry == entries) return;
    if (HashAt(packed, entry) == hashes[i]) told(i, EntryAt(packed, entry));
  }
}

RowWord FindInRow(std::string_view packed, std::uint32_t hash) {
  std::size_t low = 0;
  std::size_t high = packed.size() / kEntry;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    const std::uint32_t there = HashAt(packed, middle);
    if (there == hash) return EntryAt(packed, middle);
    if (there < hash) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  RowWord none;
  none.hash = hash;
  return none;
}

}  // namespace counsel::understanding
