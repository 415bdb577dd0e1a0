#include "extractor/docx_parts.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace counsel::extractor {
namespace {

constexpr const char* kWhat = "Word document";
constexpr int kLongestChain = 20;  // of styles based on styles

int Int(const std::string& text, int otherwise) {
  char* end = nullptr;
  const long value = std::strtol(text.c_str(), &end, 10);
  return end == text.c_str() || value < -1'000'000 || value > 1'000'000 ? otherwise : static_cast<int>(value);
}

// "word/document.xml" and "styles.xml" → "word/styles.xml". Names only: "..": the folder above.
std::string Resolve(const std::string& base, const std::string& target) {
  if (target.starts_with('/')) return target.substr(1);
  std::string folder = base.substr(0, base.rfind('/') == std::string::npos ? 0 : base.rfind('/'));
  std::string rest = target;
  while (rest.starts_with("../")) {
    rest.erase(0, 3);
    folder.erase(folder.rfind('/') == std::string::npos ? 0 : folder.rfind('/'));
  }
  return folder.empty() ? rest : folder + "/" + rest;
}

class Relations : public XmlWalk {
 public:
  explicit Relations(std::string base) : base_(std::move(base)) {}
  void Start(std::string_view name, const Attributes& attributes) override {
    if (name != "Relationship" || attributes["TargetMode"] == "External") return;
    const std::string type = attributes["Type"];
    DocxRelation relation;
    relation.id = attributes["Id"];
    relation.type = type.substr(type.rfind('/') + 1);
    relation.target = Resolve(base_, attributes["Target"]);
    found.push_back(std::move(relation));
  }
  void End(std::string_view /*name*/) override {}
  void Text(std::string_view /*utf8*/) override {}

  std::vector<DocxRelation> found;

 private:
  std::string base_;
};

class Styles : public XmlWalk {
 public:
  explicit Styles(std::map<std::string, DocxStyle>* styles) : styles_(styles) {}
  void Start(std::string_view name, const Attributes& attributes) override {
    if (name == "style") {
      style_ = &(*styles_)[attributes["styleId"]];
      if (attributes["default"] == "1" && attributes["type"] == "paragraph")
        (*styles_)[""].based_on = attributes["styleId"];
    } else if (style_ == nullptr) {
      return;
    } else if (name == "basedOn") {
      style_->based_on = attributes["val"];
    } else if (name == "name") {
      // Names of built-in styles are English in every language's files.
      std::string value = attributes["val"];
      for (char& c : value) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      if (value.starts_with("heading ")) style_->heading = std::clamp(Int(value.substr(8), 0), 0, 9);
      if (value == "title") style_->heading = 1;
    } else if (name == "outlineLvl") {
      const int level = Int(attributes["val"], 9);
      if (level >= 0 && level < 9) style_->heading = level + 1;
    } else if (name == "numId") {
      style_->list = attributes["val"];
    } else if (name == "ilvl") {
      style_->level = Int(attributes["val"], 0);
    } else if (name == "tblStylePr") {
      in_table_part_ = true;
    } else if (name == "vanish" && !in_table_part_) {
      style_->hidden = attributes["val"] != "0" && attributes["val"] != "false";
    } else if (name == "vertAlign" && !in_table_part_) {
      style_->raised = attributes["val"] == "superscript";
    } else if ((name == "strike" || name == "dstrike") && !in_table_part_) {
      style_->struck = attributes["val"] != "0" && attributes["val"] != "false";
    }
  }
  void End(std::string_view name) override {
    if (name == "style") style_ = nullptr;
    if (name == "tblStylePr" || name == "style") in_table_part_ = false;
  }
  void Text(std::string_view /*utf8*/) override {}

 private:
  std::map<std::string, DocxStyle>* styles_;
  DocxStyle* style_ = nullptr;
  bool in_table_part_ = false;  // of a table's style: of its first row, say
};

// numbering.xml: lists (num) refer to definitions (abstractNum), and may override their levels.
class Numbering : public XmlWalk {
 public:
  explicit Numbering(std::map<std::string, DocxList>* lists) : lists_(lists) {}
  void Start(std::string_view name, const Attributes& attributes) override {
    if (name == "abstractNum") {
      definition_ = attributes["abstractNumId"];
    } else if (name == "num") {
      list_ = &(*lists_)[attributes["numId"]];
      definition_.clear();
    } else if (name == "styleLink" && !definition_.empty()) {
      by_style_[attributes["val"]] = definition_;
    } else if (name == "numStyleLink" && !definition_.empty()) {
      style_of_[definition_] = attributes["val"];
    } else if (name == "abstractNumId" && list_ != nullptr) {
      list_->key = Defining(attributes["val"]);
      list_->levels = definitions_[list_->key];
    } else if (name == "lvl" || name == "lvlOverride") {
      level_ = std::clamp(Int(attributes["ilvl"], 0), 0, kListLevels - 1);
    } else if (name == "startOverride" && list_ != nullptr) {
      list_->restarts[level_] = Int(attributes["val"], 1);
    } else if (list_ != nullptr || !definition_.empty()) {
      List& levels = list_ != nullptr ? list_->levels : definitions_[definition_];
      SetLevel(&levels[static_cast<std::size_t>(level_)], name, attributes);
    }
  }
  void End(std::string_view name) override {
    if (name == "num") list_ = nullptr;
    if (name == "abstractNum") definition_.clear();
  }
  void Text(std::string_view /*utf8*/) override {}

