// The parts of an Office document, put into a ZIP, 0x1E between the parts. The first letter says of which kind: "d"
// DOCX, "x" XLSX, "t" PPTX, "s" ODS, "p" ODP, any other ODT.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

struct Part {
  const char* name;
  const char* kind;  // as the first one refers to it
};
using Parts = std::vector<Part>;

const Parts kWord = {{"word/document.xml", "officeDocument"}, {"word/styles.xml", "styles"},
                     {"word/numbering.xml", "numbering"},     {"word/footnotes.xml", "footnotes"},
                     {"word/comments.xml", "comments"},       {"word/header1.xml", "header"}};
const Parts kSheets = {{"xl/workbook.xml", "officeDocument"},
                       {"xl/worksheets/sheet1.xml", "worksheet"},
                       {"xl/sharedStrings.xml", "sharedStrings"},
                       {"xl/styles.xml", "styles"}};
const Parts kSlides = {{"ppt/presentation.xml", "officeDocument"}, {"ppt/slides/slide1.xml", "slide"}};
const Parts kOpen = {{"content.xml", ""}, {"styles.xml", ""}};

std::string Relations(const Parts& parts) {
  std::string xml = "<Relationships>";
  for (std::size_t i = 1; i < parts.size(); ++i) {
    xml += std::string("<Relationship Id=\"r") + std::to_string(i) + "\" Type=\"x/" + parts[i].kind + "\" Target=\"/" +
           parts[i].name + "\"/>";
  }
  return xml + "</Relationships>";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.empty()) return 0;
  const char kind = bytes.front();
  bytes.remove_prefix(1);
  const Parts& parts = kind == 'd' ? kWord : kind == 'x' ? kSheets : kind == 't' ? kSlides : kOpen;
  Zip zip;
  if (kind == 'd') zip.Add("word/_rels/document.xml.rels", Relations(parts));
  if (kind == 'x') zip.Add("[Content_Types].xml", "<Types a=\"spreadsheetml\"/>");
  if (kind == 'x') zip.Add("xl/_rels/workbook.xml.rels", Relations(parts));
  if (kind == 't') zip.Add("[Content_Types].xml", "<Types a=\"presentationml\"/>");
  if (kind == 't') zip.Add("ppt/_rels/presentation.xml.rels", Relations(parts));
  if (&parts == &kOpen) {
    const char* what = kind == 's' ? "spreadsheet" : kind == 'p' ? "presentation" : "text";
    zip.Add("mimetype", std::string("application/vnd.oasis.opendocument.") + what);
  }
  for (std::size_t i = 0; i < parts.size() && !bytes.empty(); ++i) {
    const std::size_t end = i + 1 == parts.size() ? bytes.size() : std::min(bytes.find('\x1E'), bytes.size());
    zip.Add(parts[i].name, bytes.substr(0, end));
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
  }
  counsel::fuzz::CheckDocument(counsel::extractor::ReadZip(zip.Finish(), "input.docx", counsel::fuzz::SmallLimits()));
  return 0;
}
