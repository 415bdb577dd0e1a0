#include "http/request_model.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

#include "base/json_bounds.h"
#include "base/utf8.h"
#include "http/json_fault.h"

namespace counsel::http {
namespace {

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

std::string Lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\n\r\v\f";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// Without the single underscores that may stand between two digits, as in Python; nothing where one stands elsewhere.
std::optional<std::string> WithoutUnderscores(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      plain.push_back(text[i]);
    } else if (i == 0 || i + 1 == text.size() || !IsDigit(text[i - 1]) || !IsDigit(text[i + 1])) {
      return std::nullopt;
    }
  }
  return plain;
}

// "15", " +1_000 ", "15.0".
std::optional<std::int64_t> IntegerIn(std::string_view text) {
  std::optional<std::string> plain = WithoutUnderscores(Trimmed(text));
  if (!plain) return std::nullopt;
  std::string_view digits = *plain;
  if (const std::size_t point = digits.find('.'); point != std::string_view::npos) {
    const std::string_view fraction = digits.substr(point + 1);
    if (fraction.empty() || fraction.find_first_not_of('0') != std::string_view::npos) return std::nullopt;
    digits = digits.substr(0, point);
  }
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), IsDigit)) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (failed != std::errc()) return negative ? kLeast : kMost;
  return negative ? -value : value;
}

// "0.5", " +.5 ", "1e-1", "nan".
std::optional<double> NumberIn(std::string_view text) {
  std::optional<std::string> plain = WithoutUnderscores(Trimmed(text));
  if (!plain) return std::nullopt;
  std::string_view digits = *plain;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  if (digits.empty() || (digits.size() < plain->size() && digits.front() == '-')) return std::nullopt;
  double value = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (end != digits.data() + digits.size()) return std::nullopt;
  if (failed == std::errc::result_out_of_range) {
    if (Lower(std::string(digits)).find("e-") != std::string::npos) return 0;
    return digits.front() == '-' ? -HUGE_VAL : HUGE_VAL;
  }
  if (failed != std::errc()) return std::nullopt;
  return value;
}

std::optional<bool> TruthIn(const std::string& text) {
  const std::string word = Lower(text);
  for (const char* yes : {"true", "1", "yes", "on", "t", "y"}) {
    if (word == yes) return true;
  }
  for (const char* no : {"false", "0", "no", "off", "f", "n"}) {
    if (word == no) return false;
  }
  return std::nullopt;
}

std::string Listed(const std::vector<std::string>& choices) {
  std::string text;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (i > 0) text += i + 1 == choices.size() ? " or " : ", ";
    text += "'" + choices[i] + "'";
  }
  return text;
}

// Collects what is wrong with the values of one request.
class Checker {
 public:
  explicit Checker(const char* place) : place_(place) {}

  void Missing(const Field& field, Json input) {
    faults_.push_back(FaultJson("missing", {place_, field.name}, "Field required", std::move(input)));
  }

  // The value of the field's type, or null with a fault added.
  Json Check(const Field& field, const Json& value) {
    const Json location = {place_, field.name};
    switch (field.type) {
      case FieldType::kString:
        return Text(location, value);
      case FieldType::kInteger:
        return Integer(location, value);
      case FieldType::kNumber:
        return Number(location, value);
      case FieldType::kBoolean:
        return Boolean(location, value);
      case FieldType::kStrings:
        return Strings(location, value);
      case FieldType::kChoice:
        return Choice(location, field.choices, value);
    }
    return nullptr;
  }

  CheckedRequest Conclude(Json values) {
    CheckedRequest checked;
    if (faults_.empty()) {
      checked.values = std::move(values);
    } else {
      checked.status = 422;
      checked.detail = std::move(faults_);
    }
    return checked;
  }

 private:
  Json Refuse(const char* type, const Json& location, const std::string& message, const Json& input) {
    faults_.push_back(FaultJson(type, location, message, input));
    return nullptr;
  }

  Json Text(const Json& location, const Json& value) {
    if (value.is_string()) return value;
    return Refuse("string_type", location, "Input should be a valid string", value);
  }

  Json Integer(const Json& location, const Json& value) {
    if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
    if (value.is_number_unsigned())
      return static_cast<std::int64_t>(std::min(value.get<std::uint64_t>(), static_cast<std::uint64_t>(kMost)));
    if (value.is_number_integer()) return value;
    if (value.is_number_float()) {
      const double number = value.get<double>();
      if (number != std::trunc(number)) {
        return Refuse("int_from_float", location,
                      "Input should be a valid integer, got a number with a fractional part", value);
      }
      constexpr double kBeyond = 9223372036854775808.0;  // 2^63
      if (number >= kBeyond) return kMost;
      return number < -kBeyond ? kLeast : static_cast<std::int64_t>(number);
    }
    if (!value.is_string()) return Refuse("int_type", location, "Input should be a valid integer", value);
    if (std::optional<std::int64_t> parsed = IntegerIn(value.get_ref<const std::string&>())) return *parsed;
    return Refuse("int_parsing", location, "Input should be a valid integer, unable to parse string as an integer",
                  value);
  }

