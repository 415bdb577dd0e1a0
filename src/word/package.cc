#include "word/package.h"

#include <array>
#include <cstddef>

namespace counsel::word {
namespace {

constexpr std::uint16_t kVersion = 20;       // 2.0: folders and what follows them; nothing here needs more
constexpr std::uint16_t kDate = 1 << 5 | 1;  // 1 January 1980, the first that ZIP knows: no time of ours in the bytes

constexpr std::array<std::uint32_t, 256> CrcTable() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value & 1) != 0 ? 0xEDB88320U ^ (value >> 1) : value >> 1;
    table[i] = value;
  }
  return table;
}

void Put16(std::size_t value, std::string* out) {
  out->push_back(static_cast<char>(value & 0xFF));
  out->push_back(static_cast<char>(value >> 8 & 0xFF));
}

void Put32(std::size_t value, std::string* out) {
  Put16(value & 0xFFFF, out);
  Put16(value >> 16 & 0xFFFF, out);
}

// What the header before a part and its line in the directory have in common.
void PutFacts(const Part& part, std::uint32_t crc, std::string* out) {
  Put16(kVersion, out);
  Put16(0, out);  // flags
  Put16(0, out);  // method: stored
  Put16(0, out);  // time
  Put16(kDate, out);
  Put32(crc, out);
  Put32(part.bytes.size(), out);  // packed
  Put32(part.bytes.size(), out);
  Put16(part.name.size(), out);
  Put16(0, out);  // extra
}

}  // namespace

std::uint32_t Crc32(std::string_view bytes) {
  static constexpr std::array<std::uint32_t, 256> kTable = CrcTable();
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char c : bytes) crc = kTable[(crc ^ static_cast<unsigned char>(c)) & 0xFF] ^ (crc >> 8);
  return crc ^ 0xFFFFFFFFU;
}

std::string Zip(const std::vector<Part>& parts) {
  std::string archive;
  std::string directory;
  for (const Part& part : parts) {
    const std::uint32_t crc = Crc32(part.bytes);
    Put32(0x02014b50, &directory);
    Put16(kVersion, &directory);  // made by
    PutFacts(part, crc, &directory);
    Put16(0, &directory);  // comment
    Put16(0, &directory);  // disk
    Put16(0, &directory);  // internal attributes
    Put32(0, &directory);  // external attributes
    Put32(archive.size(), &directory);
    directory += part.name;
    Put32(0x04034b50, &archive);
    PutFacts(part, crc, &archive);
    archive += part.name;
    archive += part.bytes;
  }
  const std::size_t begin = archive.size();
  archive += directory;
  Put32(0x06054b50, &archive);
  Put32(0, &archive);  // disks
  Put16(parts.size(), &archive);
  Put16(parts.size(), &archive);
  Put32(directory.size(), &archive);
  Put32(begin, &archive);
  Put16(0, &archive);  // comment
  return archive;
}

}  // namespace counsel::word
