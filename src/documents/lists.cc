#include "documents/lists.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "documents/rows.h"
#include "documents/statements.h"

namespace counsel::documents {
namespace {

using store::Connection;
using store::Statement;

constexpr std::int64_t kFew = 10'000;  // documents of a matter

// A column that a page is chosen by. What few documents have is looked up in its index and put in order; for what many
// have the table is walked, which is in order already ('+' keeps SQLite from the index).
std::string Column(const char* name, bool few) {
  return (few ? "p." : "+p.") + std::string(name);
}

bool Settled(DocumentState state) {
  return state == DocumentState::kReady || state == DocumentState::kFailed;
}

// "%lease%", its own '%' and '_' meaning themselves.
std::string Holding(const std::string& word) {
  std::string pattern = "%";
  for (const char c : word) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + "%";
}

// Which documents p a list has; its words are bound from ?3 on.
Result<std::string> ListCondition(Connection& db, const Chosen& options) {
  std::int64_t matter = 0;
  if (!options.matter.empty()) {
    ASSIGN_OR_RETURN(matter, MatterId(db, options.matter));
  }
  std::string condition = "1";
  if (!options.superseded) condition += " AND p.superseded_by = ''";
  if (matter > 0) {
    Result<std::int64_t> count =
        Number(db, "SELECT count(*) FROM (SELECT 1 FROM documents WHERE matter = ? LIMIT ?)", matter, kFew + 1);
    if (!count) return Fail(std::move(count.error()));
    condition += " AND " + Column("matter", *count <= kFew) + " = " + std::to_string(matter);
  } else {
    condition += " AND +p.matter NOT IN (SELECT id FROM matters WHERE hidden = 1)";
  }
  for (std::size_t i = 0; i < options.words.size(); ++i) {
    condition += " AND p.name LIKE ?" + std::to_string(i + 3) + " ESCAPE '\\'";
  }
  if (!options.kinds.empty()) {
    std::string kinds;
    for (const Kind kind : options.kinds) kinds += (kinds.empty() ? "" : " OR ") + KindCondition(kind, "p.media_type");
    condition += " AND (" + kinds + ")";
  }
  return condition;
}

void BindWords(const Chosen& options, Statement* rows) {
  int index = 2;
  for (const std::string& word : options.words) rows->Bind(++index, Holding(word));
}

std::string StateCondition(const PageOptions& options) {
  if (options.states.empty()) return "";
  std::string names;
  for (const DocumentState state : options.states) {
    names += (names.empty() ? "'" : ", '") + std::string(DocumentStateName(state)) + "'";
  }
  const bool few = std::none_of(options.states.begin(), options.states.end(), Settled);
  return " AND " + Column("state", few) + " IN (" + names + ")";
}

}  // namespace

Result<DocumentPage> ListPage(Connection& db, const PageOptions& options) {
  return ListChosen(db, Chosen(options));
}

Result<DocumentPage> ListChosen(Connection& db, const Chosen& options) {
  ASSIGN_OR_RETURN(const std::string condition, ListCondition(db, options));
  const std::string behind = options.newest_first ? "p.rowid < ?1" : "p.rowid > ?1";
  const std::string order = options.newest_first ? " DESC" : "";
  const std::string sql = std::string(kSelect) + "WHERE d.rowid IN (SELECT p.rowid FROM documents p WHERE " + behind +
                          " AND " + condition + StateCondition(options) + " ORDER BY p.rowid" + order +
                          " LIMIT ?2) ORDER BY d.rowid" + order;
  const bool from_the_top = options.newest_first && options.after == 0;
  const std::int64_t after = from_the_top ? std::numeric_limits<std::int64_t>::max() : options.after;
  ASSIGN_OR_RETURN(Statement rows, Ask(db, sql, after, options.limit));
  BindWords(options, &rows);
  DocumentPage page;
  std::int64_t last = 0;
  Result<std::vector<Document>> documents = ReadRows(std::move(rows), &last);
  if (!documents) return Fail(std::move(documents.error()));
  page.documents = std::move(*documents);
  if (static_cast<std::int64_t>(page.documents.size()) == options.limit) page.next = last;
  return page;
}

Result<std::map<DocumentState, std::int64_t>> CountChosen(Connection& db, const Chosen& options) {
  ASSIGN_OR_RETURN(const std::string condition, ListCondition(db, options));
  ASSIGN_OR_RETURN(Statement rows,
                   db.Prepare("SELECT p.state, count(*) FROM documents p WHERE " + condition + " GROUP BY p.state"));
  BindWords(options, &rows);
  std::map<DocumentState, std::int64_t> counts;
  for (;;) {
    ASSIGN_OR_RETURN(const bool row, rows.Step());
    if (!row) return counts;
    counts[StateOf(rows.Text(0))] += rows.Int(1);
  }
}

}  // namespace counsel::documents
