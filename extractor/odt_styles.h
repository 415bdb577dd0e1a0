// What the styles of an ODT do to text: hide it, raise it, strike it out.
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
  [[nodiscard]] bool Strikes(const std::string& style) const { return Follow(style, &Style::struck); }
  // White letters without a ground of their own.
  [[nodiscard]] bool IsWhite(const std::string& style) const { return Follow(style, &Style::white); }

 private:
  struct Style {
    Style() = default;
    std::string parent;
    std::optional<bool> hidden;
    std::optional<bool> raised;
    std::optional<bool> struck;
    std::optional<bool> white;
  };
  [[nodiscard]] bool Follow(std::string style, std::optional<bool> Style::*member) const;

  std::map<std::string, Style> styles_;
  Style* style_ = nullptr;
};

}  // namespace counsel::extractor
