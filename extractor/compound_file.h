// The container of Outlook messages and old Office documents, after MS-CFB: storages (folders) and streams (files) in
// one file. Without recursion, and it takes no more than the file holds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace counsel::extractor {

class CompoundFile {
 public:
  static constexpr std::size_t kMostEntries = 200'000;

  struct Entry {
    Entry() = default;
    std::string name;  // UTF-8
    bool storage = false;
    std::uint64_t size = 0;
    std::uint32_t first = 0;            // sector
    std::vector<std::size_t> children;  // of a storage
  };

  // `bytes` stay the caller's, and outlive it. Nothing: it is damaged, or has more than kMostEntries.
  [[nodiscard]] static std::optional<CompoundFile> Open(std::string_view bytes);

  // entries()[0] is the root storage. An entry is the child of one storage.
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  // The child of that name, in capitals or not; nothing when there is none.
  [[nodiscard]] std::optional<std::size_t> Find(std::size_t storage, std::string_view name) const;

  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  // A stream's bytes; nothing when it is damaged.
  [[nodiscard]] std::optional<std::string> Read(std::size_t entry) const;

 private:
  CompoundFile() = default;
  [[nodiscard]] bool ReadTables(std::string_view difat_in_header, std::uint32_t first_difat);
  [[nodiscard]] bool ReadDirectory(std::uint32_t first);
  [[nodiscard]] std::string_view Sector(std::uint32_t number) const;
  // The sectors from `first` on, at most `most`; nothing when the chain leaves the file or turns in a circle.
  [[nodiscard]] std::optional<std::vector<std::uint32_t>> Chain(const std::vector<std::uint32_t>& table,
                                                                std::uint32_t first, std::size_t most) const;

  std::string_view bytes_;
  std::size_t sector_size_ = 512;
  std::uint64_t small_below_ = 4'096;
  std::vector<std::uint32_t> table_;         // the sector after each
  std::vector<std::uint32_t> small_table_;   // likewise of the pieces of the small streams,
  std::vector<std::uint32_t> small_stream_;  // which stand in these sectors
  std::vector<Entry> entries_;
};

// What to write: the root storage first, each after the storage that it stands in.
struct CompoundEntry {
  CompoundEntry() = default;
  std::string name;
  std::size_t parent = 0;
  bool storage = false;
  std::string bytes;
};
[[nodiscard]] std::string WriteCompoundFile(const std::vector<CompoundEntry>& entries);

}  // namespace counsel::extractor