 private:
  static void SetLevel(ListLevel* level, std::string_view name, const Attributes& attributes) {
    if (name == "start") level->start = Int(attributes["val"], 1);
    if (name == "numFmt") level->format = attributes["val"];
    if (name == "lvlText") level->text = attributes["val"].substr(0, 64);
    if (name == "pStyle") level->style = attributes["val"];
    if (name == "lvlRestart") level->restart = std::clamp(Int(attributes["val"], -1), -1, kListLevels);
    if (name == "isLgl") level->all_decimal = attributes["val"] != "0" && attributes["val"] != "false";
  }

  // A definition may leave it to the one that a style names.
  std::string Defining(const std::string& definition) const {
    const auto style = style_of_.find(definition);
    const auto other = style == style_of_.end() ? by_style_.end() : by_style_.find(style->second);
    return other == by_style_.end() ? definition : other->second;
  }

  std::map<std::string, DocxList>* lists_;
  std::map<std::string, List> definitions_;
  std::map<std::string, std::string> by_style_;  // style → the definition that is its
  std::map<std::string, std::string> style_of_;  // definition → the style that it leaves it to
  std::string definition_;
  DocxList* list_ = nullptr;
  int level_ = 0;
};

Result<std::vector<DocxRelation>> ReadRelations(Package& package, const std::string& name, const std::string& part,
                                                const std::string& base) {
  Relations relations(base);
  const Package::Entry* entry = package.Find(part);
  if (entry == nullptr) return relations.found;
  Result<void> walked = WalkPart(package, *entry, name, kWhat, &relations);
  if (!walked) return Fail(std::move(walked.error()));
  return std::move(relations.found);
}

}  // namespace

int DocxParts::HeadingOf(const std::string& style) const {
  std::string at = style;
  for (int i = 0; i < kLongestChain; ++i) {
    const auto found = styles.find(at);
    if (found == styles.end()) return 0;
    if (found->second.heading > 0) return found->second.heading;
    if (found->second.based_on.empty()) return 0;
    at = found->second.based_on;
  }
  return 0;
}

namespace {

bool Follow(const std::map<std::string, DocxStyle>& styles, std::string at, std::optional<bool> DocxStyle::*member) {
  for (int i = 0; i < kLongestChain && !at.empty(); ++i) {
    const auto found = styles.find(at);
    if (found == styles.end()) return false;
    if (found->second.*member) return *(found->second.*member);
    at = found->second.based_on;
  }
  return false;
}

}  // namespace

bool DocxParts::Hides(const std::string& style) const {
  return Follow(styles, style, &DocxStyle::hidden);
}

bool DocxParts::Raises(const std::string& style) const {
  return Follow(styles, style, &DocxStyle::raised);
}

bool DocxParts::Strikes(const std::string& style) const {
  return Follow(styles, style, &DocxStyle::struck);
}

std::pair<std::string, int> DocxParts::ListOf(const std::string& style) const {
  std::string at = style;
  std::optional<int> level;
  for (int i = 0; i < kLongestChain; ++i) {
    const auto found = styles.find(at);
    if (found == styles.end()) break;
    if (!level) level = found->second.level;
    if (!found->second.list.empty()) {
      // Without a level of its own: the one whose definition names the style.
      const auto list = lists.find(found->second.list);
      for (int own = 0; list != lists.end() && !level && own < kListLevels; ++own) {
        if (list->second.levels[static_cast<std::size_t>(own)].style == at) level = own;
      }
      return {found->second.list == "0" ? "" : found->second.list, level.value_or(0)};
    }
    if (found->second.based_on.empty()) break;
    at = found->second.based_on;
  }
  return {};
}

Result<std::vector<DocxRelation>> ReadRelationsOf(Package& package, const std::string& name, const std::string& part) {
  const std::size_t folder = part.rfind('/') + 1;  // 0 when there is none
  return ReadRelations(package, name, part.substr(0, folder) + "_rels/" + part.substr(folder) + ".rels", part);
}

Result<DocxParts> ReadDocxParts(Package& package, const std::string& name) {
  DocxParts parts;
  Result<std::vector<DocxRelation>> roots = ReadRelationsOf(package, name, "");
  if (!roots) return Fail(std::move(roots.error()));
  parts.main = "word/document.xml";
  for (const DocxRelation& root : *roots) {
    if (root.type == "officeDocument") parts.main = root.target;
  }
  Result<std::vector<DocxRelation>> relations = ReadRelationsOf(package, name, parts.main);
  if (!relations) return Fail(std::move(relations.error()));
  parts.relations = std::move(*relations);
  Styles styles(&parts.styles);
  Numbering numbering(&parts.lists);
  for (const DocxRelation& relation : parts.relations) {
    XmlWalk* walk = nullptr;
    if (relation.type == "styles") walk = &styles;
    if (relation.type == "numbering") walk = &numbering;
    const Package::Entry* entry = walk == nullptr ? nullptr : package.Find(relation.target);
    if (entry == nullptr) continue;
    if (Result<void> walked = WalkPart(package, *entry, name, kWhat, walk); !walked) {
      return Fail(std::move(walked.error()));
    }
  }
  return parts;
}

}  // namespace counsel::extractor
