#include "extractor/odt_lists.h"

#include <algorithm>
#include <cstdlib>

namespace counsel::extractor {
namespace {

std::string FormatOf(const std::string& odf) {
  if (odf == "a") return "lowerLetter";
  if (odf == "A") return "upperLetter";
  if (odf == "i") return "lowerRoman";
  if (odf == "I") return "upperRoman";
  return odf.empty() ? "none" : "decimal";
}

}  // namespace

void OdtLists::Start(std::string_view name, const XmlWalk::Attributes& attributes) {
  if (name == "list-style") {
    list_ = &lists_[attributes["name"]];
  } else if (name == "outline-style") {
    list_ = &lists_[kOutline];
  }
  const bool number = name == "list-level-style-number" || name == "outline-level-style";
  if (list_ == nullptr || (!number && name != "list-level-style-bullet")) return;
  const int place = std::clamp(std::atoi(attributes["level"].c_str()), 1, kListLevels);
  ListLevel& level = (*list_)[static_cast<std::size_t>(place - 1)];
  level.format = number ? FormatOf(attributes["num-format"]) : "bullet";
  level.start = std::max(std::atoi(attributes["start-value"].c_str()), 0);
  if (level.start == 0) level.start = 1;
  if (level.format == "none") return;
  const int shown = std::clamp(std::atoi(attributes["display-levels"].c_str()), 1, place);
  level.text = attributes["num-prefix"].substr(0, 32);
  for (int i = place - shown + 1; i <= place && i <= 9; ++i) {
    level.text += "%" + std::to_string(i) + (i < place ? "." : "");
  }
  level.text += attributes["num-suffix"].substr(0, 32);
}

void OdtLists::End(std::string_view name) {
  if (name == "list-style" || name == "outline-style") list_ = nullptr;
}

const List* OdtLists::Find(const std::string& style) const {
  const auto found = lists_.find(style);
  return found == lists_.end() ? nullptr : &found->second;
}

}  // namespace counsel::extractor
