#include "review/tables.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/utf8.h"
#include "documents/documents.h"
#include "documents/statements.h"

namespace counsel::review {
namespace {

using documents::Ask;
using documents::Change;
using documents::Number;

// Of a document's text: another reading of the same document is another text.
constexpr std::string_view kStamp = "(d.reader || ':' || d.characters)";

constexpr std::string_view kReviews =
    "SELECT r.id, m.name, r.name, r.columns, r.state, r.reason, r.created, "
    "(SELECT count(*) FROM documents d WHERE d.matter = r.matter AND d.superseded_by = ''), "
    "(SELECT count(*) FROM review_rows w JOIN documents d ON d.id = w.document WHERE w.review = r.id AND "
    "d.superseded_by = '' AND d.state = 'ready' AND w.stamp = (d.reader || ':' || d.characters)), "
    "(SELECT count(*) FROM documents d WHERE d.matter = r.matter AND d.superseded_by = '' AND d.state = 'failed'), "
    "(SELECT count(*) FROM documents d WHERE d.matter = r.matter AND d.superseded_by = '' AND d.state NOT IN "
    "('failed', 'ready')) FROM reviews r JOIN matters m ON m.id = r.matter WHERE m.hidden = 0 ";

Result<std::vector<Review>> ReadReviews(Result<store::Statement> rows) {
  if (!rows) return Fail(std::move(rows.error()));
  std::vector<Review> reviews;
  for (;;) {
    ASSIGN_OR_RETURN(const bool row, rows->Step());
    if (!row) return reviews;
    Review one;
    one.id = rows->Int(0);
    one.matter = rows->Text(1);
    one.name = rows->Text(2);
    one.columns = rows->Text(3);
    one.state = rows->Text(4);
    one.reason = rows->Text(5);
    one.created = rows->Int(6);
    one.documents = rows->Int(7);
    one.filled = rows->Int(8);
    one.unread = rows->Int(9);
    one.waiting = rows->Int(10);
    reviews.push_back(std::move(one));
  }
}

tl::unexpected<Error> NoReview(const std::string& name) {
  return Fail(ErrorCode::kNotFound, "There is no review '" + name + "'.", "See: counsel review list");
}

Result<void> CheckName(const std::string& name) {
  const bool control = std::any_of(name.begin(), name.end(), [](unsigned char c) { return c < 32; });
  const bool number = !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
  if (name.empty() || control || number || CountCodePoints(name) > 100) {
    return Fail(ErrorCode::kInvalidArgument,
                "A review's name has 1 to 100 characters of one line, and is not only a number.");
  }
  return {};
}

}  // namespace

Result<std::int64_t> CreateReview(store::Connection& db, const std::string& matter, const std::string& name,
                                  const ColumnSet& columns, std::int64_t now) {
  RETURN_IF_ERROR(CheckName(name));
  ASSIGN_OR_RETURN(const std::int64_t scope, documents::MatterId(db, matter));
  ASSIGN_OR_RETURN(const std::int64_t there, Number(db, "SELECT count(*) FROM reviews WHERE matter = ?", scope));
  if (there >= kMostReviews) {
    return Fail(ErrorCode::kTooLarge, "A matter has at most " + std::to_string(kMostReviews) + " reviews.",
                "Delete one: counsel review delete NAME");
  }
  ASSIGN_OR_RETURN(const std::int64_t same,
                   Number(db, "SELECT count(*) FROM reviews WHERE matter = ? AND name = ?", scope, name));
  if (same > 0) {
    return Fail(ErrorCode::kAlreadyExists, "The matter '" + matter + "' has a review '" + name + "' already.",
                "Choose another name, or delete that one: counsel review delete NAME");
  }
  RETURN_IF_ERROR(Change(db,
                         "INSERT INTO reviews (matter, name, columns, state, created) VALUES (?, ?, ?, 'running', ?)",
                         scope, name, columns.text, now));
  return db.last_insert_rowid();
}

Result<Review> FindReview(store::Connection& db, std::int64_t id) {
  ASSIGN_OR_RETURN(std::vector<Review> found, ReadReviews(Ask(db, std::string(kReviews) + "AND r.id = ?", id)));
  if (found.empty()) return NoReview(std::to_string(id));
  return std::move(found.front());
}

Result<Review> FindReview(store::Connection& db, const std::string& matter, const std::string& name) {
  std::int64_t id = 0;
  const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), id);
  if (failed == std::errc() && end == name.data() + name.size() && !name.empty()) return FindReview(db, id);
  const std::string which = std::string(kReviews) + "AND r.name = ?1 AND (?2 = '' OR m.name = ?2)";
  ASSIGN_OR_RETURN(std::vector<Review> found, ReadReviews(Ask(db, which, name, matter)));
  if (found.empty()) return NoReview(name);
  if (found.size() > 1) {
    return Fail(ErrorCode::kInvalidArgument, "Several matters have a review '" + name + "'.",
                "Say which: --matter NAME");
  }
  return std::move(found.front());
}

