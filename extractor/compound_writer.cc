// Writes a compound file (MS-CFB, version 3): the streams, small ones together in one; the directory; what sector
// follows which.
#include <algorithm>
#include <bit>

#include "base/utf8.h"
#include "extractor/compound_file.h"

namespace counsel::extractor {
namespace {

constexpr std::size_t kSector = 512;
constexpr std::size_t kSmall = 64;
constexpr std::size_t kSmallBelow = 4'096;
constexpr std::size_t kInHeader = 109;   // parts of the table that the header lists
constexpr std::size_t kPerSector = 128;  // numbers
constexpr std::uint32_t kNone = 0xFFFFFFFF;
constexpr std::uint32_t kEnd = 0xFFFFFFFE;
constexpr std::uint32_t kTable = 0xFFFFFFFD;
constexpr std::uint32_t kListOfTables = 0xFFFFFFFC;
constexpr std::size_t kLongestName = 31;  // UTF-16 units

void Put(std::uint64_t number, std::size_t size, std::string* out) {
  for (std::size_t i = 0; i < size; ++i) *out += static_cast<char>(number >> 8 * i & 0xFFU);
}

void Fill(std::size_t unit, char with, std::string* out) {
  out->resize((out->size() + unit - 1) / unit * unit, with);
}

std::u16string Utf16(std::string_view utf8) {
  std::u16string units;
  for (std::size_t at = 0; at < utf8.size() && units.size() < kLongestName;) {
    const char32_t c = NextCodePoint(utf8, &at);
    units += c < 0x10000 ? static_cast<char16_t>(c) : u'?';
  }
  return units;
}

// As MS-CFB orders the children of a storage.
bool Before(const std::u16string& a, const std::u16string& b) {
  const auto big = [](char16_t c) { return c >= u'a' && c <= u'z' ? c - u'a' + u'A' : c; };
  if (a.size() != b.size()) return a.size() < b.size();
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [&big](char16_t x, char16_t y) { return big(x) < big(y); });
}

class Writer {
 public:
  explicit Writer(const std::vector<CompoundEntry>& entries) : entries_(entries), links_(entries.size()) {}

  std::string Write() {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      names_.push_back(Utf16(entries_[i].name));
      if (!entries_[i].storage) Stream(i);
    }
    Fill(kSector, '\0', &small_);
    const std::size_t small_bytes = small_.size();
    links_[0].first = Big(small_);
    links_[0].size = small_bytes;
    Trees();
    const std::uint32_t directory = Big(Directory());
    std::string small_table;
    for (const std::uint32_t next : small_next_) Put(next, 4, &small_table);
    Fill(kSector, '\xFF', &small_table);
    const std::uint32_t small_first = small_next_.empty() ? kEnd : Big(small_table);
    const std::size_t small_sectors = small_next_.empty() ? 0 : small_table.size() / kSector;
    return Whole(directory, small_first, small_sectors);
  }

 private:
  struct Link {
    Link() = default;
    std::uint32_t left = kNone;
    std::uint32_t right = kNone;
    std::uint32_t child = kNone;
    bool black = true;
    std::uint32_t first = kEnd;
    std::size_t size = 0;
  };

  // Appends sectors; the first's number.
  std::uint32_t Big(const std::string& bytes) {
    if (bytes.empty()) return kEnd;
    const auto first = static_cast<std::uint32_t>(next_.size());
    data_ += bytes;
    Fill(kSector, '\0', &data_);
    while (next_.size() < data_.size() / kSector) next_.push_back(static_cast<std::uint32_t>(next_.size() + 1));
    next_.back() = kEnd;
    return first;
  }

  void Stream(std::size_t i) {
    const std::string& bytes = entries_[i].bytes;
    links_[i].size = bytes.size();
    if (bytes.size() >= kSmallBelow) {
      links_[i].first = Big(bytes);
    } else if (!bytes.empty()) {
      links_[i].first = static_cast<std::uint32_t>(small_next_.size());
      small_ += bytes;
      Fill(kSmall, '\0', &small_);
      while (small_next_.size() < small_.size() / kSmall) {
        small_next_.push_back(static_cast<std::uint32_t>(small_next_.size() + 1));
      }
      small_next_.back() = kEnd;
    }
  }

