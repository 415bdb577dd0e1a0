#include "http/json.h"

#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include "base/json_bounds.h"
#include "documents/kinds.h"
#include "documents/readings.h"
#include "http/services.h"

namespace counsel::http {
namespace {

tl::unexpected<Error> WrongType(const char* name, const char* expected, const char* example) {
  const std::string member(name);
  return Fail(ErrorCode::kInvalidArgument, "'" + member + "' must be " + expected + ".",
              "For example: {\"" + member + "\": " + example + "}");
}

const Json* Member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

}  // namespace

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json ErrorJson(const Error& error) {
  return {{"error", {{"code", ErrorCodeName(error.code)}, {"message", error.message}, {"next_step", error.next_step}}}};
}

int HttpStatus(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return 400;
    case ErrorCode::kUnauthenticated:
      return 401;
    case ErrorCode::kPermissionDenied:
      return 403;
    case ErrorCode::kNotFound:
    case ErrorCode::kModelFileMissing:
      return 404;
    case ErrorCode::kAlreadyExists:
      return 409;
    case ErrorCode::kTooLarge:
      return 413;
    case ErrorCode::kUnsupported:
      return 415;
    case ErrorCode::kCorrupt:
      return 422;
    case ErrorCode::kInternal:
      return 500;
    case ErrorCode::kOverloaded:
    case ErrorCode::kOutOfMemory:
    case ErrorCode::kUnavailable:
    case ErrorCode::kCancelled:
      return 503;
    case ErrorCode::kDeadlineExceeded:
      return 504;
    case ErrorCode::kNoSpace:
      return 507;
  }
  return 500;
}

Json DocumentJson(const documents::Document& document) {
  return {{"id", document.id},
          {"name", document.name},
          {"matter", document.matter},
          {"sha256", document.sha256},
          {"bytes", document.bytes},
          {"media_type", document.media_type},
          {"kind", documents::KindName(documents::KindOf(document.media_type))},
          {"state", documents::DocumentStateName(document.state)},
          {"reason", document.reason},
          {"paths", document.paths},
          {"notes", document.notes},
          {"wants_language", documents::WantsLanguage(document)},
          {"outdated", documents::IsOutdated(document)},
          {"parents", document.parents},
          {"superseded_by", document.superseded_by},
          {"added_at", document.added_at},
          {"pages", document.pages},
          {"characters", document.characters},
          {"chunks", document.chunks}};
}

Json OrNull(const std::optional<double>& number) {
  return number ? Json(*number) : Json(nullptr);
}

Json ProgressJson(const ingest::Progress& progress) {
  return {{"id", progress.document},
          {"name", progress.name},
          {"state", documents::DocumentStateName(progress.state)},
          {"reason", progress.reason},
          {"pages_done", progress.pages_done},
          {"pages", progress.pages},
          {"chunks_done", progress.chunks_done},
          {"chunks", progress.chunks},
          {"chunks_per_second", OrNull(progress.chunks_per_second)},
          {"seconds_left", OrNull(progress.seconds_left)}};
}

Json ReembedJson(const ingest::ReembedProgress& progress) {
  const double share =
      progress.passages > 0 ? static_cast<double>(progress.done) / static_cast<double>(progress.passages) : 0;
  return {{"state", ingest::ReembedStateName(progress.state)},
          {"model", progress.model},
          {"done", progress.done},
          {"passages", progress.passages},
          {"share", share},
          {"what", std::to_string(progress.done) + " of " + std::to_string(progress.passages) + " passages"},
          {"passages_per_second", OrNull(progress.per_second)},
          {"seconds_left", OrNull(progress.seconds_left)},
          {"reason", progress.reason}};
}

Json FootprintJson(const models::Footprint& footprint) {
  Json devices = Json::object();
  for (const auto& [device, bytes] : footprint.device_bytes) devices[device] = bytes;
  return {{"host", footprint.host_bytes}, {"devices", std::move(devices)}};
}

Json ModelJson(const models::ModelStatus& status) {
  return {{"name", status.name},
          {"role", models::RoleName(status.role)},
          {"installed", status.installed},
          {"remote", status.remote},
          {"state", models::ModelStateName(status.state)},
          {"reason", status.reason},
          {"pid", status.pid > 0 ? Json(status.pid) : Json(nullptr)},
          {"pinned", status.pinned},
          {"leases", status.leases},
          {"waiting", status.waiting},
          {"progress", status.progress},
          {"load", LoadJson(status.load)},
          {"planned", FootprintJson(status.planned)},
          {"measured", FootprintJson(status.measured)},
          {"flags", status.flags},
          {"reduced", status.reduced},
          {"load_seconds", status.load_seconds},
          {"ready_since", status.ready_since ? Json(*status.ready_since) : Json(nullptr)},
          {"expires_in", status.expires_in ? Json(*status.expires_in) : Json(nullptr)},
          {"failures", status.failures},
          {"retry_in", status.retry_in ? Json(*status.retry_in) : Json(nullptr)}};
}

Json LoadRecordJson(const models::LoadRecord& record) {
  return {{"model", record.model},
          {"at", record.at},
          {"seconds", record.seconds},
          {"planned", FootprintJson(record.planned)},
          {"measured", FootprintJson(record.measured)},
          {"reason", record.reason}};
}

