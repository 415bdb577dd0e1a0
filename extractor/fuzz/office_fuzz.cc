// The parts of an Office document, put into a ZIP: DOCX after a "d", ODT after anything else, 0x1E between the parts.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <zlib.h>

#include "extractor/document.h"
#include "extractor/fuzz/promises.h"

namespace {

// Entries that are not packed.
class Zip {
 public:
  void Add(std::string_view name, std::string_view content) {
    const std::string fields =
        Number(0, 2) + Number(0, 2) + Number(0, 4) +
        Number(::crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size())), 4) +
        Number(content.size(), 4) + Number(content.size(), 4) + Number(name.size(), 2) + Number(0, 2);
    central_ += "PK\1\2" + Number(20, 2) + Number(20, 2) + fields + Number(0, 2) + Number(0, 2) + Number(0, 2) +
                Number(0, 4) + Number(bytes_.size(), 4);
    central_ += name;
    bytes_ += "PK\3\4" + Number(20, 2) + fields;
    bytes_ += name;
    bytes_ += content;
    ++count_;
  }

  std::string Finish() {
    const std::string end = std::string("PK\5\6") + Number(0, 4) + Number(count_, 2) + Number(count_, 2) +
                            Number(central_.size(), 4) + Number(bytes_.size(), 4) + Number(0, 2);
    return bytes_ + central_ + end;
  }

 private:
  static std::string Number(std::uint64_t value, int size) {
    std::string bytes;
    for (int i = 0; i < size; ++i) bytes += static_cast<char>(value >> 8 * i);
    return bytes;
  }

  std::string bytes_;
  std::string central_;
  std::size_t count_ = 0;
};

constexpr std::array kWordParts = {"word/document.xml",  "word/styles.xml",   "word/numbering.xml",
                                   "word/footnotes.xml", "word/comments.xml", "word/header1.xml"};
constexpr std::array kWordKinds = {"officeDocument", "styles", "numbering", "footnotes", "comments", "header"};
constexpr std::array kOpenParts = {"content.xml", "styles.xml"};

std::string Relations() {
  std::string xml = "<Relationships>";
  for (std::size_t i = 1; i < kWordParts.size(); ++i) {
    xml += std::string("<Relationship Id=\"r\" Type=\"x/") + kWordKinds[i] + "\" Target=\"/" + kWordParts[i] + "\"/>";
  }
  return xml + "</Relationships>";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.empty()) return 0;
  const bool word = bytes.front() == 'd';
  bytes.remove_prefix(1);
  Zip zip;
  if (word) zip.Add("word/_rels/document.xml.rels", Relations());
  if (!word) zip.Add("mimetype", "application/vnd.oasis.opendocument.text");
  const std::size_t parts = word ? kWordParts.size() : kOpenParts.size();
  for (std::size_t i = 0; i < parts && !bytes.empty(); ++i) {
    const std::size_t end = i + 1 == parts ? bytes.size() : std::min(bytes.find('\x1E'), bytes.size());
    zip.Add(word ? kWordParts[i] : kOpenParts[i], bytes.substr(0, end));
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
  }
  counsel::fuzz::CheckDocument(counsel::extractor::ReadZip(zip.Finish(), "input.docx", counsel::fuzz::SmallLimits()));
  return 0;
}
