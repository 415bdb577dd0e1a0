// Where a hit, a citation or an opened passage stands, for people.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace counsel::app {

using Json = nlohmann::json;

// "lease.pdf in letter.eml, page 3, footnote 1, read by OCR (confidence 92 of 100), characters 120–180" of the API's
// JSON of one. Printable.
[[nodiscard]] std::string PlaceText(const Json& place);

}  // namespace counsel::app
