#include "record/hold.h"

#include <utility>

#include "documents/documents.h"
#include "documents/statements.h"

namespace counsel::record {

using documents::Ask;
using documents::Number;
using documents::Texts;

namespace {

// What is of a matter itself.
constexpr std::string_view kOfIt = "nothing of it is deleted";
// What an entry took from elsewhere: its texts go with that.
constexpr std::string_view kAlsoOfIt =
    "questions and answers of it that stand in the record would be deleted with this";

Result<void> NoneIsHeld(store::Connection& db, const std::vector<std::string>& matters, std::string_view why) {
  for (const std::string& matter : matters) {
    ASSIGN_OR_RETURN(const bool held, IsHeld(db, matter));
    if (!held) continue;
    return Fail(ErrorCode::kPermissionDenied, "The matter '" + matter + "' is on hold: " + std::string(why) + ".",
                "When the hold is over: counsel record release '" + matter + "'");
  }
  return {};
}

}  // namespace

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

// As the triggers of the schema delete: the matter's entries, and those that its documents' words may be in.
Result<void> MatterMayBeDeleted(store::Connection& db, std::string_view matter) {
  RETURN_IF_ERROR(NoneIsHeld(db, {std::string(matter)}, kOfIt));
  ASSIGN_OR_RETURN(const std::vector<std::string> with_it,
                   Texts(db,
                         "SELECT DISTINCT other.matter FROM record_matters mine JOIN record_texts t ON t.entry = "
                         "mine.entry JOIN record_matters other ON other.entry = mine.entry WHERE mine.matter = ?",
                         matter));
  RETURN_IF_ERROR(NoneIsHeld(db, with_it, kAlsoOfIt));
  ASSIGN_OR_RETURN(
      const std::vector<std::string> with_documents,
      Texts(db,
            "SELECT DISTINCT m.matter FROM matters n JOIN documents d ON d.matter = n.id JOIN record_documents r ON "
            "r.document = d.id JOIN record_texts t ON t.entry = r.entry JOIN record_matters m ON m.entry = r.entry "
            "WHERE n.name = ?",
            matter));
  return NoneIsHeld(db, with_documents, kAlsoOfIt);
}

Result<void> DocumentMayBeDeleted(store::Connection& db, std::string_view document) {
  ASSIGN_OR_RETURN(
      const std::vector<std::string> own,
      Texts(db, "SELECT m.name FROM documents d JOIN matters m ON m.id = d.matter WHERE d.id = ?", document));
  RETURN_IF_ERROR(NoneIsHeld(db, own, kOfIt));
  ASSIGN_OR_RETURN(const std::vector<std::string> with_it,
                   Texts(db,
                         "SELECT DISTINCT m.matter FROM record_documents r JOIN record_texts t ON t.entry = r.entry "
                         "JOIN record_matters m ON m.entry = r.entry WHERE r.document = ?",
                         document));
  return NoneIsHeld(db, with_it, kAlsoOfIt);
}

Result<void> EntriesMayBeForgotten(store::Connection& db, const std::vector<std::int64_t>& numbers) {
  for (const std::int64_t number : numbers) {
    ASSIGN_OR_RETURN(const std::vector<std::string> matters,
                     Texts(db, "SELECT matter FROM record_matters WHERE entry = ?", number));
    RETURN_IF_ERROR(NoneIsHeld(db, matters, kOfIt));
  }
  return {};
}

}  // namespace counsel::record
