// What a PDF holds beside the text of its pages.
#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include <Catalog.h>
#include <FileSpec.h>
#include <Object.h>
#include <OptionalContent.h>
#include <PDFDoc.h>
#include <Page.h>
#include <Stream.h>

#include "base/utf8.h"
#include "extractor/document.h"
#include "extractor/encoding.h"
#include "extractor/pdf_inside.h"

namespace counsel::extractor {
namespace {

constexpr int kMostMarks = 2'000;  // of a page
constexpr std::size_t kLongestText = std::size_t{64} << 10;

// A text string: UTF-16 or UTF-8 with a mark, else PDFDocEncoding, which is Windows' for what people write.
std::string TextOf(const std::string& whole) {
  const std::string bytes = whole.substr(0, kLongestText);
  const auto from = [&bytes](const char* charset, std::size_t mark) {
    return ConvertFrom(charset, std::string_view(bytes).substr(mark)).value_or("");
  };
  std::string text;
  if (bytes.starts_with("\xFE\xFF")) {
    text = from("UTF-16BE", 2);
  } else if (bytes.starts_with("\xFF\xFE")) {
    text = from("UTF-16LE", 2);
  } else if (bytes.starts_with("\xEF\xBB\xBF")) {
    text = RepairUtf8(std::string_view(bytes).substr(3));
  } else {
    text = ValidUtf8(bytes) ? bytes : from("windows-1252", 0);
  }
  Flow cleaned;
  cleaned.Write(text);
  cleaned.TrimEnd();
  return std::move(cleaned).TakeText();
}
std::string TextOf(const Object& object) {
  return object.isString() ? TextOf(object.getString()->toStr()) : std::string();
}

// "D:20240301…" → "2024-03-01"
std::string DayOf(const Object& object) {
  std::string text = TextOf(object);
  if (text.starts_with("D:")) text.erase(0, 2);
  const bool digits = text.size() >= 8 && text.substr(0, 8).find_first_not_of("0123456789") == std::string::npos;
  return digits ? text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6, 2) : "";
}

PdfMark::Kind KindOf(const std::string& subtype) {
  if (subtype == "StrikeOut") return PdfMark::Kind::kStruckOut;
  if (subtype == "Redact") return PdfMark::Kind::kRedaction;
  if (subtype == "FileAttachment") return PdfMark::Kind::kFile;
  constexpr std::array<std::string_view, 6> kOthers = {"Sound", "Movie", "Screen", "3D", "RichMedia", "TrapNet"};
  const bool other = std::find(kOthers.begin(), kOthers.end(), subtype) != kOthers.end();
  return other ? PdfMark::Kind::kOther : PdfMark::Kind::kComment;
}

double Number(const Object& array, int i) {
  const Object one = array.arrayGet(i);
  return one.isNum() ? one.getNum() : 0;
}

// The words of the page whose middle is within the mark's quadrilaterals, or its rectangle. On pages that are turned it
// is not looked for.
std::string WordsUnder(const Object& mark, const Page& page, const PageLayout& layout, std::size_t* budget) {
  if (page.getRotate() != 0) return "";
  Object quads = mark.dictLookup("QuadPoints");
  std::vector<Box> boxes;
  const PDFRectangle* crop = page.getCropBox();
  const auto add = [&](double x1, double y1, double x2, double y2) {
    boxes.push_back({std::min(x1, x2) - crop->x1, crop->y2 - std::max(y1, y2), std::max(x1, x2) - crop->x1,
                     crop->y2 - std::min(y1, y2)});
  };
  if (quads.isArray()) {
    for (int i = 0; i + 7 < std::min(quads.arrayGetLength(), 8'000); i += 8) {
      std::array<double, 4> x{};
      std::array<double, 4> y{};
      for (int k = 0; k < 4; ++k) {
        x[static_cast<std::size_t>(k)] = Number(quads, i + 2 * k);
        y[static_cast<std::size_t>(k)] = Number(quads, i + 2 * k + 1);
      }
      add(*std::min_element(x.begin(), x.end()), *std::min_element(y.begin(), y.end()),
          *std::max_element(x.begin(), x.end()), *std::max_element(y.begin(), y.end()));
    }
  } else {
    const Object rectangle = mark.dictLookup("Rect");
    if (!rectangle.isArray() || rectangle.arrayGetLength() != 4) return "";
    add(Number(rectangle, 0), Number(rectangle, 1), Number(rectangle, 2), Number(rectangle, 3));
  }
  std::string words;
  for (const LayoutLine& line : layout.lines) {
    for (const LayoutWord& word : line.words) {
      if (*budget < boxes.size()) return words;
      *budget -= boxes.size();
      const double x = (word.box.left + word.box.right) / 2;
      const double y = (word.box.top + word.box.bottom) / 2;
      const bool within = std::any_of(boxes.begin(), boxes.end(), [x, y](const Box& box) {
        return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
      });
      if (within && words.size() < kLongestText) words += (words.empty() ? "" : " ") + word.text;
    }
  }
  return words;
}

// Later versions call it otherwise.
template <class AnyStream>
void ToBegin(AnyStream* stream) {
  if constexpr (requires { stream->rewind(); }) {
    (void)stream->rewind();
  } else {
    (void)stream->reset();
  }
}

// nothing: it unpacks to more than `limit`.
std::optional<std::string> BytesOf(Stream* stream, std::uint64_t limit) {
  std::string bytes;
  ToBegin(stream);
  for (int c = stream->getChar(); c != EOF; c = stream->getChar()) {
    if (bytes.size() >= limit) return std::nullopt;
    bytes += static_cast<char>(c);
  }
  stream->close();
  return bytes;
}

class FileList {
 public:
  FileList(const std::string& name, const Limits& limits) : name_(name), limits_(limits) {}

  Result<void> Add(FileSpec* file) {
    EmbFile* embedded = file != nullptr && file->isOk() ? file->getEmbeddedFile() : nullptr;
    Stream* stream = embedded == nullptr ? nullptr : embedded->stream();
    if (stream == nullptr) return {};
    std::optional<std::string> bytes = BytesOf(stream, limits_.unpacked_bytes - bytes_);
    if (!bytes) return UnpacksTooFar(name_, limits_);
    if (bytes->empty()) return {};
    // One file may be named by the document and pinned to a page too.
    const bool known =
        std::any_of(files.begin(), files.end(), [&bytes](const Embedded& one) { return one.bytes == *bytes; });
    if (known) return {};
    bytes_ += bytes->size();
    Embedded one;
    one.name = file->getFileName() == nullptr ? "" : TextOf(file->getFileName()->toStr());
    std::replace(one.name.begin(), one.name.end(), '\n', ' ');
    if (one.name.empty()) one.name = "attachment " + std::to_string(files.size() + 1);
    one.media_type = embedded->mimeType() == nullptr ? "" : RepairUtf8(embedded->mimeType()->toStr());
    one.bytes = std::move(*bytes);
    files.push_back(std::move(one));
    if (files.size() > limits_.embedded_files) return TooManyFiles(name_, limits_);
    return {};
  }

  Result<void> AddAll(const Object& array) {
    if (!array.isArray()) return {};
    for (int i = 0; i < std::min(array.arrayGetLength(), kMostMarks); ++i) {
      const Object object = array.arrayGet(i);
      FileSpec file(&object);
      if (Result<void> added = Add(&file); !added) return added;
    }
    return {};
  }

  std::vector<Embedded> files;

 private:
  const std::string& name_;
  const Limits& limits_;
  std::uint64_t bytes_ = 0;
};

// Pixels of the pictures that a page's resources hold, those of its forms too.
double PixelsOf(const Object& resources, int depth) {
  constexpr int kDeepest = 3;
  constexpr int kMost = 500;
  const Object objects = resources.isDict() ? resources.dictLookup("XObject") : Object(objNull);
  if (!objects.isDict()) return 0;
  double pixels = 0;
  for (int i = 0; i < std::min(objects.dictGetLength(), kMost); ++i) {
    const Object object = objects.dictGetVal(i);
    if (!object.isStream()) continue;
    Dict* dict = object.streamGetDict();
    const Object subtype = dict->lookup("Subtype");
    if (subtype.isName("Image")) {
      const Object width = dict->lookup("Width");
      const Object height = dict->lookup("Height");
      if (width.isNum() && height.isNum()) pixels += width.getNum() * height.getNum();
    } else if (subtype.isName("Form") && depth < kDeepest) {
      pixels += PixelsOf(dict->lookup("Resources"), depth + 1);
    }
  }
  return pixels;
}

}  // namespace

std::string PdfFile::Label(int page) {
  GooString label;
  if (!inside_->document->getCatalog()->indexToLabel(page - 1, &label)) return "";
  std::string text = TextOf(label.toStr());
  return text == std::to_string(page) ? "" : text.substr(0, 100);
}

std::vector<PdfMark> PdfFile::Marks(int number, const PageLayout& layout) {
  std::vector<PdfMark> marks;
  std::size_t budget = 20'000'000;  // comparisons of a word with a mark
  Page* page = inside_->document->getPage(number);
  const Object array = page == nullptr ? Object(objNull) : page->getAnnotsObject();
  if (!array.isArray()) return marks;
  for (int i = 0; i < std::min(array.arrayGetLength(), kMostMarks); ++i) {
    const Object mark = array.arrayGet(i);
    const Object subtype = mark.isDict() ? mark.dictLookup("Subtype") : Object(objNull);
    if (!subtype.isName()) continue;
    PdfMark one;
    one.subtype = subtype.getName();
    // A link leads elsewhere, a field is read with the page, a window belongs to a comment.
    if (one.subtype == "Link" || one.subtype == "Widget" || one.subtype == "Popup" || one.subtype == "FreeText")
      continue;
    one.kind = KindOf(one.subtype);
    one.author = TextOf(mark.dictLookup("T"));
    one.date = DayOf(mark.dictLookup("M"));
    one.text = TextOf(mark.dictLookup("Contents"));
    const bool stands_over = one.subtype == "Highlight" || one.subtype == "Underline" || one.subtype == "Squiggly" ||
                             one.kind == PdfMark::Kind::kStruckOut || one.kind == PdfMark::Kind::kRedaction;
    if (stands_over) one.over = WordsUnder(mark, *page, layout, &budget);
    marks.push_back(std::move(one));
  }
  return marks;
}

bool PdfFile::HasScan(int number) {
  constexpr double kFewestDots = 70;  // an inch
  constexpr double kLeastShare = 0.5;
  Page* page = inside_->document->getPage(number);
  if (page == nullptr || !page->isOk()) return false;
  const double inches = page->getCropWidth() * page->getCropHeight() / (72 * 72);
  return PixelsOf(*page->getResourceDictObject(), 0) > kLeastShare * inches * kFewestDots * kFewestDots;
}

Result<std::vector<Embedded>> PdfFile::Files(const std::string& name, const Limits& limits) {
  FileList list(name, limits);
  PDFDoc& document = *inside_->document;
  Catalog* catalog = document.getCatalog();
  const int named = catalog->numEmbeddedFiles();
  if (named > 0 && static_cast<std::size_t>(named) > limits.embedded_files) return TooManyFiles(name, limits);
  for (int i = 0; i < named; ++i) {
    const std::unique_ptr<FileSpec> file = catalog->embeddedFile(i);
    if (Result<void> added = list.Add(file.get()); !added) return Fail(std::move(added.error()));
  }
  const Object root = document.getXRef()->getCatalog();
  if (root.isDict()) {
    if (Result<void> added = list.AddAll(root.dictLookup("AF")); !added) return Fail(std::move(added.error()));
  }
  for (int i = 1; i <= document.getNumPages(); ++i) {
    Page* page = document.getPage(i);
    const Object marks = page == nullptr ? Object(objNull) : page->getAnnotsObject();
    for (int k = 0; marks.isArray() && k < std::min(marks.arrayGetLength(), kMostMarks); ++k) {
      const Object mark = marks.arrayGet(k);
      if (!mark.isDict() || !mark.dictLookup("Subtype").isName("FileAttachment")) continue;
      const Object object = mark.dictLookup("FS");
      FileSpec file(&object);
      if (Result<void> added = list.Add(&file); !added) return Fail(std::move(added.error()));
    }
  }
  return std::move(list.files);
}

std::string PdfFile::FormData(std::size_t limit) {
  const Object root = inside_->document->getXRef()->getCatalog();
  const Object form = root.isDict() ? root.dictLookup("AcroForm") : Object(objNull);
  const Object xfa = form.isDict() ? form.dictLookup("XFA") : Object(objNull);
  if (xfa.isStream()) return BytesOf(xfa.getStream(), limit).value_or("");
  for (int i = 0; xfa.isArray() && i + 1 < std::min(xfa.arrayGetLength(), 100); i += 2) {
    const Object part = xfa.arrayGet(i + 1);
    if (TextOf(xfa.arrayGet(i)) == "datasets" && part.isStream()) return BytesOf(part.getStream(), limit).value_or("");
  }
  return xfa.isNull() ? "" : " ";
}

std::vector<std::string> PdfFile::HiddenLayers() {
  std::vector<std::string> hidden;
  const OCGs* layers = inside_->document->getCatalog()->getOptContentConfig();
  if (layers == nullptr || !layers->isOk()) return hidden;
  for (const auto& [reference, layer] : layers->getOCGs()) {
    if (layer->getState() != OptionalContentGroup::Off || hidden.size() >= 20) continue;
    hidden.push_back(layer->getName() == nullptr ? "" : TextOf(layer->getName()->toStr()));
  }
  std::sort(hidden.begin(), hidden.end());
  return hidden;
}

}  // namespace counsel::extractor
