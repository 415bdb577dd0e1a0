#include "record/retention.h"

#include <ctime>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "documents/documents.h"
#include "documents/statements.h"
#include "record/hold.h"

namespace counsel::record {

using documents::Ask;
using documents::Change;
using documents::Texts;

namespace {

// By the calendar: 29 February is followed by 1 March.
std::int64_t YearsBefore(std::int64_t now, std::int64_t years) {
  const std::time_t time = now;
  std::tm utc{};
  if (::gmtime_r(&time, &utc) == nullptr) return 0;
  utc.tm_year -= static_cast<int>(years);
  return ::timegm(&utc);
}

// 0: for ever.
Result<std::int64_t> YearsOf(store::Connection& db, const std::string& matter) {
  // No text can hold these bytes (entry.cc).
  ASSIGN_OR_RETURN(store::Statement row,
                   Ask(db,
                       "SELECT e.entry FROM record_matters m JOIN record_entries e ON e.number = m.entry WHERE "
                       "m.matter = ? AND instr(e.entry, '\"kind\":\"retained\"') > 0 ORDER BY m.entry DESC LIMIT 1",
                       matter));
  ASSIGN_OR_RETURN(const bool found, row.Step());
  if (!found) return std::int64_t{0};
  const Json entry = Json::parse(row.Text(0), nullptr, false);
  const bool readable = entry.is_object() && entry.contains("said") && entry["said"].is_object();
  return readable ? entry["said"].value("years", std::int64_t{0}) : std::int64_t{0};
}

// Until when a matter's entries have lost their texts, as entries write times; "": never.
class Limits {
 public:
  Limits(store::Connection& db, std::int64_t now) : db_(db), now_(now) {}

  Result<std::string> Of(const std::string& matter) {
    if (const auto known = known_.find(matter); known != known_.end()) return known->second;
    ASSIGN_OR_RETURN(const bool held, IsHeld(db_, matter));
    ASSIGN_OR_RETURN(const std::int64_t years, YearsOf(db_, matter));
    const std::string limit = held || years == 0 ? "" : TimeText(YearsBefore(now_, years));
    known_[matter] = limit;
    return limit;
  }

 private:
  store::Connection& db_;
  const std::int64_t now_;
  std::map<std::string, std::string> known_;
};

// Of an entry that is past the limit of one of its matters: whether it is past those of all.
Result<bool> PastAll(store::Connection& db, std::int64_t number, const std::string& time, Limits& limits) {
  ASSIGN_OR_RETURN(const std::vector<std::string> matters,
                   Texts(db, "SELECT matter FROM record_matters WHERE entry = ?", number));
  for (const std::string& matter : matters) {
    ASSIGN_OR_RETURN(const std::string limit, limits.Of(matter));
    if (limit.empty() || time >= limit) return false;
  }
  return true;
}

Result<std::vector<std::int64_t>> Past(store::Connection& db, const std::string& matter, Limits& limits) {
  std::vector<std::int64_t> numbers;
  ASSIGN_OR_RETURN(const std::string limit, limits.Of(matter));
  if (limit.empty()) return numbers;
  ASSIGN_OR_RETURN(store::Statement rows,
                   Ask(db,
                       "SELECT e.number, json_extract(e.entry, '$.time') AS at FROM record_matters m JOIN "
                       "record_texts t ON t.entry = m.entry JOIN record_entries e ON e.number = m.entry WHERE "
                       "m.matter = ? AND at < ? ORDER BY e.number",
                       matter, limit));
  for (;;) {
    ASSIGN_OR_RETURN(const bool row, rows.Step());
    if (!row) return numbers;
    ASSIGN_OR_RETURN(const bool past, PastAll(db, rows.Int(0), std::string(rows.Text(1)), limits));
    if (past) numbers.push_back(rows.Int(0));
  }
}

}  // namespace

Result<std::int64_t> SetRetention(store::Connection& db, const std::string& matter, std::int64_t years, const Actor& by,
                                  std::int64_t now) {
  if (years < 0 || years > kMostYears) {
    return Fail(ErrorCode::kInvalidArgument, "'years' must be from 0 to " + std::to_string(kMostYears) + ".",
                "0 keeps a matter's texts for ever.");
  }
  RETURN_IF_ERROR(documents::MatterId(db, matter));
  Entry entry("retained");
  entry.owner = by.owner;
  entry.person = by.person;
  entry.matters = {matter};
  entry.said["matter"] = entry.Text(matter);
  entry.said["years"] = years;
  return Append(db, std::move(entry), now);
}

Result<std::int64_t> KeepRetention(store::Connection& db, const Actor& by, std::int64_t now) {
  ASSIGN_OR_RETURN(const std::vector<std::string> matters,
                   Texts(db,
                         "SELECT DISTINCT m.matter FROM record_entries e JOIN record_matters m ON m.entry = e.number "
                         "WHERE instr(substr(e.entry, 1, 100), '\"kind\":\"retained\"') > 0"));
  Limits limits(db, now);
  std::int64_t all = 0;
  for (const std::string& matter : matters) {
    ASSIGN_OR_RETURN(const std::vector<std::int64_t> numbers, Past(db, matter, limits));
    for (const std::int64_t number : numbers) {
      RETURN_IF_ERROR(Change(db, "DELETE FROM record_texts WHERE entry = ?", number));
      RETURN_IF_ERROR(
          Change(db, "INSERT INTO record_gone (what, document, entry) VALUES ('retention', '', ?)", number));
    }
    all += static_cast<std::int64_t>(numbers.size());
  }
  if (all > 0) RETURN_IF_ERROR(SayDeleted(db, by, now));
  return all;
}

}  // namespace counsel::record
