#include "app/settings_file.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <sstream>
#include <utility>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace counsel::app {
namespace {

std::optional<std::string> ScalarText(const toml::node& node) {
  if (const toml::array* list = node.as_array()) {
    std::string joined;
    for (const toml::node& item : *list) {
      const auto text = item.value_exact<std::string>();
      if (!text) return std::nullopt;
      joined += (joined.empty() ? "" : ",") + *text;
    }
    return joined;
  }
  if (const auto real = node.value_exact<double>()) {
    char text[32];
    const auto written = std::to_chars(text, text + sizeof text, *real);
    return std::string(text, written.ptr);
  }
  if (const auto text = node.value_exact<std::string>()) return *text;
  if (const auto number = node.value_exact<std::int64_t>()) return std::to_string(*number);
  if (const auto truth = node.value_exact<bool>()) return *truth ? "true" : "false";
  return std::nullopt;
}

// key → text for every scalar of the file; tables become dotted keys.
void Flatten(const toml::table& table, const std::string& prefix, TomlSettings* out) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const toml::table* inner = node.as_table()) {
      Flatten(*inner, name + ".", out);
    } else if (std::optional<std::string> text = ScalarText(node)) {
      out->values[name] = std::move(*text);
    } else {
      out->unusable.push_back(name);
    }
  }
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::vector<std::string> LinesOf(std::string_view text) {
  std::vector<std::string> lines;
  std::istringstream stream{std::string(text)};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string TomlString(const std::string& value) {
  std::ostringstream quoted;
  quoted << toml::value<std::string>(value);
  return quoted.str();
}

// "port" of "port = 8181"; "" for a line that sets nothing.
std::string_view KeyOf(std::string_view line) {
  const std::string_view trimmed = Trim(line);
  if (trimmed.empty() || trimmed.front() == '#' || trimmed.front() == '[') return {};
  const std::size_t equals = trimmed.find('=');
  return equals == std::string_view::npos ? std::string_view() : Trim(trimmed.substr(0, equals));
}

// "api" of "[api]".
std::optional<std::string> TableOf(std::string_view line) {
  const std::string_view trimmed = Trim(line);
  if (trimmed.size() < 2 || trimmed.front() != '[' || trimmed[1] == '[') return std::nullopt;
  const std::size_t end = trimmed.find(']');
  if (end == std::string_view::npos) return std::nullopt;
  return std::string(Trim(trimmed.substr(1, end - 1)));
}

// The change, made by lines; whether that was right is for the parser to say.
std::vector<std::string> ChangeLines(std::vector<std::string> lines, const std::string& key,
                                     const std::optional<std::string>& value) {
  const std::size_t dot = key.rfind('.');
  const std::string wanted_table = dot == std::string::npos ? "" : key.substr(0, dot);
  const std::string name = dot == std::string::npos ? key : key.substr(dot + 1);
  std::string table;
  // Where the table's last setting is, for one more.
  std::optional<std::size_t> place;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (const std::optional<std::string> next = TableOf(lines[i])) {
      table = *next;
      if (table == wanted_table) place = i + 1;
      continue;
    }
    const std::string_view set = KeyOf(lines[i]);
    if (set.empty()) continue;
    if (table == wanted_table) place = i + 1;
    if ((table == wanted_table && set == name) || (table.empty() && set == key)) {
      if (!value) {
        lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(i));
      } else {
        lines[i] = std::string(set) + " = " + TomlString(*value);
      }
      return lines;
    }
  }
  if (!value) return lines;
  const std::string line = name + " = " + TomlString(*value);
  if (place || wanted_table.empty()) {
    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(place.value_or(0)), line);
  } else {
    if (!lines.empty()) lines.emplace_back();
    lines.push_back("[" + wanted_table + "]");
    lines.push_back(line);
  }
  return lines;
}

}  // namespace

Result<TomlSettings> ReadToml(std::string_view text, const std::filesystem::path& file) {
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    return Fail(ErrorCode::kCorrupt,
                file.string() + ", line " + std::to_string(parsed.error().source().begin.line) + ": " +
                    std::string(parsed.error().description()) + ".",
                "Mend that line; 'counsel config' shows the settings there are.");
  }
  TomlSettings settings;
  Flatten(parsed.table(), "", &settings);
  return settings;
}

Result<std::string> ChangeToml(const std::string& text, const std::string& key,
                               const std::optional<std::string>& value) {
  Result<TomlSettings> before = ReadToml(text, "counsel.toml");
  if (!before) return Fail(std::move(before.error()));
  std::string changed;
  for (const std::string& line : ChangeLines(LinesOf(text), key, value)) changed += line + "\n";
  std::map<std::string, std::string> expected = before->values;
  expected.erase(key);
  if (value) expected[key] = *value;
  const Result<TomlSettings> after = ReadToml(changed, "counsel.toml");
  if (!after || after->values != expected || after->unusable != before->unusable) {
    return Fail(ErrorCode::kUnavailable,
                "'" + key + "' stands in counsel.toml in a form that only a person can change.",
                "Edit the file by hand.");
  }
  return changed;
}

std::map<std::string, std::string> ReadDotEnv(std::string_view text) {
  std::map<std::string, std::string> values;
  for (const std::string& whole : LinesOf(text)) {
    std::string_view line = Trim(whole);
    constexpr std::string_view kExport = "export ";
    if (line.substr(0, kExport.size()) == kExport) line = Trim(line.substr(kExport.size()));
    const std::size_t equals = line.find('=');
    if (line.empty() || line.front() == '#' || equals == std::string_view::npos) continue;
    const std::string_view name = Trim(line.substr(0, equals));
    std::string_view value = Trim(line.substr(equals + 1));
    const char quote = value.empty() ? '\0' : value.front();
    const std::size_t closing = quote == '"' || quote == '\'' ? value.find(quote, 1) : std::string_view::npos;
    if (closing != std::string_view::npos) {
      value = value.substr(1, closing - 1);
    } else {
      const std::size_t comment = value.find(" #");
      if (comment != std::string_view::npos) value = Trim(value.substr(0, comment));
    }
    if (!name.empty()) values[std::string(name)] = std::string(value);
  }
  return values;
}

}  // namespace counsel::app
