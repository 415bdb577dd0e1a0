// How two answers to one question differ, as the record has them (docs/record.md): what a replay tells. Pure.
#pragma once

#include <string>

#include "http/json.h"

namespace counsel::http {

// [{what, then, now}] of what a written text depends on and was another: "model", "flags", "engine", "processor",
// "neighbours", "cache", "program". Of entries as record::Readable gives them, or objects with the same members
// (`program`, `said.model`, `said.written`).
[[nodiscard]] Json CircumstancesThatDiffer(const Json& then, const Json& now);

// {"outcome", "answer": {then, now, same}, "visible": {then, now, same}, "read": {gone, added}, "quotes": {gone,
// added}, "sentences": {then, now, same}, "same"} of two entries.
[[nodiscard]] Json AnswersCompared(const Json& then, const Json& now);

// A text of a readable entry: "" for none, or one that was deleted.
[[nodiscard]] std::string TextIn(const Json& object, const char* name);

// In code points from 0: where two texts begin to differ.
[[nodiscard]] std::int64_t FirstDifference(const std::string& one, const std::string& other);

}  // namespace counsel::http
