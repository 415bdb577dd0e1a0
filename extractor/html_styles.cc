#include "extractor/html_styles.h"

#include <algorithm>

namespace counsel::extractor {

bool HidesText(std::string_view style) {
  for (std::string_view way :
       {"display:none", "visibility:hidden", "mso-hide:all", "opacity:0;", "font-size:0;", "font-size:0px"}) {
    if (style.find(way) != std::string_view::npos) return true;
  }
  return style.ends_with("opacity:0") || style.ends_with("font-size:0");
}

bool IsWhite(std::string_view style) {
  constexpr std::string_view kColor = "color:";
  for (std::size_t at = style.find(kColor); at != std::string_view::npos; at = style.find(kColor, at + 1)) {
    if (at > 0 && style[at - 1] != ';') continue;
    const std::string_view value = style.substr(at + kColor.size(), style.find(';', at) - at - kColor.size());
    if (value == "white" || value == "#fff" || value == "#ffffff" || value == "rgb(255,255,255)") return true;
  }
  return false;
}

void AddHiddenClasses(std::string rules, std::set<std::string>* classes) {
  constexpr std::size_t kMost = 1'000;
  std::erase_if(rules, [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; });
  for (std::size_t at = 0; at < rules.size() && classes->size() < kMost;) {
    const std::size_t open = rules.find('{', at);
    const std::size_t close = open == std::string::npos ? open : rules.find('}', open);
    if (close == std::string::npos) break;
    const std::string selectors = rules.substr(at, open - at);
    const bool hides = HidesText(std::string_view(rules).substr(open + 1, close - open - 1));
    for (std::size_t from = 0; hides && from < selectors.size();) {
      const std::size_t end = std::min(selectors.find(',', from), selectors.size());
      const std::string one = selectors.substr(from, end - from);
      // A class alone: what else a rule asks for is not looked at.
      const bool alone = one.size() > 1 && one.front() == '.' && one.find_first_of(".:#[>+~*@", 1) == std::string::npos;
      if (alone) classes->insert(one.substr(1));
      from = end + 1;
    }
    at = close + 1;
  }
}

}  // namespace counsel::extractor
