#include "app/place_text.h"

#include "app/terminal.h"

namespace counsel::app {

std::string PlaceText(const Json& place) {
  std::string text = place["name"].get<std::string>();
  if (const std::string inside = place["inside"]; !inside.empty()) text += " in " + inside;
  if (const Json& page = place["page"]; !page.is_null()) {
    const Json& last = place["last_page"];
    text += last == page ? ", page " + page.dump() : ", pages " + page.dump() + "\u2013" + last.dump();
  }
  for (const Json& part : place["stands_in"]) text += ", " + part["words"].get<std::string>();
  if (place["ocr"].get<bool>()) {
    text += ", read by OCR (confidence " + std::to_string(static_cast<int>(place["ocr_confidence"].get<double>())) +
            " of 100)";
  }
  text += ", characters " + place["start"].dump() + "\u2013" + place["end"].dump();
  return Printable(text);
}

}  // namespace counsel::app
