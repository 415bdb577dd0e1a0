// The JSON shapes of the API (docs/api.md), one function for each thing.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "answers/answers.h"
#include "documents/documents.h"
#include "ingest/ingest.h"
#include "models/pool.h"

namespace counsel::http {

using Json = nlohmann::json;

struct SettingView;  // http/services.h

// JSON text; bytes that are not UTF-8 become U+FFFD instead of an exception.
std::string Dump(const Json& json);

// {"error": {"code", "message", "next_step"}}
Json ErrorJson(const Error& error);
int HttpStatus(ErrorCode code);

Json DocumentJson(const documents::Document& document);
Json OrNull(const std::optional<double>& number);
Json ProgressJson(const ingest::Progress& progress);
Json ReembedJson(const ingest::ReembedProgress& progress);
Json FootprintJson(const models::Footprint& footprint);
Json ModelJson(const models::ModelStatus& status);
// null for nothing.
Json LoadJson(const std::optional<models::LoadFigures>& load);
Json LoadRecordJson(const models::LoadRecord& record);
Json PlanJson(const models::PlanReport& report);
// The event's name and data.
std::pair<std::string_view, Json> PoolEventJson(const models::PoolEvent& event);
Json PassageJson(const answers::Passage& passage);
Json QuotesJson(const std::vector<answers::Quote>& quotes);
Json SideBySideJson(const answers::SideBySide& both);
Json AnswerJson(const answers::Answer& answer);
[[nodiscard]] Json StructureJson(const std::vector<documents::StructureSpan>& structure);
[[nodiscard]] Json PartsJson(const std::vector<documents::Part>& parts);
Json SearchJson(const answers::SearchReply& reply);
// Which model plays a role now: its name, or why none can.
Json ChoiceJson(const Result<models::Catalogue::Choice>& choice);
Json SettingJson(const SettingView& setting);

// ---- reading a request's body ----

// An object; kInvalidArgument says where the text is wrong.
Result<Json> ParseObject(const std::string& body);
// kInvalidArgument names a member that is none of `known`: where a member draws a wall, a misspelt one must not count
// as a missing one.
Result<void> OnlyMembers(const Json& object, std::initializer_list<std::string_view> known);
// A member, or `fallback` when it is missing or null; kInvalidArgument when it is of another type.
Result<std::string> StringMember(const Json& object, const char* name, std::string fallback);
Result<bool> BoolMember(const Json& object, const char* name, bool fallback);
Result<double> NumberMember(const Json& object, const char* name, double fallback);
Result<std::int64_t> IntegerMember(const Json& object, const char* name, std::int64_t fallback);
// A string or an array of strings.
Result<std::vector<std::string>> StringsMember(const Json& object, const char* name);

}  // namespace counsel::http
