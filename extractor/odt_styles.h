// What the styles of an ODT do to text: hide it, raise it.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "extractor/xml.h"

namespace counsel::extractor {

class OdtStyles {
 public:
  // Told of every element of content.xml and styles.xml.
  void Start(std::string_view name, const XmlWalk::Attributes& attributes);
  void End(std::string_view name);
  [[nodiscard]] bool Hides(const std::string& style) const { return Follow(style, &Style::hidden); }
  [[nodiscard]] bool Raises(const std::string& style) const { return Follow(style, &Style::raised); }

 private:
  struct Style {
    Style() = default;
    std::string parent;
    std::optional<bool> hidden;
    std::optional<bool> raised;
  };
  [[nodiscard]] bool Follow(std::string style, std::optional<bool> Style::*member) const;

  std::map<std::string, Style> styles_;
  Style* style_ = nullptr;
};

}  // namespace counsel::extractor
