#include "ingest/place_paths.h"

#include <algorithm>

#include "base/utf8.h"
#include "ingest/units.h"

namespace counsel::ingest {

std::vector<PathFrom> PathsOf(const documents::ExtractedText& text) {
  std::vector<PathFrom> paths;
  const std::string_view whole = text.text;
  std::size_t byte = 0;
  std::int64_t code_point = 0;
  UnitReader reader(text);
  Unit unit;
  while (reader.Next(&unit)) {
    if (!paths.empty() && *paths.back().path == *unit.path) continue;
    code_point += CountCodePoints(whole.substr(byte, unit.begin - byte));
    byte = unit.begin;
    paths.push_back({code_point, unit.path});
  }
  return paths;
}

std::string_view PathAt(const std::vector<PathFrom>& paths, std::int64_t position) {
  const auto after = std::upper_bound(paths.begin(), paths.end(), position,
                                      [](std::int64_t at, const PathFrom& path) { return at < path.start; });
  return after == paths.begin() ? std::string_view() : std::string_view(*std::prev(after)->path);
}

}  // namespace counsel::ingest
