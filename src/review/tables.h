// Reviews: tables of a matter's documents and typed questions, as the store keeps them. A row is written once for each
// reading of a document; what people say of its cells stands beside it and changes nothing in it.
//
//   columns.h ─▶ CreateReview ─▶ reviews (state "running") ─▶ Runner (runner.h): wording.h, cells.h ─▶ PutRow
//
// The queue of a review is what is missing in it: documents of the matter without a row of their present text. So a
// kill anywhere loses and doubles nothing, and a second run asks only of what changed.
//
// Functions run on a store's thread, inside the caller's transaction.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "review/columns.h"
#include "store/store.h"

namespace counsel::review {

using Json = nlohmann::json;

inline constexpr std::int64_t kMostReviews = 200;      // of a matter
inline constexpr std::int64_t kMostActWords = 20'000;  // code points

struct Review {
  Review() = default;
  std::int64_t id = 0;
  std::string matter;
  std::string name;
  std::string columns;  // TOML
  std::string state;    // "running", "done", "cancelled", "failed"
  std::string reason;   // of "failed", for a user
  std::int64_t created = 0;
  std::int64_t documents = 0;  // of the matter, without superseded ones
  std::int64_t filled = 0;     // rows of their present text
  std::int64_t unread = 0;     // that could not be read: no row
  std::int64_t waiting = 0;    // that are still being read
};

// kInvalidArgument, kNotFound (matter), kAlreadyExists (name), kTooLarge.
[[nodiscard]] Result<std::int64_t> CreateReview(store::Connection& db, const std::string& matter,
                                                const std::string& name, const ColumnSet& columns, std::int64_t now);
// kNotFound.
[[nodiscard]] Result<Review> FindReview(store::Connection& db, std::int64_t id);
// By its name in a matter, or by its number.
[[nodiscard]] Result<Review> FindReview(store::Connection& db, const std::string& matter, const std::string& name);
// "": of all matters.
[[nodiscard]] Result<std::vector<Review>> ListReviews(store::Connection& db, const std::string& matter);
[[nodiscard]] Result<void> SetReviewState(store::Connection& db, std::int64_t id, std::string_view state,
                                          std::string_view reason = "");
// The caller asks for a purge (search.h).
[[nodiscard]] Result<void> DeleteReview(store::Connection& db, std::int64_t id);
// The oldest that is running; 0: none.
[[nodiscard]] Result<std::int64_t> NextRunning(store::Connection& db);

struct Missing {
  Missing() = default;
  std::string document;
  std::string stamp;  // of its text
};
// Documents of the matter without a row of their present text, at most `limit`.
[[nodiscard]] Result<std::vector<Missing>> MissingRows(store::Connection& db, std::int64_t review, std::int64_t limit);
// The cells of one document, as JSON. Reads its text in the caller's snapshot, and takes its time.
[[nodiscard]] Result<Json> FillRow(store::Connection& db, const ColumnSet& columns, const std::string& document);
// false: the review or the document is gone, or the review is not running any more.
[[nodiscard]] Result<bool> PutRow(store::Connection& db, std::int64_t review, const Missing& row, const Json& cells);

struct Row {
  Row() = default;
  std::string document;
  std::string name;
  std::string state;           // "filled", "waiting", "unread"
  std::string reason;          // of "unread"
  Json cells = Json::array();  // each with "acts"
};
// By document, behind `after`.
[[nodiscard]] Result<std::vector<Row>> ListRows(store::Connection& db, const Review& review, const std::string& after,
                                                std::int64_t limit);

struct Act {
  Act() = default;
  std::string document;
  std::string column;
  std::string act;  // "verified", "corrected", "assigned", "commented"
  std::string words;
  std::string person;
};
// kInvalidArgument, kNotFound. A correction of a typed column is kept in its one form. The model's value stays.
[[nodiscard]] Result<Json> AddAct(store::Connection& db, const Review& review, Act act, std::int64_t now);

}  // namespace counsel::review