Result<std::vector<Review>> ListReviews(store::Connection& db, const std::string& matter) {
  if (matter.empty()) return ReadReviews(Ask(db, std::string(kReviews) + "ORDER BY r.id"));
  RETURN_IF_ERROR(documents::MatterId(db, matter));
  return ReadReviews(Ask(db, std::string(kReviews) + "AND m.name = ? ORDER BY r.id", matter));
}

Result<void> SetReviewState(store::Connection& db, std::int64_t id, std::string_view state, std::string_view reason) {
  RETURN_IF_ERROR(Change(db, "UPDATE reviews SET state = ?, reason = ? WHERE id = ?", state, reason, id));
  return {};
}

Result<void> DeleteReview(store::Connection& db, std::int64_t id) {
  ASSIGN_OR_RETURN(const std::int64_t deleted, Change(db, "DELETE FROM reviews WHERE id = ?", id));
  if (deleted == 0) return NoReview(std::to_string(id));
  return {};
}

Result<std::int64_t> NextRunning(store::Connection& db) {
  return Number(db, "SELECT id FROM reviews WHERE state = 'running' ORDER BY id LIMIT 1");
}

Result<std::vector<Missing>> MissingRows(store::Connection& db, std::int64_t review, std::int64_t limit) {
  const std::string sql = "SELECT d.id, " + std::string(kStamp) +
                          " FROM reviews r JOIN documents d ON d.matter = r.matter LEFT JOIN review_rows w ON w.review "
                          "= r.id AND w.document = d.id WHERE r.id = ? AND d.state = 'ready' AND d.superseded_by = '' "
                          "AND (w.stamp IS NULL OR w.stamp <> " +
                          std::string(kStamp) + ") ORDER BY d.id LIMIT ?";
  ASSIGN_OR_RETURN(store::Statement rows, Ask(db, sql, review, limit));
  std::vector<Missing> missing;
  for (;;) {
    ASSIGN_OR_RETURN(const bool row, rows.Step());
    if (!row) return missing;
    Missing one;
    one.document = rows.Text(0);
    one.stamp = rows.Text(1);
    missing.push_back(std::move(one));
  }
}

Result<bool> PutRow(store::Connection& db, std::int64_t review, const Missing& row, const Json& cells) {
  ASSIGN_OR_RETURN(const std::int64_t running,
                   Number(db, "SELECT count(*) FROM reviews WHERE id = ? AND state = 'running'", review));
  if (running == 0) return false;
  ASSIGN_OR_RETURN(const std::int64_t there, Number(db, "SELECT count(*) FROM documents WHERE id = ?", row.document));
  if (there == 0) return true;  // deleted meanwhile: the others go on
  const std::string text = cells.dump(-1, ' ', false, Json::error_handler_t::replace);
  RETURN_IF_ERROR(Change(db,
                         "INSERT INTO review_rows (review, document, stamp, cells) VALUES (?, ?, ?, ?) ON CONFLICT "
                         "(review, document) DO UPDATE SET stamp = excluded.stamp, cells = excluded.cells",
                         review, row.document, row.stamp, text));
  return true;
}

namespace {

// What people said of the cells of a row, each where it belongs.
Result<void> AddActs(store::Connection& db, std::int64_t review, Row* row) {
  ASSIGN_OR_RETURN(store::Statement acts,
                   Ask(db,
                       "SELECT place, act, person, time, words FROM review_acts WHERE review = ? "
                       "AND document = ? ORDER BY id",
                       review, row->document));
  for (;;) {
    ASSIGN_OR_RETURN(const bool any, acts.Step());
    if (!any) return {};
    const auto place = static_cast<std::size_t>(acts.Int(0));
    if (place >= row->cells.size()) continue;
    row->cells[place]["acts"].push_back({{"act", std::string(acts.Text(1))},
                                         {"person", std::string(acts.Text(2))},
                                         {"time", acts.Int(3)},
                                         {"words", std::string(acts.Text(4))}});
  }
}

}  // namespace

