// PPTX (PresentationML): slide by slide, its words in the order of the file, then its speaker's notes.
#include <map>
#include <utility>

#include "extractor/composer.h"
#include "extractor/docx_parts.h"
#include "extractor/office.h"
#include "extractor/slide_text.h"
#include "extractor/xml.h"

namespace counsel::extractor {
namespace {

constexpr const char* kWhat = "presentation";

class SlideList : public XmlWalk {
 public:
  void Start(std::string_view name, const Attributes& attributes) override {
    // Its own id is a number; relations know the other one.
    if (name == "sldId") slides.push_back(attributes.WithPrefix("id"));
  }
  void End(std::string_view /*name*/) override {}
  void Text(std::string_view /*utf8*/) override {}
  std::vector<std::string> slides;  // relations
};

class SlideText : public XmlWalk {
 public:
  explicit SlideText(std::size_t max_text_bytes) : composer_(max_text_bytes) {}

  void Start(std::string_view name, const Attributes& attributes) override {
    if (name == "sld") hidden = attributes["show"] == "0" || attributes["show"] == "false";
    if (name == "sp") shape_ = Shape();
    if (name == "r") struck_ = false;
    if (name == "rPr") struck_ = attributes["strike"].ends_with("Strike") && attributes["strike"] != "noStrike";
    if (name == "ph") {
      const std::string type = attributes["type"];
      shape_.title = type == "title" || type == "ctrTitle";
      shape_.furniture = type == "sldNum" || type == "dt" || type == "ftr" || type == "hdr" || type == "sldImg";
    }
    if (name == "tbl") composer_.BeginTable();
    if (name == "tr") composer_.BeginRow();
    if (name == "tc") {
      composer_.BeginCell();
      if (attributes["vMerge"] == "1" || attributes["vMerge"] == "true") composer_.ContinueCell();
    }
    if (name == "br" && !shape_.furniture) composer_.Text("\n");
    if (name == "pic") ++pictures;
    if (name == "graphicData") {
      const std::string kind = attributes["uri"];
      drawings += kind.ends_with("/table") ? 0 : 1;
    }
    in_text_ = name == "t";
  }

  void End(std::string_view name) override {
    in_text_ = false;
    if (name == "p") EndParagraph();
    if (name == "tc") composer_.EndCell();
    if (name == "tr") composer_.EndRow();
    if (name == "tbl") composer_.EndTable();
    if (name == "sp") shape_ = Shape();
  }

  void Text(std::string_view utf8) override {
    if (!in_text_ || shape_.furniture) return;
    if (shape_.title && title.size() < kLongestLabel) title += utf8;
    struck_ ? composer_.Struck(utf8) : composer_.Text(utf8);
  }
  [[nodiscard]] bool Enough() const override { return composer_.too_long(); }

  Flow Take() { return composer_.Finish(); }

  std::string title;
  bool hidden = false;
  int pictures = 0;
  int drawings = 0;

 private:
  struct Shape {
    bool title = false;
    bool furniture = false;
  };

  void EndParagraph() {
    ParagraphStyle style;
    style.heading = shape_.title ? 2 : 0;
    composer_.SetStyle(std::move(style));
    composer_.EndParagraph();
  }

  Composer composer_;
  Shape shape_;
  bool in_text_ = false;
  bool struck_ = false;  // the run has a line through it
};

class PptxReader {
 public:
  PptxReader(Package& package, const std::string& name) : package_(package), name_(name) {}

  Result<Document> Read() {
    std::string main = "ppt/presentation.xml";
    Result<std::vector<DocxRelation>> roots = ReadRelationsOf(package_, name_, "");
    if (!roots) return Fail(std::move(roots.error()));
    for (const DocxRelation& root : *roots) {
      if (root.type == "officeDocument") main = root.target;
    }
    const Package::Entry* entry = package_.Find(main);
    if (entry == nullptr) return Damaged(name_, kWhat);
    SlideList list;
    if (Result<void> walked = WalkPart(package_, *entry, name_, kWhat, &list); !walked) {
      return Fail(std::move(walked.error()));
    }
    Result<std::vector<DocxRelation>> relations = ReadRelationsOf(package_, name_, main);
    if (!relations) return Fail(std::move(relations.error()));
    std::map<std::string, std::string> parts;
    for (const DocxRelation& relation : *relations) parts[relation.id] = relation.target;
    for (std::size_t i = 0; i < list.slides.size(); ++i) {
      if (Result<void> read = ReadSlide(parts[list.slides[i]], i + 1); !read) return Fail(std::move(read.error()));
    }
    document_.media_type = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
    Result<void> taken = TakeText(std::move(text_), name_, package_.limits().text_bytes, &document_);
    if (!taken) return Fail(std::move(taken.error()));
    return std::move(document_);
  }

 private:
  Result<void> ReadSlide(const std::string& part, std::size_t number) {
    const Package::Entry* entry = package_.Find(part);
    if (entry == nullptr) return {};
    const std::string place = "slide " + std::to_string(number);
    const std::size_t most = package_.limits().text_bytes;
    SlideText slide(most);
    if (Result<void> walked = WalkPart(package_, *entry, name_, kWhat, &slide); !walked) return walked;
    AddSlide(number, slide.Take(), slide.hidden, &text_);
    if (slide.pictures > 0) document_.unread.push_back({"a picture", "what it shows is not looked at", place});
    if (slide.drawings > 0)
      document_.unread.push_back({"a chart, diagram or embedded object", "Counsel does not read it", place});
    if (Result<void> notes = ReadNotes(part, number); !notes) return notes;
    if (text_.text().size() > most) return TextTooLong(name_, most);
    return {};
  }

  Result<void> ReadNotes(const std::string& part, std::size_t number) {
    Result<std::vector<DocxRelation>> relations = ReadRelationsOf(package_, name_, part);
    if (!relations) return Fail(std::move(relations.error()));
    for (const DocxRelation& relation : *relations) {
      const Package::Entry* entry = relation.type == "notesSlide" ? package_.Find(relation.target) : nullptr;
      if (relation.type == "comments")
        document_.unread.push_back({"comments", "Counsel does not read them", "slide " + std::to_string(number)});
      if (entry == nullptr) continue;
      SlideText notes(package_.limits().text_bytes);
      if (Result<void> walked = WalkPart(package_, *entry, name_, kWhat, &notes); !walked) return walked;
      AddSpeakersNotes(number, notes.Take(), &text_);
    }
    return {};
  }

  Package& package_;
  const std::string& name_;
  Document document_;
  Flow text_;
};

}  // namespace

Result<Document> ReadPptx(Package& package, const std::string& name) {
  return PptxReader(package, name).Read();
}

}  // namespace counsel::extractor