  void Trees() {
    std::vector<std::vector<std::uint32_t>> children(entries_.size());
    for (std::size_t i = 1; i < entries_.size(); ++i) {
      children[entries_[i].parent].push_back(static_cast<std::uint32_t>(i));
    }
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      std::sort(children[i].begin(), children[i].end(),
                [this](std::uint32_t a, std::uint32_t b) { return Before(names_[a], names_[b]); });
      links_[i].child = Tree(children[i], 0, children[i].size(), std::bit_width(children[i].size()));
    }
  }

  // A balanced tree of [begin, end); what stands on its lowest level, `left` levels below, is red.
  std::uint32_t Tree(const std::vector<std::uint32_t>& children, std::size_t begin, std::size_t end, int left) {
    if (begin >= end) return kNone;
    const std::size_t middle = begin + (end - begin) / 2;
    Link& link = links_[children[middle]];
    link.black = left > 1 || children.size() == 1;
    link.left = Tree(children, begin, middle, left - 1);
    link.right = Tree(children, middle + 1, end, left - 1);
    return children[middle];
  }

  std::string Directory() const {
    std::string out;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      std::string name;
      for (const char16_t unit : i == 0 ? std::u16string(u"Root Entry") : names_[i]) Put(unit, 2, &name);
      const std::size_t name_bytes = name.size() + 2;
      name.resize(64, '\0');
      out += name;
      Put(name_bytes, 2, &out);
      Put(i == 0 ? 5 : entries_[i].storage ? 1 : 2, 1, &out);
      Put(links_[i].black ? 1 : 0, 1, &out);
      Put(links_[i].left, 4, &out);
      Put(links_[i].right, 4, &out);
      Put(links_[i].child, 4, &out);
      out.append(36, '\0');
      Put(entries_[i].storage && i != 0 ? 0 : links_[i].first, 4, &out);
      Put(links_[i].size, 8, &out);
    }
    // Unused entries.
    while (out.size() % kSector != 0) {
      out.append(68, '\0');
      out.append(12, '\xFF');
      out.append(48, '\0');
    }
    return out;
  }

  // The header, the data, the table, the list of its parts.
  std::string Whole(std::uint32_t directory, std::uint32_t small_first, std::size_t small_sectors) {
    std::size_t tables = 0;
    std::size_t lists = 0;
    while (tables * kPerSector < next_.size() + tables + lists) {
      ++tables;
      lists = tables <= kInHeader ? 0 : (tables - kInHeader + kPerSector - 2) / (kPerSector - 1);
    }
    const auto first_table = static_cast<std::uint32_t>(next_.size());
    const auto first_list = static_cast<std::uint32_t>(next_.size() + tables);
    next_.insert(next_.end(), tables, kTable);
    next_.insert(next_.end(), lists, kListOfTables);
    next_.resize(tables * kPerSector, kNone);

    std::string out("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    out.append(16, '\0');
    for (const std::uint16_t word : {0x3E, 3, 0xFFFE, 9, 6}) Put(word, 2, &out);
    out.append(10, '\0');
    Put(tables, 4, &out);
    Put(directory, 4, &out);
    Put(0, 4, &out);
    Put(kSmallBelow, 4, &out);
    Put(small_first, 4, &out);
    Put(small_sectors, 4, &out);
    Put(lists > 0 ? first_list : kEnd, 4, &out);
    Put(lists, 4, &out);
    const auto table = [&](std::size_t i) { return i < tables ? first_table + static_cast<std::uint32_t>(i) : kNone; };
    for (std::size_t i = 0; i < kInHeader; ++i) Put(table(i), 4, &out);
    out += data_;
    for (const std::uint32_t next : next_) Put(next, 4, &out);
    for (std::size_t list = 0; list < lists; ++list) {
      for (std::size_t i = 0; i < kPerSector - 1; ++i) Put(table(kInHeader + list * (kPerSector - 1) + i), 4, &out);
      Put(list + 1 < lists ? first_list + list + 1 : kEnd, 4, &out);
    }
    return out;
  }

  const std::vector<CompoundEntry>& entries_;
  std::vector<Link> links_;
  std::vector<std::u16string> names_;
  std::string data_;
  std::vector<std::uint32_t> next_;
  std::string small_;
  std::vector<std::uint32_t> small_next_;
};

}  // namespace

std::string WriteCompoundFile(const std::vector<CompoundEntry>& entries) {
  return Writer(entries).Write();
}

}  // namespace counsel::extractor
