// The file of a segment's words, from its first byte to its last (words.cc reads it). Internal to this room.
//
//   postings, each word's places behind its own | words, one behind the other | entries | lengths | runs | names of
//   documents | where places begin | doubled | foot
//
// Each part begins at a multiple of 8; little-endian, as in memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "index/file.h"
#include "index/words.h"

namespace counsel::index {

struct Words::Foot {
  std::uint64_t magic = 0;
  std::uint64_t stamp = 0;
  std::uint64_t passages = 0;
  std::uint64_t words = 0;
  std::uint64_t runs = 0;
  std::uint64_t postings_size = 0;
  std::uint64_t texts = 0;  // where each part begins
  std::uint64_t texts_size = 0;
  std::uint64_t entries = 0;
  std::uint64_t lengths = 0;
  std::uint64_t run_list = 0;
  std::uint64_t names = 0;
  std::uint64_t names_size = 0;
  // Of kMagic alone.
  std::uint64_t places = 0;
  std::uint64_t doubled = 0;
};

class WordsWriter {
 public:
  // "words" and the version of the form; of the first one, without places.
  static constexpr std::uint64_t kMagic = 0x0002'7364'726F'7743;
  static constexpr std::uint64_t kMagicWithoutPlaces = 0x0001'7364'726F'7743;
  static constexpr std::size_t kFootWithoutPlaces = sizeof(Words::Foot) - 2 * sizeof(std::uint64_t);

  [[nodiscard]] static Result<WordsWriter> Create(const std::filesystem::path& path, bool with_places);
  // In the order of their bytes; `lengths` of all passages.
  void Add(std::string_view word, const Placed& placed, std::span<const std::uint32_t> lengths);
  [[nodiscard]] Result<Written> Finish(std::span<const std::uint32_t> lengths, std::span<const std::uint32_t> doubled,
                                       std::span<const Run> runs, std::string_view names, std::uint64_t stamp);

 private:
  WordsWriter(FileWriter file, bool with_places) : file_(std::move(file)), with_places_(with_places) {}
  FileWriter file_;
  bool with_places_;
  std::vector<std::byte> list_;
  std::string texts_;
  std::vector<Words::Entry> entries_;
  std::vector<std::uint64_t> places_;
};

}  // namespace counsel::index