  Json Number(const Json& location, const Json& value) {
    if (value.is_boolean()) return value.get<bool>() ? 1.0 : 0.0;
    if (value.is_number()) return value.get<double>();
    if (!value.is_string()) return Refuse("float_type", location, "Input should be a valid number", value);
    if (std::optional<double> parsed = NumberIn(value.get_ref<const std::string&>())) return *parsed;
    return Refuse("float_parsing", location, "Input should be a valid number, unable to parse string as a number",
                  value);
  }

  Json Boolean(const Json& location, const Json& value) {
    if (value.is_boolean()) return value;
    const bool number = value.is_number() && (value == 0 || value == 1);
    if (number) return value == 1;
    if (value.is_string()) {
      if (std::optional<bool> truth = TruthIn(value.get_ref<const std::string&>())) return *truth;
    }
    if (value.is_string() || value.is_number_integer()) {
      return Refuse("bool_parsing", location, "Input should be a valid boolean, unable to interpret input", value);
    }
    return Refuse("bool_type", location, "Input should be a valid boolean", value);
  }

  Json Strings(const Json& location, const Json& value) {
    if (!value.is_array()) return Refuse("list_type", location, "Input should be a valid list", value);
    for (std::size_t i = 0; i < value.size(); ++i) {
      Json place = location;
      place.push_back(i);
      (void)Text(place, value[i]);
    }
    return value;
  }

  Json Choice(const Json& location, const std::vector<std::string>& choices, const Json& value) {
    if (std::find(choices.begin(), choices.end(), value) != choices.end()) return value;
    const std::string expected = Listed(choices);
    (void)Refuse("literal_error", location, "Input should be " + expected, value);
    faults_.back()["ctx"] = {{"expected", expected}};
    return nullptr;
  }

  const char* place_;
  Json faults_ = Json::array();
};

CheckedRequest Refused(int status, Json detail) {
  CheckedRequest checked;
  checked.status = status;
  checked.detail = std::move(detail);
  return checked;
}

// application/json, application/problem+json; "" too.
bool SaysJson(std::string_view content_type) {
  const std::string type = Lower(std::string(Trimmed(content_type.substr(0, content_type.find(';')))));
  constexpr std::string_view kApplication = "application/";
  return type.empty() || type == "application/json" || (type.starts_with(kApplication) && type.ends_with("+json"));
}

CheckedRequest NotAnObject(Json input) {
  return Refused(422, Json::array({FaultJson("model_attributes_type", Json::array({"body"}),
                                             "Input should be a valid dictionary or object to extract fields from",
                                             std::move(input))}));
}

CheckedRequest NotJson(const JsonFault& fault) {
  Json json = FaultJson("json_invalid", {"body", fault.position}, "JSON decode error", Json::object());
  json["ctx"] = {{"error", fault.message}};
  return Refused(422, Json::array({std::move(json)}));
}

}  // namespace

Json FaultJson(std::string_view type, Json location, std::string_view message, Json input) {
  return {{"type", type}, {"loc", std::move(location)}, {"msg", message}, {"input", std::move(input)}};
}

CheckedRequest CheckBody(std::string_view body, std::string_view content_type, const std::vector<Field>& fields) {
  if (body.empty()) {
    return Refused(422, Json::array({FaultJson("missing", Json::array({"body"}), "Field required", nullptr)}));
  }
  if (!SaysJson(content_type)) return NotAnObject(std::string(body));
  constexpr const char* kUnreadable = "There was an error parsing the body";
  if (!ValidUtf8(body)) return Refused(400, kUnreadable);
  const std::optional<JsonFault> fault = FindJsonFault(body);
  if (fault && fault->too_deep) return Refused(400, kUnreadable);
  if (fault) return NotJson(*fault);
  if (!JsonFits(body)) return Refused(400, kUnreadable);
  const Json parsed = Json::parse(body, nullptr, false);
  if (parsed.is_discarded()) return Refused(400, kUnreadable);  // a number that no double holds
  if (!parsed.is_object()) return NotAnObject(parsed);

  Checker checker("body");
  Json values = Json::object();
  for (const Field& field : fields) {
    const auto found = parsed.find(field.name);
    if (found == parsed.end() && field.required) {
      checker.Missing(field, parsed);
    } else if (found == parsed.end() || (found->is_null() && !field.required)) {
      values[field.name] = field.fallback;
    } else {
      values[field.name] = checker.Check(field, *found);
    }
  }
  return checker.Conclude(std::move(values));
}

CheckedRequest CheckQuery(const std::function<std::optional<std::string>(std::string_view)>& find,
                          const std::vector<Field>& fields) {
  Checker checker("query");
  Json values = Json::object();
  for (const Field& field : fields) {
    const std::optional<std::string> found = find(field.name);
    if (found) {
      values[field.name] = checker.Check(field, RepairUtf8(*found));
    } else if (field.required) {
      checker.Missing(field, nullptr);
    } else {
      values[field.name] = field.fallback;
    }
  }
  return checker.Conclude(std::move(values));
}

}  // namespace counsel::http
