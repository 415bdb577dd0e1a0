// The list styles of an ODT.
#pragma once

#include <map>
#include <string>

#include "extractor/numbering.h"
#include "extractor/xml.h"

namespace counsel::extractor {

// The style under which the numbers of headings are kept.
inline constexpr const char* kOutline = "\x01outline";

class OdtLists {
 public:
  // Told of every element of content.xml and styles.xml; takes those that define lists.
  void Start(std::string_view name, const XmlWalk::Attributes& attributes);
  void End(std::string_view name);
  [[nodiscard]] const List* Find(const std::string& style) const;

 private:
  std::map<std::string, List> lists_;
  List* list_ = nullptr;
};

}  // namespace counsel::extractor
