// What an event of /api/chronology says, for people.
#pragma once

#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

namespace counsel::app {

using Json = nlohmann::json;

// A member that is a string; "" else.
[[nodiscard]] std::string TextOf(const Json& object, const char* name);

// Of a date: "2024-03-05", "2024-03", "2024", "2024-03-05 to 2024-03-07", "~2024-03-05", "?".
[[nodiscard]] std::string DayText(const Json& date);

// What a reader must know of it: "counted from 2024-03-01", "may be 2024-04-03 or 2024-03-04".
[[nodiscard]] std::string Remark(const Json& date);

// "before", "from", …: what stands before the day; "" where it is that day.
[[nodiscard]] std::string KindBefore(const Json& date);

// Of a source: "lease.pdf, page 3".
[[nodiscard]] std::string PlaceOf(const Json& source);

// The names, with commas between.
[[nodiscard]] std::string Who(const Json& event);

// A Word document: a table of the events, each source a footnote with its words. `end`: the last page's members without
// its events. The events are an array as /api/chronology has them.
[[nodiscard]] std::string ChronologyDocx(const Json& events, const Json& end, const std::string& matter,
                                         std::int64_t made_at);

}  // namespace counsel::app
