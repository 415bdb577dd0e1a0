#include "extractor/compound_file.h"

#include <algorithm>

#include "base/utf8.h"
#include "extractor/bytes.h"
#include "extractor/encoding.h"

namespace counsel::extractor {
namespace {

constexpr std::string_view kMark = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
constexpr std::uint32_t kNoEntry = 0xFFFFFFFF;
constexpr std::uint32_t kLastSector = 0xFFFFFFFA;  // what is above has a meaning of its own
constexpr std::size_t kHeader = 512;
constexpr std::size_t kEntry = 128;
constexpr std::size_t kSmall = 64;  // a piece of a small stream

std::vector<std::uint32_t> Numbers(std::string_view bytes) {
  std::vector<std::uint32_t> numbers;
  numbers.reserve(bytes.size() / 4);
  for (Bytes rest(bytes); rest.size() >= 4;) numbers.push_back(rest.Four());
  return numbers;
}

char Small(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool SameName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return Small(x) == Small(y); });
}

}  // namespace

std::optional<CompoundFile> CompoundFile::Open(std::string_view bytes) {
  if (!bytes.starts_with(kMark) || bytes.size() < kHeader) return std::nullopt;
  CompoundFile file;
  file.bytes_ = bytes;
  Bytes header(bytes.substr(0, kHeader));
  (void)header.Take(30);  // mark, class, versions, byte order
  const std::uint16_t shift = header.Two();
  if (shift != 9 && shift != 12) return std::nullopt;
  file.sector_size_ = std::size_t{1} << shift;
  (void)header.Take(16);
  const std::uint32_t directory = header.Four();
  (void)header.Four();
  file.small_below_ = header.Four();
  // Some programs leave a sector's number where they count none.
  const auto chain_start = [&header] {
    const std::uint32_t first = header.Four();
    return header.Four() == 0 ? kLastSector : first;
  };
  const std::uint32_t small_table = chain_start();
  const std::uint32_t difat = chain_start();
  if (!file.ReadTables(header.Take(109 * 4), difat)) return std::nullopt;
  const auto sectors = file.Chain(file.table_, small_table, file.table_.size());
  if (!sectors) return std::nullopt;
  for (const std::uint32_t sector : *sectors) {
    const std::vector<std::uint32_t> numbers = Numbers(file.Sector(sector));
    file.small_table_.insert(file.small_table_.end(), numbers.begin(), numbers.end());
  }
  if (!file.ReadDirectory(directory)) return std::nullopt;
  file.small_stream_ = file.Chain(file.table_, file.entries_[0].first, file.table_.size()).value_or(file.small_stream_);
  return file;
}

std::string_view CompoundFile::Sector(std::uint32_t number) const {
  const std::uint64_t at = (std::uint64_t{number} + 1) * sector_size_;
  return at < bytes_.size() ? bytes_.substr(at, sector_size_) : std::string_view();
}

std::optional<std::vector<std::uint32_t>> CompoundFile::Chain(const std::vector<std::uint32_t>& table,
                                                              std::uint32_t first, std::size_t most) const {
  std::vector<std::uint32_t> chain;
  for (std::uint32_t at = first; at < kLastSector && chain.size() < most; at = table[at]) {
    // Longer than the table is a circle.
    if (at >= table.size() || chain.size() >= table.size()) return std::nullopt;
    chain.push_back(at);
  }
  return chain;
}

// The sectors that hold the table are listed in the header, and on in a chain of sectors of their own.
bool CompoundFile::ReadTables(std::string_view difat_in_header, std::uint32_t first_difat) {
  const std::size_t sectors = bytes_.size() / sector_size_;
  const std::size_t per_sector = sector_size_ / 4;
  const std::size_t most = sectors / per_sector + 1;
  std::vector<std::uint32_t> parts = Numbers(difat_in_header);
  std::size_t chained = 0;
  for (std::uint32_t at = first_difat; at < kLastSector;) {
    std::vector<std::uint32_t> more = Numbers(Sector(at));
    if (more.size() != per_sector || ++chained > most) return false;
    at = more.back();
    more.pop_back();
    parts.insert(parts.end(), more.begin(), more.end());
  }
  std::size_t read = 0;
  for (const std::uint32_t part : parts) {
    if (part >= kLastSector) continue;
    std::vector<std::uint32_t> numbers = Numbers(Sector(part));
    if (numbers.empty() || ++read > most) return false;
    numbers.resize(per_sector, kLastSector);
    table_.insert(table_.end(), numbers.begin(), numbers.end());
  }
  return read > 0;
}

