// The words of a segment's passages: one file, written once, read where it is mapped.
//
// A segment has the passages of a range of ids, numbered from 0 in their order. Beside the postings stand the lengths
// of the passages, and runs of them: which ids, of which document and scope, so that a wall is a few ranges. Behind
// each word's postings are its places in them (places.h); files of an earlier Counsel have none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "index/file.h"
#include "index/places.h"
#include "index/postings.h"

namespace counsel::index {

// Passages of one document whose ids follow each other.
struct Run {
  Run() = default;
  std::uint32_t begin = 0;  // in the segment
  std::uint32_t count = 0;
  std::int64_t first = 0;  // id
  std::int64_t scope = 0;
  std::uint32_t document = 0;  // where its id begins among the names
  std::uint32_t document_size = 0;
};

// Gathers passages and writes the file. Memory: some 20 bytes for each word of each passage.
class WordsBuilder {
 public:
  explicit WordsBuilder(bool with_places = true) : with_places_(with_places) {}
  // Ids ascend.
  void BeginPassage(std::int64_t id, std::int64_t scope, std::string_view document);
  // `weight`: what one occurrence counts, by its column: 1 or 2. `place`: places.h; never back.
  void AddWord(std::string_view folded, std::uint32_t weight, std::uint32_t place);
  // In words, all columns together. Words at places below `doubled` weigh 2, the others 1.
  void EndPassage(std::uint32_t length, std::uint32_t doubled);

  [[nodiscard]] std::uint32_t passages() const { return static_cast<std::uint32_t>(lengths_.size()); }
  [[nodiscard]] Result<Written> Write(const std::filesystem::path& path, std::uint64_t stamp) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  bool with_places_;
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> numbers_;
  std::vector<Placed> placed_;  // by number
  std::vector<std::uint32_t> lengths_;
  std::vector<std::uint32_t> doubled_;
  std::vector<Run> runs_;
  std::string names_;
};

class Words {
 public:
  // `stamp` is what it was written with. kCorrupt when what it says of itself cannot be.
  [[nodiscard]] static Result<Words> Open(const std::filesystem::path& path, std::uint64_t bytes, std::uint64_t stamp);

  // Empty when no passage has it.
  [[nodiscard]] PostingList Find(std::string_view folded) const;
  [[nodiscard]] std::uint32_t passages() const { return static_cast<std::uint32_t>(lengths_.size()); }
  [[nodiscard]] std::span<const std::uint32_t> lengths() const { return lengths_; }
  [[nodiscard]] bool has_places() const { return has_places_; }
  // Of each passage: what stands before this place counts twice. Empty where there are no places.
  [[nodiscard]] std::span<const std::uint32_t> doubled() const { return doubled_; }
  [[nodiscard]] std::span<const Run> runs() const { return runs_; }
  [[nodiscard]] std::string_view DocumentOf(const Run& run) const;
  [[nodiscard]] std::int64_t IdOf(std::uint32_t passage) const;
  // kNoPassage when it is not here.
  [[nodiscard]] std::uint32_t Locate(std::int64_t id) const;
  // Those of ids first to last.
  [[nodiscard]] Range Within(std::int64_t first, std::int64_t last) const;
  [[nodiscard]] std::uint64_t checksum() const { return file_.checksum(); }
  // See MappedFile.
  [[nodiscard]] bool whole() const { return file_.whole(); }

  // In the order of their bytes.
  [[nodiscard]] std::uint32_t words() const { return words_; }
  [[nodiscard]] std::string_view WordAt(std::uint32_t i) const;
  [[nodiscard]] PostingList ListAt(std::uint32_t i) const;

 private:
  struct Entry {
    std::uint64_t postings = 0;
    std::uint32_t text = 0;
    std::uint32_t count = 0;
  };
  struct Foot;
  friend class WordsWriter;
  explicit Words(MappedFile file) : file_(std::move(file)) {}
  bool ReadFoot(std::uint64_t bytes, Foot* foot) const;

  MappedFile file_;
  std::uint32_t words_ = 0;
  bool has_places_ = false;
  std::span<const std::byte> postings_;
  std::span<const std::byte> texts_;
  std::span<const Entry> entries_;         // one more than there are words
  std::span<const std::uint64_t> places_;  // of each entry: where its places begin, behind its postings
  std::span<const std::uint32_t> lengths_;
  std::span<const std::uint32_t> doubled_;
  std::span<const Run> runs_;
  std::span<const std::byte> names_;
};

// What of a segment goes into another one.
struct Kept {
  const Words* words = nullptr;
  std::vector<Range> ranges;  // ascending, apart
};
// A segment of what is kept of several, whose ids ascend from one to the next; with places when all of them have some.
[[nodiscard]] Result<Written> MergeWords(std::span<const Kept> parts, const std::filesystem::path& path,
                                         std::uint64_t stamp, const MayGoOn& may_go_on);

}  // namespace counsel::index
