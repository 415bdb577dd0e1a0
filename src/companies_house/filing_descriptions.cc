#include "companies_house/filing_descriptions.h"

#include <algorithm>
#include <utility>

#include "base/file.h"
#include "base/utf8.h"
#include "companies_house/register_entry.h"

namespace counsel::companies_house {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostTemplates = 20'000;
constexpr std::size_t kLongestKey = 300;        // bytes
constexpr std::size_t kLongestTemplate = 4096;  // bytes
constexpr std::int64_t kLongestValue = 500;     // code points
constexpr std::int64_t kLongestText = 1'000;    // code points

bool IsBlank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

void SkipBlanks(std::string_view* rest) {
  while (!rest->empty() && IsBlank(rest->front())) rest->remove_prefix(1);
}

// A quoted text at the beginning of `rest`, which then begins behind it. Nothing when it does not end on the line.
std::optional<std::string> TakeQuoted(std::string_view* rest) {
  const char quote = rest->front();
  std::string text;
  for (std::size_t at = 1; at < rest->size(); ++at) {
    const char c = (*rest)[at];
    const char next = at + 1 < rest->size() ? (*rest)[at + 1] : '\0';
    if (c == quote && !(quote == '\'' && next == '\'')) {
      rest->remove_prefix(at + 1);
      return text;
    }
    const bool escaped = quote == '"' ? c == '\\' : c == quote;
    if (escaped) ++at;
    // Of escapes only those of the signs themselves are used; an n or t stands for a blank.
    text += !escaped ? c : quote == '"' && (next == 'n' || next == 't') ? ' ' : next;
  }
  return std::nullopt;
}

// The key or value at the beginning of `rest`; one without quotes ends before `end`.
std::optional<std::string> TakeText(std::string_view* rest, std::string_view end) {
  SkipBlanks(rest);
  if (rest->empty()) return std::nullopt;
  if (rest->front() == '"' || rest->front() == '\'') return TakeQuoted(rest);
  std::string_view text = rest->substr(0, rest->find(end));
  rest->remove_prefix(text.size());
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  if (text.empty()) return std::nullopt;
  return std::string(text);
}

bool IsKey(std::string_view text) {
  return !text.empty() && text.size() <= kLongestKey && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

// `key: "text"`, or nothing.
std::optional<std::pair<std::string, std::string>> ReadLine(std::string_view line) {
  std::optional<std::string> key = TakeText(&line, ":");
  SkipBlanks(&line);
  if (!key || !IsKey(*key) || line.empty() || line.front() != ':') return std::nullopt;
  line.remove_prefix(1);
  std::optional<std::string> text = TakeText(&line, " #");
  if (!text || text->size() > kLongestTemplate || text->front() == '#') return std::nullopt;
  return std::pair(std::move(*key), std::move(*text));
}

// "2023-12-31" → "31 December 2023"; "" when it is no text.
std::string ValueText(const Json& value) {
  if (value.is_string()) {
    const std::string& text = value.get_ref<const std::string&>();
    // A template may have a value begin with the blank before it.
    return (text.starts_with(' ') ? " " : "") + OnOneLine(DateInText(text), kLongestValue);
  }
  if (value.is_number_integer()) return value.dump();
  return "";
}

Result<FilingDescriptions> Parsed(const Result<std::string>& text) {
  if (!text) return Fail(text.error());
  return FilingDescriptions::Parse(*text);
}

}  // namespace

Result<FilingDescriptions> FilingDescriptions::Parse(std::string_view text) {
  if (text.size() > kLargestFile) {
    return Fail(ErrorCode::kTooLarge,
                "A file of filing descriptions has at most " + std::to_string(kLargestFile >> 20) + " MiB.");
  }
  const auto corrupt = [] {
    return Fail(ErrorCode::kCorrupt, "That is no file of filing descriptions.",
                "Companies House publishes it as " + std::string(kFileName) + ".");
  };
  if (!ValidUtf8(text)) return corrupt();
  FilingDescriptions descriptions;
  bool ours = false;  // under "description:"
  while (!text.empty() && descriptions.size() < kMostTemplates) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (!line.empty() && !IsBlank(line.front()) && line.front() != '#') {
      ours = line.starts_with("description:");
    } else if (ours) {
      if (auto read = ReadLine(line)) descriptions.templates_.insert(std::move(*read));
    }
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  if (descriptions.size() == 0) return corrupt();
  return descriptions;
}

std::optional<std::string> FilingDescriptions::Describe(std::string_view key, const Json& values) const {
  const auto found = templates_.find(std::string(key));
  if (found == templates_.end()) return std::nullopt;
  std::string text;
  // What a value says is never taken for a placeholder or a mark.
  for (std::string_view rest = found->second; !rest.empty();) {
    if (rest.starts_with("**")) {
      rest.remove_prefix(2);
      continue;
    }
    const std::size_t end = rest.front() == '{' ? rest.find('}') : std::string_view::npos;
    if (end == std::string_view::npos) {
      text += rest.front();
      rest.remove_prefix(1);
      continue;
    }
    if (!values.is_object()) return std::nullopt;
    const auto value = values.find(std::string(rest.substr(1, end - 1)));
    const std::string told = value == values.end() ? "" : ValueText(*value);
    if (told.empty()) return std::nullopt;
    text += told;
    rest.remove_prefix(end + 1);
  }
  text = OnOneLine(text, kLongestText);
  if (text.empty()) return std::nullopt;
  return text;
}

FilingDescriptionsFile::Known FilingDescriptionsFile::Read() {
  const std::lock_guard lock(mutex_);
  std::error_code failed;
  // A regular file only: a pipe would be waited for.
  const bool there = !path_.empty() && std::filesystem::is_regular_file(path_, failed);
  const auto changed = there ? std::filesystem::last_write_time(path_, failed) : std::filesystem::file_time_type();
  if (!there || failed) {
    changed_.reset();
    known_ = Known();
    return known_;
  }
  if (changed == changed_) return known_;
  changed_ = changed;
  known_ = Known();
  const Result<std::string> text = ReadFile(path_, FilingDescriptions::kLargestFile);
  Result<FilingDescriptions> parsed = Parsed(text);
  if (parsed) {
    known_.descriptions = std::make_shared<FilingDescriptions>(std::move(*parsed));
  } else {
    known_.problem = path_.string() + " is not used: " + parsed.error().message;
  }
  return known_;
}

void UseDescriptions(const FilingDescriptions& descriptions, Filing* filing) {
  if (descriptions.size() == 0 || !filing->raw.is_object()) return;
  const auto key = filing->raw.find("description");
  if (key == filing->raw.end() || !key->is_string()) return;
  const auto values = filing->raw.find("description_values");
  std::optional<std::string> text =
      descriptions.Describe(key->get_ref<const std::string&>(), values == filing->raw.end() ? Json() : Json(*values));
  if (text) filing->description = std::move(*text);
}

}  // namespace counsel::companies_house
