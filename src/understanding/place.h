// A place that a question names ("clause 17.3", "Schedule 2", "page 12", "the definition of Business Day"), and whether
// a passage holds it. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace counsel::understanding {

enum class PlaceKind {
  kClause,      // a clause, section, article, or numbered paragraph
  kSchedule,    // a schedule, annex, appendix, exhibit
  kPage,        // of a document with pages
  kDefinition,  // where a term gets its meaning
  kRecital,     // "(C)" before the operative part
  kParties,     // who the document is between
  kSignatures,  // where it is signed
};

struct PlaceAsked {
  PlaceAsked() = default;
  PlaceKind kind = PlaceKind::kClause;
  std::string words;  // as asked: "section 172(1)(b)"
  std::string noun;   // folded, singular: "section"; "" for a definition
  std::string label;  // "172", "17.3", "c", "Business Day" (as asked)
  // "(1)", "(b)": of a clause within a clause.
  std::vector<std::string> within;
  std::size_t start = 0;  // bytes of the question
  std::size_t end = 0;
};

// In the order in which they stand, at most 3.
[[nodiscard]] std::vector<PlaceAsked> FindPlacesAsked(std::string_view question);

// A passage, as the store has it.
struct Stored {
  std::string_view heading;  // the path above it
  std::string_view text;
  int page = 0;
  bool first = false;  // among the first passages of its document
  bool last = false;   // among the last
};
// Bytes [start, end) of the passage's text.
struct Held {
  std::size_t start = 0;
  std::size_t end = 0;
  bool goes_on = false;  // it does not end within the passage
  bool sure = true;      // false: it may be elsewhere too: a term that is used, rather than defined
};
// Where the place stands in it; nothing when it does not begin there.
[[nodiscard]] std::optional<Held> FindPlace(const PlaceAsked& place, const Stored& passage);
// For a passage behind one whose place goes on: how far it goes on here; nothing when it ended before.
[[nodiscard]] std::optional<Held> GoesOnIn(const PlaceAsked& place, const Stored& passage);

// Words whose phrase stands in every passage that may hold the place, for a keyword index; "" when there are none.
[[nodiscard]] std::string PhraseOf(const PlaceAsked& place);

}  // namespace counsel::understanding
