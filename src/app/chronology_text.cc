#include "app/chronology_text.h"

#include <string_view>

#include "app/terminal.h"

namespace counsel::app {
namespace {

bool Marked(const Json& date, std::string_view mark) {
  for (const Json& one : date["marks"]) {
    if (one == mark) return true;
  }
  return false;
}

}  // namespace

std::string TextOf(const Json& object, const char* name) {
  const auto member = object.find(name);
  return member != object.end() && member->is_string() ? member->get<std::string>() : "";
}

std::string DayText(const Json& date) {
  std::string from = TextOf(date, "from");
  std::string to = TextOf(date, "to");
  if (from.empty()) return "?";
  const std::string precision = TextOf(date, "precision");
  const bool whole = TextOf(date, "kind") != "between";
  if (whole && precision == "month") from.resize(7), to = from;
  if (whole && precision == "year") from.resize(4), to = from;
  const bool open = Marked(date, "counted") || Marked(date, "year inferred");
  return (open ? "~" : "") + from + (to == from ? "" : " to " + to);
}

std::string Remark(const Json& date) {
  const std::string base = TextOf(date, "counted_from");
  if (Marked(date, "ambiguous")) {
    return "may be " + TextOf(date["readings"][0], "from") + " or " + TextOf(date["readings"][1], "from");
  }
  if (Marked(date, "counted")) return "counted from " + base;
  if (Marked(date, "year inferred")) return "no year is stated: the one nearest to " + base;
  if (Marked(date, "no year")) return "no year is stated";
  if (Marked(date, "base not stated")) return "what it is counted from has no date here";
  return Marked(date, "about") ? "about" : "";
}

std::string PlaceOf(const Json& source) {
  const Json& page = source["page"];
  return Printable(TextOf(source, "name"), 80) + (page.is_number() ? ", page " + page.dump() : "");
}

std::string Who(const Json& event) {
  std::string who;
  for (const Json& one : event["who"]) who += (who.empty() ? "" : ", ") + one.get<std::string>();
  return who;
}

std::string KindBefore(const Json& date) {
  const std::string kind = TextOf(date, "kind");
  return kind == "on" || kind == "between" || kind == "relative" ? "" : kind + " ";
}

}  // namespace counsel::app
