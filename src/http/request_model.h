// What the first product's requests may hold, declared field by field and checked as its FastAPI checked them with
// pydantic 2: the same conversions ("15" is 15, null is the default), the same faults in the same shape, all of a
// request at once. Pure; any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/json.h"

namespace counsel::http {

enum class FieldType {
  kString,
  kInteger,  // of 64 bits; beyond them the nearest there is
  kNumber,
  kBoolean,
  kStrings,  // a list
  kChoice,   // one of Field::choices
};

struct Field {
  // A field that must be there, and not null.
  static Field Required(std::string name, FieldType type) { return {std::move(name), type, true, nullptr, {}}; }
  // One that may be left out, or be null: then it is `fallback`, which may itself be null.
  static Field Optional(std::string name, FieldType type, Json fallback) {
    return {std::move(name), type, false, std::move(fallback), {}};
  }
  static Field Choice(std::string name, std::vector<std::string> choices, Json fallback) {
    return {std::move(name), FieldType::kChoice, false, std::move(fallback), std::move(choices)};
  }

  std::string name;
  FieldType type;
  bool required;
  Json fallback;
  std::vector<std::string> choices;
};

struct CheckedRequest {
  CheckedRequest() = default;
  // 200, or what to reply with: 422 with a list of faults, 400 with a sentence.
  int status = 200;
  Json detail;
  // With status 200: every declared field with a value of its type, or null where its fallback is null. Nothing else.
  Json values = Json::object();
};

// A JSON body. `content_type` is the header, "" when there was none (taken for JSON).
[[nodiscard]] CheckedRequest CheckBody(std::string_view body, std::string_view content_type,
                                       const std::vector<Field>& fields);

// A query; `find` gives a parameter's value.
[[nodiscard]] CheckedRequest CheckQuery(const std::function<std::optional<std::string>(std::string_view)>& find,
                                        const std::vector<Field>& fields);

// One fault in pydantic's shape.
[[nodiscard]] Json FaultJson(std::string_view type, Json location, std::string_view message, Json input);

}  // namespace counsel::http