Result<std::vector<Row>> ListRows(store::Connection& db, const Review& review, const std::string& after,
                                  std::int64_t limit) {
  ASSIGN_OR_RETURN(store::Statement found,
                   Ask(db,
                       "SELECT d.id, d.name, d.state, d.reason, w.cells FROM documents d JOIN matters m ON m.id = "
                       "d.matter LEFT JOIN review_rows w ON w.document = d.id AND w.review = ?1 AND w.stamp = "
                       "(d.reader || ':' || d.characters) WHERE m.name = ?2 AND m.hidden = 0 AND d.superseded_by = '' "
                       "AND d.id > ?3 ORDER BY d.id LIMIT ?4",
                       review.id, review.matter, after, limit));
  std::vector<Row> rows;
  for (;;) {
    ASSIGN_OR_RETURN(const bool any, found.Step());
    if (!any) break;
    Row row;
    row.document = found.Text(0);
    row.name = found.Text(1);
    const bool failed = found.Text(2) == "failed";
    row.state = failed ? "unread" : found.IsNull(4) ? "waiting" : "filled";
    row.reason = failed ? std::string(found.Text(3)) : "";
    if (row.state == "filled") row.cells = Json::parse(found.Text(4), nullptr, false);
    if (!row.cells.is_array()) row.cells = Json::array();
    if (row.state == "filled" && row.cells.empty()) {
      row.state = "unread";
      row.reason = "Its stored text cannot be read: see counsel check.";
    }
    rows.push_back(std::move(row));
  }
  for (Row& row : rows) {
    for (Json& cell : row.cells) cell["acts"] = Json::array();
    RETURN_IF_ERROR(AddActs(db, review.id, &row));
  }
  return rows;
}

Result<Json> AddAct(store::Connection& db, const Review& review, Act act, std::int64_t now) {
  static constexpr std::array<std::string_view, 4> kActs = {"verified", "corrected", "assigned", "commented"};
  if (std::find(kActs.begin(), kActs.end(), act.act) == kActs.end()) {
    return Fail(ErrorCode::kInvalidArgument, "'act' must be verified, corrected, assigned or commented.");
  }
  if (CountCodePoints(act.words) > kMostActWords) {
    return Fail(ErrorCode::kTooLarge, "'words' has at most " + std::to_string(kMostActWords) + " characters.");
  }
  if (act.words.empty() && act.act != "verified" && act.act != "corrected") {
    return Fail(ErrorCode::kInvalidArgument, "Words are needed: whom it is assigned to, or what the comment is.");
  }
  ASSIGN_OR_RETURN(const ColumnSet set, ReadColumns(review.columns, review.name));
  std::size_t place = 0;
  while (place < set.columns.size() && set.columns[place].name != act.column) ++place;
  if (place == set.columns.size()) {
    return Fail(ErrorCode::kNotFound, "The review '" + review.name + "' has no column '" + act.column + "'.",
                "See: counsel review show NAME");
  }
  const Column& column = set.columns[place];
  if (act.act == "corrected" && !act.words.empty()) {
    const std::string normalised = Normalised(column.type, act.words);
    if (normalised.empty()) {
      return Fail(ErrorCode::kInvalidArgument,
                  "'" + act.words + "' is no " + std::string(TypeName(column.type)) + ", as the column '" +
                      column.name + "' asks for.",
                  "Write it in full, as '1 April 2025', '£900 per month', 'yes'; or '' where there is none.");
    }
    act.words = normalised;
  }
  ASSIGN_OR_RETURN(
      const std::int64_t there,
      Number(db, "SELECT count(*) FROM review_rows WHERE review = ? AND document = ?", review.id, act.document));
  if (there == 0) {
    return Fail(ErrorCode::kNotFound,
                "The review '" + review.name + "' has no row of the document '" + act.document + "'.",
                "See: counsel review show NAME");
  }
  RETURN_IF_ERROR(Change(db,
                         "INSERT INTO review_acts (review, document, place, act, person, time, words) VALUES (?, ?, ?, "
                         "?, ?, ?, ?)",
                         review.id, act.document, static_cast<std::int64_t>(place), act.act, act.person, now,
                         act.words));
  return Json{{"document", act.document}, {"column", act.column}, {"act", act.act},
              {"person", act.person},     {"time", now},          {"words", act.words}};
}

}  // namespace counsel::review
