// The chronology of a matter: every date that its documents tell, in order, what several tell joined, what two tell
// differently side by side.
//
// Texts are read piece by piece and not kept: of each date its place, its days and the hashes of the words around it
// stay (some 150 bytes), and what is shown is read again. On a store's thread apart (Store::ReadApart).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "chronology/dates.h"
#include "store/store.h"

namespace counsel::chronology {

inline constexpr std::size_t kMostDates = 300'000;  // in one chronology; more: kTooLarge

// `share` 0..1; false ends it with kCancelled.
using Progress = std::function<bool(double share)>;

struct Wanted {
  Wanted() = default;
  std::string matter;                  // "": all
  std::vector<std::string> documents;  // ids; empty: all of the matter
};

// A document whose dates are not there, or not all.
struct Unread {
  Unread() = default;
  std::string id;
  std::string name;
  std::string why;
};

// One date of one document; positions are code points of its text.
struct Told {
  Told() = default;
  std::uint32_t document = 0;  // its place in Chronology::documents
  std::int64_t start = 0;      // of the date
  std::int64_t end = 0;
  std::int64_t quote_start = 0;
  std::int64_t quote_end = 0;
  DateFound date;
  std::vector<std::uint32_t> words;
};

struct Event {
  std::vector<std::uint32_t> told;      // places in Chronology::told: the same, told by several
  std::vector<std::uint32_t> disputed;  // the first of events that tell it of another day
};

struct Named {
  std::string id;
  std::string name;
};

struct Chronology {
  Chronology() = default;
  std::vector<Named> documents;  // that were read
  std::vector<Unread> unread;    // the first kMostUnread
  std::int64_t unread_count = 0;
  std::vector<Told> told;
  std::vector<Event> events;  // by day; those without one behind, in the order of the documents
  std::size_t dated = 0;      // events that have a day
};
inline constexpr std::size_t kMostUnread = 100;

// kNotFound for an unknown matter or document. A document that is deleted meanwhile is left out.
[[nodiscard]] Result<Chronology> Build(store::Connection& db, const Wanted& wanted, const Progress& progress);

// Joins and orders what `told` holds. Pure.
void Arrange(Chronology* chronology);

// What the places of an event say, for people.
struct Shown {
  Shown() = default;
  Named document;
  const Told* told = nullptr;
  int page = 0;  // 0: no pages
  std::string written;
  std::string quote;
  std::string what;
  std::vector<std::string> who;
};
// kNotFound when the document has gone.
[[nodiscard]] Result<Shown> Show(store::Connection& db, const Chronology& chronology, std::uint32_t told);

}  // namespace counsel::chronology
