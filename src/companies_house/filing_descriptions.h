// What the register's keys of filings mean in words, by the file it publishes: filing_history_descriptions.yml of its
// enumerations. Under "description:" it has lines such as
//
//   'appoint-person-director-company-with-name-date' : "**Appointment** of {officer_name} as a director on {date}"
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "companies_house/records.h"

namespace counsel::companies_house {

class FilingDescriptions {
 public:
  static constexpr std::string_view kFileName = "filing_history_descriptions.yml";
  static constexpr std::string_view kPublishedUrl =
      "https://raw.githubusercontent.com/companieshouse/api-enumerations/master/filing_history_descriptions.yml";
  static constexpr std::size_t kLargestFile = std::size_t{4} << 20;  // bytes

  FilingDescriptions() = default;  // knows none

  // No YAML is understood beyond such lines, quoted either way or not; other lines are passed over. kCorrupt when there
  // is none of them, or no valid UTF-8; kTooLarge.
  [[nodiscard]] static Result<FilingDescriptions> Parse(std::string_view text);

  [[nodiscard]] std::size_t size() const { return templates_.size(); }
  // The template of that key with its {placeholders} filled from `values` and its **bold** marks gone, on one line;
  // dates in words. Nothing where there is no such template, or no value for a placeholder.
  [[nodiscard]] std::optional<std::string> Describe(std::string_view key, const nlohmann::json& values) const;

 private:
  std::unordered_map<std::string, std::string> templates_;
};

// A file that may be put there, replaced or taken away while the daemon runs.
class FilingDescriptionsFile {
 public:
  // "": there is none.
  explicit FilingDescriptionsFile(std::filesystem::path path) : path_(std::move(path)) {}

  struct Known {
    Known() = default;
    std::shared_ptr<const FilingDescriptions> descriptions = std::make_shared<FilingDescriptions>();  // never null
    std::string problem;  // why a file that is there is not used
  };
  // Reads the file anew when it has changed; one that is missing or broken knows nothing. Blocks; any thread.
  [[nodiscard]] Known Read();

 private:
  const std::filesystem::path path_;
  std::mutex mutex_;
  std::optional<std::filesystem::file_time_type> changed_;  // guarded by mutex_, as is known_
  Known known_;
};

// Describes the filing by its template, where there is one.
void UseDescriptions(const FilingDescriptions& descriptions, Filing* filing);

}  // namespace counsel::companies_house
