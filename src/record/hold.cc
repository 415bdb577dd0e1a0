#include "record/hold.h"

#include <utility>

#include "documents/documents.h"
#include "documents/statements.h"

namespace counsel::record {

using documents::Ask;
using documents::Number;
using documents::Texts;

Result<bool> IsHeld(store::Connection& db, std::string_view matter) {
  // No text can hold these bytes (entry.cc).
  ASSIGN_OR_RETURN(const std::int64_t held,
                   Number(db,
                          "SELECT instr(e.entry, '\"kind\":\"held\"') > 0 FROM record_matters m JOIN record_entries e "
                          "ON e.number = m.entry WHERE m.matter = ? AND (instr(e.entry, '\"kind\":\"held\"') > 0 OR "
                          "instr(e.entry, '\"kind\":\"released\"') > 0) ORDER BY m.entry DESC LIMIT 1",
                          matter));
  return held != 0;
}

Result<std::int64_t> SetHold(store::Connection& db, const std::string& matter, bool held, const std::string& words,
                             const Actor& by, std::int64_t now) {
  RETURN_IF_ERROR(documents::MatterId(db, matter));
  ASSIGN_OR_RETURN(const bool already, IsHeld(db, matter));
  if (already == held) {
    return Fail(ErrorCode::kAlreadyExists,
                "The matter '" + matter + "' is " + (held ? "on hold already." : "not on hold."),
                "See: counsel record list");
  }
  Entry entry(held ? "held" : "released");
  entry.owner = by.owner;
  entry.person = by.person;
  entry.matters = {matter};
  entry.said["matter"] = entry.Text(matter);
  entry.said["words"] = entry.Text(words);
  return Append(db, std::move(entry), now);
}

Result<void> MayBeDeleted(store::Connection& db, std::string_view matter) {
  ASSIGN_OR_RETURN(const bool held, IsHeld(db, matter));
  if (!held) return {};
  const std::string name(matter);
  return Fail(ErrorCode::kPermissionDenied, "The matter '" + name + "' is on hold: nothing of it is deleted.",
              "When the hold is over: counsel record release '" + name + "'");
}

Result<void> DocumentMayBeDeleted(store::Connection& db, std::string_view document) {
  ASSIGN_OR_RETURN(
      const std::vector<std::string> matters,
      Texts(db, "SELECT m.name FROM documents d JOIN matters m ON m.id = d.matter WHERE d.id = ?", document));
  for (const std::string& matter : matters) RETURN_IF_ERROR(MayBeDeleted(db, matter));
  return {};
}

Result<void> EntriesMayBeForgotten(store::Connection& db, const std::vector<std::int64_t>& numbers) {
  for (const std::int64_t number : numbers) {
    ASSIGN_OR_RETURN(const std::vector<std::string> matters,
                     Texts(db, "SELECT matter FROM record_matters WHERE entry = ?", number));
    for (const std::string& matter : matters) RETURN_IF_ERROR(MayBeDeleted(db, matter));
  }
  return {};
}

}  // namespace counsel::record
