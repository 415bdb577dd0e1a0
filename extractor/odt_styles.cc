#include "extractor/odt_styles.h"

#include <cstdlib>

namespace counsel::extractor {

void OdtStyles::Start(std::string_view name, const XmlWalk::Attributes& attributes) {
  if (name == "style") {
    style_ = &styles_[attributes["name"]];
    style_->parent = attributes["parent-style-name"];
  } else if (name == "text-properties" && style_ != nullptr) {
    const std::string display = attributes["display"];
    if (!display.empty()) style_->hidden = display == "none";
    // "super 58%", "33% 58%"
    const std::string position = attributes["text-position"];
    const std::string line = attributes["text-line-through-style"] + attributes["text-line-through-type"];
    if (!line.empty()) style_->struck = !line.starts_with("none");
    const std::string color = attributes["color"];
    const std::string ground = attributes["background-color"];
    if (!color.empty())
      style_->white = (color == "#ffffff" || color == "#FFFFFF") && (ground.empty() || ground == "transparent");
    if (!position.empty()) style_->raised = position.starts_with("super") || std::atoi(position.c_str()) > 0;
  }
}

void OdtStyles::End(std::string_view name) {
  if (name == "style") style_ = nullptr;
}

bool OdtStyles::Follow(std::string style, std::optional<bool> Style::*member) const {
  constexpr int kLongestChain = 20;
  for (int i = 0; i < kLongestChain && !style.empty(); ++i) {
    const auto found = styles_.find(style);
    if (found == styles_.end()) return false;
    if (found->second.*member) return *(found->second.*member);
    style = found->second.parent;
  }
  return false;
}

}  // namespace counsel::extractor