bool CompoundFile::ReadDirectory(std::uint32_t first) {
  const auto sectors = Chain(table_, first, table_.size());
  if (!sectors) return false;
  struct Links {
    std::uint32_t left = kNoEntry;
    std::uint32_t right = kNoEntry;
    std::uint32_t child = kNoEntry;
  };
  std::vector<Links> links;
  for (const std::uint32_t sector : *sectors) {
    for (Bytes rest(Sector(sector)); rest.size() >= kEntry;) {
      Bytes one(rest.Take(kEntry));
      const std::string_view name = one.Take(64);
      const std::size_t name_bytes = std::min<std::size_t>(one.Two(), 64);
      Entry entry;
      if (name_bytes > 2) entry.name = RepairUtf8(ConvertFrom("UTF-16LE", name.substr(0, name_bytes - 2)).value_or(""));
      const auto type = one.Number(1);
      entry.storage = type == 1 || type == 5;
      (void)one.Take(1);
      Links link;
      link.left = one.Four();
      link.right = one.Four();
      link.child = one.Four();
      (void)one.Take(36);
      entry.first = one.Four();
      entry.size = one.Eight();
      if (sector_size_ == 512) entry.size &= 0xFFFFFFFFU;  // older programs leave what they like above it
      links.push_back(link);
      entries_.push_back(std::move(entry));
      if (entries_.size() > kMostEntries) return false;
    }
  }
  if (entries_.empty()) return false;
  entries_[0].storage = true;
  // Each storage's children are a tree.
  std::vector<bool> seen(entries_.size());
  seen[0] = true;
  struct Step {
    std::uint32_t entry;
    std::size_t parent;
  };
  std::vector<Step> todo = {{links[0].child, 0}};
  while (!todo.empty()) {
    const Step step = todo.back();
    todo.pop_back();
    if (step.entry >= entries_.size() || seen[step.entry]) continue;
    seen[step.entry] = true;
    entries_[step.parent].children.push_back(step.entry);
    todo.push_back({links[step.entry].left, step.parent});
    todo.push_back({links[step.entry].right, step.parent});
    if (entries_[step.entry].storage) todo.push_back({links[step.entry].child, step.entry});
  }
  for (Entry& entry : entries_) {
    std::sort(entry.children.begin(), entry.children.end());
  }
  return true;
}

std::optional<std::size_t> CompoundFile::Find(std::size_t storage, std::string_view name) const {
  for (const std::size_t child : entries_[storage].children) {
    if (SameName(entries_[child].name, name)) return child;
  }
  return std::nullopt;
}

std::optional<std::string> CompoundFile::Read(std::size_t entry) const {
  const Entry& stream = entries_[entry];
  if (stream.storage || stream.size > bytes_.size()) return std::nullopt;
  const auto size = static_cast<std::size_t>(stream.size);
  const bool small = size < small_below_;
  const std::size_t piece = small ? kSmall : sector_size_;
  const auto chain = Chain(small ? small_table_ : table_, stream.first, (size + piece - 1) / piece);
  if (!chain) return std::nullopt;
  const std::size_t per_sector = sector_size_ / kSmall;
  std::string bytes;
  bytes.reserve(size);
  for (const std::uint32_t at : *chain) {
    std::string_view part;
    if (!small) {
      part = Sector(at);
    } else if (at / per_sector < small_stream_.size()) {
      const std::string_view sector = Sector(small_stream_[at / per_sector]);
      const std::size_t from = at % per_sector * kSmall;
      if (from < sector.size()) part = sector.substr(from, kSmall);
    }
    bytes += part.substr(0, size - bytes.size());
  }
  if (bytes.size() != size) return std::nullopt;
  return bytes;
}

}  // namespace counsel::extractor