Json PlanJson(const models::PlanReport& report) {
  return {{"planned", FootprintJson(report.plan.at_ready)},
          {"claim", FootprintJson(report.plan.claim)},
          {"flags", report.plan.flags},
          {"style", report.plan.style == models::LoadStyle::kQuick ? "quick" : "repacked"},
          {"context_tokens", report.plan.context_tokens},
          {"slots", report.plan.slots},
          {"exact", report.plan.measured},
          {"estimated", report.plan.estimated},
          {"file_cached", report.plan.file_cached},
          {"fits", report.fits},
          {"evicts", report.evicts},
          {"waits_for", report.waits_for},
          {"seconds", report.plan.load_seconds > 0 ? Json(report.plan.load_seconds) : Json(nullptr)},
          {"reason", report.reason}};
}

Json StructureJson(const std::vector<documents::StructureSpan>& structure) {
  Json spans = Json::array();
  for (const documents::StructureSpan& span : structure) {
    spans.push_back(
        {{"kind", span.kind}, {"level", span.level}, {"start", span.start}, {"end", span.end}, {"label", span.label}});
  }
  return spans;
}

Json PartsJson(const std::vector<documents::Part>& parts) {
  Json json = Json::array();
  for (const documents::Part& part : parts) {
    json.push_back({{"kind", part.kind}, {"words", part.words}, {"whole", part.whole}});
  }
  return json;
}

Json SettingJson(const SettingView& setting) {
  return {{"name", setting.name},        {"value", setting.value},      {"source", setting.source},
          {"default", setting.fallback}, {"live", setting.live},        {"environment", setting.environment},
          {"help", setting.help},        {"over_tcp", setting.over_tcp}};
}

Json ChoiceJson(const Result<models::Catalogue::Choice>& choice) {
  if (!choice) {
    const Error& error = choice.error();
    return {{"name", nullptr},          {"reason", error.ToString()},
            {"better", nullptr},        {"code", ErrorCodeName(error.code)},
            {"message", error.message}, {"next_step", error.next_step}};
  }
  Json json = {{"name", choice->name}, {"reason", ""}, {"better", nullptr}};
  if (!choice->better.empty()) {
    json["better"] = choice->better;
    json["reason"] =
        "'" + choice->better + "' answers better and is not installed. Get it with: counsel pull " + choice->better;
  }
  return json;
}

constexpr const char* kWriteJson = "Send one object: {\"name\": value, …}, names and texts between double quotes.";

Result<Json> ParseObject(const std::string& body) {
  if (!JsonFits(body)) {
    return Fail(ErrorCode::kInvalidArgument,
                "The body holds more than a million values, or is nested more than 100 deep.", "Send less at once.");
  }
  try {
    Json parsed = Json::parse(body);
    if (!parsed.is_object()) return Fail(ErrorCode::kInvalidArgument, "The body must be a JSON object.", kWriteJson);
    return parsed;
  } catch (const Json::parse_error& error) {
    return Fail(ErrorCode::kInvalidArgument, "The body is not JSON: wrong at byte " + std::to_string(error.byte) + ".",
                kWriteJson);
  } catch (const Json::exception&) {
    return Fail(ErrorCode::kInvalidArgument, "The body holds a number that is out of range.",
                "Numbers are of at most 64 bits.");
  }
}

Result<void> OnlyMembers(const Json& object, std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : object.items()) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    std::string names;
    for (const std::string_view one : known) names += (names.empty() ? "" : ", ") + std::string(one);
    return Fail(ErrorCode::kInvalidArgument, "This request has no member '" + name + "'.",
                "It may have: " + names + ".");
  }
  return {};
}

Result<std::string> StringMember(const Json& object, const char* name, std::string fallback) {
  const Json* member = Member(object, name);
  if (member == nullptr) return fallback;
  if (!member->is_string()) return WrongType(name, "a string", "\"words\"");
  return member->get<std::string>();
}

Result<bool> BoolMember(const Json& object, const char* name, bool fallback) {
  const Json* member = Member(object, name);
  if (member == nullptr) return fallback;
  if (!member->is_boolean()) return WrongType(name, "true or false", "true");
  return member->get<bool>();
}

Result<double> NumberMember(const Json& object, const char* name, double fallback) {
  const Json* member = Member(object, name);
  if (member == nullptr) return fallback;
  if (!member->is_number()) return WrongType(name, "a number", "0.5");
  return member->get<double>();
}

Result<std::int64_t> IntegerMember(const Json& object, const char* name, std::int64_t fallback) {
  const Json* member = Member(object, name);
  if (member == nullptr) return fallback;
  if (!member->is_number_integer()) return WrongType(name, "a whole number", "20");
  return member->get<std::int64_t>();
}

Result<std::vector<std::string>> StringsMember(const Json& object, const char* name) {
  const Json* member = Member(object, name);
  std::vector<std::string> strings;
  if (member == nullptr) return strings;
  if (member->is_string()) {
    strings.push_back(member->get<std::string>());
    return strings;
  }
  if (!member->is_array()) return WrongType(name, "a string or a list of strings", "[\"one\", \"another\"]");
  for (const Json& item : *member) {
    if (!item.is_string()) return WrongType(name, "a string or a list of strings", "[\"one\", \"another\"]");
    strings.push_back(item.get<std::string>());
  }
  return strings;
}

}  // namespace counsel::http
