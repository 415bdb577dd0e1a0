// The two files of a home that hold settings: counsel.toml, and .env as the first product read it.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace counsel::app {

// What counsel.toml says: dotted key → text of its value, and the keys whose values are of no use as a setting.
struct TomlSettings {
  TomlSettings() = default;
  std::map<std::string, std::string> values;
  std::vector<std::string> unusable;
};
// kCorrupt names `file` and the line.
[[nodiscard]] Result<TomlSettings> ReadToml(std::string_view text, const std::filesystem::path& file);

// The file's text with one setting changed, or without it when `value` is nothing. All else, comments too, stays as it
// is. kUnavailable when it is written in a way that this cannot change, a value over several lines for example.
[[nodiscard]] Result<std::string> ChangeToml(const std::string& text, const std::string& key,
                                             const std::optional<std::string>& value);

// NAME=VALUE lines; "export " before, quotes around and # comments after a value are understood; names are
// case-sensitive; the last of a name wins. Lines of another form are passed over: the file may be others' too.
[[nodiscard]] std::map<std::string, std::string> ReadDotEnv(std::string_view text);

}  // namespace counsel::app
