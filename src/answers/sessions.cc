#include "answers/sessions.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "documents/statements.h"
#include "understanding/follow_up.h"

namespace counsel::answers {
namespace {

using documents::Ask;
using documents::Change;
using documents::Number;

std::string Cut(std::string_view text, std::int64_t code_points) {
  if (CountCodePoints(text) <= code_points) return std::string(text);
  return std::string(SliceCodePoints(text, 0, code_points)) + "…";
}

// "[2]" points at a passage of its own prompt: in another it would point elsewhere.
std::string WithoutMarks(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t end = text[i] == '[' ? text.find_first_not_of("0123456789, -", i + 1) : std::string_view::npos;
    if (end == std::string_view::npos || text[end] != ']' || end == i + 1) {
      out.push_back(text[i]);
      continue;
    }
    if (!out.empty() && out.back() == ' ') out.pop_back();
    i = end;
  }
  return out;
}

Result<std::int64_t> TouchSession(store::Connection& db, std::string_view name) {
  Result<std::int64_t> touched =
      Change(db,
             "INSERT INTO sessions (name, used) VALUES (?, (SELECT coalesce(max(used), 0) + 1 FROM sessions)) "
             "ON CONFLICT (name) DO UPDATE SET used = excluded.used",
             name);
  if (!touched) return touched;
  return Number(db, "SELECT id FROM sessions WHERE name = ?", name);
}

Result<void> NameDocument(store::Connection& db, std::int64_t session, const std::string& document) {
  Result<std::int64_t> there = Number(db, "SELECT count(*) FROM documents WHERE id = ?", document);
  if (!there) return Fail(std::move(there.error()));
  if (*there == 0) return documents::NoDocument(document);
  Result<std::int64_t> named = Change(
      db, "INSERT INTO session_documents (session, document) VALUES (?, ?) ON CONFLICT DO NOTHING", session, document);
  if (!named) return Fail(std::move(named.error()));
  return {};
}

Result<void> DeleteOld(store::Connection& db, std::int64_t session) {
  Result<std::int64_t> exchanges = Change(db,
                                          "DELETE FROM exchanges WHERE session = ?1 AND id NOT IN "
                                          "(SELECT id FROM exchanges WHERE session = ?1 ORDER BY id DESC LIMIT ?2)",
                                          session, kRememberedExchanges);
  if (!exchanges) return Fail(std::move(exchanges.error()));
  Result<std::int64_t> sessions =
      Change(db, "DELETE FROM sessions WHERE id NOT IN (SELECT id FROM sessions ORDER BY used DESC LIMIT ?)",
             kRememberedSessions);
  if (!sessions) return Fail(std::move(sessions.error()));
  return {};
}

}  // namespace

Result<std::vector<Exchange>> RecallSession(store::Connection& db, std::string_view session) {
  Result<store::Statement> rows =
      Ask(db,
          "SELECT e.question, e.answer FROM exchanges e JOIN sessions s ON s.id = e.session "
          "WHERE s.name = ? ORDER BY e.id",
          session);
  if (!rows) return Fail(std::move(rows.error()));
  std::vector<Exchange> exchanges;
  for (;;) {
    Result<bool> row = rows->Step();
    if (!row) return Fail(std::move(row.error()));
    if (!*row) return exchanges;
    exchanges.emplace_back(std::string(rows->Text(0)), std::string(rows->Text(1)));
  }
}

Result<void> Remember(store::Connection& db, std::string_view session, const Exchange& exchange,
                      const std::vector<std::string>& documents) {
  Result<std::int64_t> id = TouchSession(db, session);
  if (!id) return Fail(std::move(id.error()));
  for (const std::string& document : documents) {
    if (Result<void> named = NameDocument(db, *id, document); !named) return named;
  }
  Result<std::int64_t> added =
      Change(db, "INSERT INTO exchanges (session, question, answer) VALUES (?, ?, ?)", *id,
             Cut(exchange.question, kRememberedQuestion), Cut(WithoutMarks(exchange.answer), kRememberedAnswer));
  if (!added) return Fail(std::move(added.error()));
  return DeleteOld(db, *id);
}

std::string SearchText(const std::string& question, const std::vector<Exchange>& earlier) {
  std::vector<std::string> questions;
  for (const Exchange& exchange : earlier) questions.push_back(exchange.question);
  return understanding::MadeWhole(question, questions);
}

}  // namespace counsel::answers
