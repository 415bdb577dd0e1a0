#include "extractor/docx_things.h"

#include <utility>

#include "extractor/encoding.h"
#include "extractor/office.h"

namespace counsel::extractor {
namespace {

// The words of a drawing: each paragraph or value, in the order of the file.
class DrawingWords : public XmlWalk {
 public:
  void Start(std::string_view name, const Attributes& attributes) override {
    // How a diagram is laid out, and its samples, say nothing.
    if (name == "pt")
      presentation_ =
          attributes["type"] == "pres" || attributes["type"] == "parTrans" || attributes["type"] == "sibTrans";
    in_text_ = name == "t" || name == "v";
  }
  void End(std::string_view name) override {
    in_text_ = false;
    if (name == "p" || name == "v") Take();
  }
  void Text(std::string_view utf8) override {
    if (in_text_ && !presentation_ && piece_.size() < kMost) piece_ += utf8;
  }
  [[nodiscard]] bool Enough() const override { return words_.size() > kMost; }

  std::string Words() {
    Take();
    return words_;
  }

 private:
  static constexpr std::size_t kMost = std::size_t{1} << 20;
  void Take() {
    if (HasText(piece_)) words_ += (words_.empty() ? "" : "; ") + piece_;
    piece_.clear();
  }
  bool in_text_ = false;
  bool presentation_ = false;
  std::string piece_;
  std::string words_;
};

std::string Ending(const std::string& part) {
  const std::size_t dot = part.rfind('.');
  std::string ending = dot == std::string::npos ? "" : part.substr(dot + 1);
  for (char& c : ending) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return ending;
}

// A document in another format that Word shows in the midst of this one.
Result<Flow> ReadChunk(const std::string& bytes, const std::string& part, const std::string& name,
                       const Limits& limits) {
  Result<Document> read = Fail(ErrorCode::kUnsupported, "");
  if (LooksLikeHtml(bytes) || Ending(part).starts_with("htm") || Ending(part) == "xhtml") {
    read = ReadHtml(bytes, name, limits);
  } else if (bytes.starts_with("{\\rtf")) {
    read = ReadRtf(bytes, name, limits);
  } else if (bytes.starts_with("PK\x03\x04")) {
    Result<Package> package = Package::Open(bytes, name, limits);
    if (!package) return Fail(std::move(package.error()));
    // What stands in it stays in it: a chunk in a chunk is not followed.
    if (package->Find("word/document.xml") != nullptr) read = ReadDocx(*package, name, limits.text_bytes, false);
  } else if (Ending(part) == "txt") {
    read = ReadPlainText(bytes, name, limits);
  }
  if (!read) return Fail(std::move(read.error()));
  Flow flow;
  flow.Write(read->text);
  for (const Span& span : read->structure) flow.Mark(span.kind, span.level, span.start, span.end, span.label);
  return flow;
}

class Reader {
 public:
  Reader(Package& package, const std::string& name, DocxThings* things)
      : package_(package), name_(name), things_(things) {}

  Result<void> Read(const DocxRelation& relation) {
    const Package::Entry* entry = package_.Find(relation.target);
    if (entry == nullptr) return {};
    if (relation.type == "aFChunk") return Chunk(relation, *entry);
    if (relation.type == "diagramData") return Drawing(relation, *entry, "Diagram", "a diagram (SmartArt)");
    if (relation.type == "chart" || relation.type == "chartEx") return Drawing(relation, *entry, "Chart", "a chart");
    if (relation.type == "package") return File(relation, *entry);
    if (relation.type == "oleObject")
      things_->unread.push_back({"an embedded object", "its form is the program's own", ""});
    if (relation.type == "image") things_->unread.push_back({"a picture", "what it shows is not looked at", ""});
    return {};
  }

 private:
  Result<void> Chunk(const DocxRelation& relation, const Package::Entry& entry) {
    Result<std::string> bytes = package_.ReadAll(entry);
    if (!bytes && bytes.error().code == ErrorCode::kTooLarge) return Fail(std::move(bytes.error()));
    Result<Flow> flow = bytes ? ReadChunk(*bytes, relation.target, name_, package_.limits()) : Fail(bytes.error());
    if (!flow && flow.error().code == ErrorCode::kTooLarge) return Fail(std::move(flow.error()));
    if (flow) {
      things_->texts[relation.id] = std::move(*flow);
    } else {
      things_->unread.push_back(
          {"a document in the midst of it (" + relation.target + ")", "Counsel does not read its format there", ""});
    }
    return {};
  }

  Result<void> Drawing(const DocxRelation& relation, const Package::Entry& entry, const char* title, const char* part) {
    DrawingWords words;
    Result<void> walked = WalkPart(package_, entry, name_, "Word document", &words);
    if (!walked && walked.error().code == ErrorCode::kTooLarge) return walked;
    const std::string text = walked ? words.Words() : std::string();
    if (!HasText(text)) {
      things_->unread.push_back({part, "", ""});
      return {};
    }
    Flow flow;
    flow.Write("[" + std::string(title) + ": " + text + "]");
    flow.JoinLines();
    things_->texts[relation.id] = std::move(flow);
    return {};
  }

  Result<void> File(const DocxRelation& relation, const Package::Entry& entry) {
    if (things_->files.size() >= package_.limits().embedded_files) return TooManyFiles(name_, package_.limits());
    Result<std::string> bytes = package_.ReadAll(entry);
    if (!bytes && bytes.error().code == ErrorCode::kTooLarge) return Fail(std::move(bytes.error()));
    if (!bytes || bytes->empty()) {
      things_->unread.push_back({"an embedded file (" + relation.target + ")", "it is damaged", ""});
      return {};
    }
    Embedded file;
    file.name = relation.target.substr(relation.target.rfind('/') + 1);
    file.bytes = std::move(*bytes);
    things_->files.push_back(std::move(file));
    return {};
  }

  Package& package_;
  const std::string& name_;
  DocxThings* things_;
};

}  // namespace

Result<DocxThings> ReadDocxThings(Package& package, const DocxParts& parts, const std::string& name) {
  DocxThings things;
  Reader reader(package, name, &things);
  for (const DocxRelation& relation : parts.relations) {
    if (Result<void> read = reader.Read(relation); !read) return Fail(std::move(read.error()));
  }
  return things;
}

}  // namespace counsel::extractor
