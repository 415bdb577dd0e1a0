#include "chronology/chronology.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "chronology/events.h"
#include "documents/documents.h"
#include "documents/extracted_text.h"

namespace counsel::chronology {
namespace {

constexpr std::int64_t kPiece = std::int64_t{1} << 18;  // code points of a text at once
constexpr std::int64_t kAtOnce = 200;                   // documents of a list

template <class Work>
auto Snapshot(store::Connection& db, Work work) {
  return store::InTransaction(db, false, std::move(work));
}

Result<void> GoOn(const Progress& progress, double share) {
  if (!progress || progress(share)) return {};
  return Fail(ErrorCode::kCancelled, "Stopped.");
}

// A piece of a text that ends at a paragraph's, or line's, where there is one.
Result<std::string> PieceAt(store::Connection& db, const documents::Document& document, std::int64_t at) {
  const std::int64_t end = std::min(at + kPiece, document.characters);
  ASSIGN_OR_RETURN(std::string piece, Snapshot(db, [&](store::Connection& in) {
                     return documents::GetPassage(in, document.id, at, end);
                   }));
  if (end == document.characters) return piece;
  std::size_t cut = piece.rfind("\n\n");
  if (cut == std::string::npos || cut == 0) cut = piece.rfind('\n');
  if (cut != std::string::npos && cut > 0) piece.resize(cut + 1);
  return piece;
}

// Code points of byte positions, asked for in any order near each other.
class Positions {
 public:
  Positions(std::string_view text, std::int64_t at) : text_(text), begin_(at) {}
  std::int64_t Of(std::size_t byte) {
    if (byte < byte_) byte_ = 0, points_ = 0;
    points_ += CountCodePoints(text_.substr(byte_, byte - byte_));
    byte_ = byte;
    return begin_ + points_;
  }

 private:
  std::string_view text_;
  std::int64_t begin_;
  std::size_t byte_ = 0;
  std::int64_t points_ = 0;
};

void AddDates(std::string_view text, std::int64_t at, DatesContext* context, Chronology* chronology) {
  const std::vector<DateFound> dates = FindDates(text, context);
  const std::vector<Range> quotes = QuotesOf(text, dates);
  Positions starts(text, at);
  Positions quote_starts(text, at);
  for (std::size_t i = 0; i < dates.size(); ++i) {
    Told told;
    told.document = static_cast<std::uint32_t>(chronology->documents.size() - 1);
    told.date = dates[i];
    told.start = starts.Of(dates[i].start);
    told.end = starts.Of(dates[i].end);
    told.quote_start = quote_starts.Of(quotes[i].start);
    told.quote_end = told.quote_start + CountCodePoints(text.substr(quotes[i].start, quotes[i].end - quotes[i].start));
    std::vector<Range> within;
    for (std::size_t n = i < 8 ? 0 : i - 8; n < dates.size() && dates[n].start < quotes[i].end; ++n) {
      if (dates[n].start < quotes[i].start) continue;
      within.push_back({dates[n].start - quotes[i].start, dates[n].end - quotes[i].start});
    }
    told.words = WordsOf(text.substr(quotes[i].start, quotes[i].end - quotes[i].start), within);
    chronology->told.push_back(std::move(told));
  }
}

Result<void> ReadDocument(store::Connection& db, const documents::Document& document, Chronology* chronology) {
  DatesContext context;
  std::string piece;
  for (std::int64_t at = 0; at < document.characters;) {
    ASSIGN_OR_RETURN(piece, PieceAt(db, document, at));
    SettleOrder(piece, &context);
    at += std::max<std::int64_t>(CountCodePoints(piece), 1);
  }
  chronology->documents.push_back({document.id, document.name});
  const bool whole = document.characters <= kPiece;
  for (std::int64_t at = 0; at < document.characters;) {
    if (!whole) {
      ASSIGN_OR_RETURN(piece, PieceAt(db, document, at));
    }
    AddDates(piece, at, &context, chronology);
    at += std::max<std::int64_t>(CountCodePoints(piece), 1);
  }
  if (chronology->told.size() <= kMostDates) return {};
  return Fail(ErrorCode::kTooLarge, "These documents have more than " + std::to_string(kMostDates) + " dates.",
              "Ask for the chronology of some of them.");
}

void AddUnread(const documents::Document& document, std::string why, Chronology* chronology) {
  ++chronology->unread_count;
  if (chronology->unread.size() >= kMostUnread) return;
  Unread unread;
  unread.id = document.id;
  unread.name = document.name;
  unread.why = std::move(why);
  chronology->unread.push_back(std::move(unread));
}

Result<void> Take(store::Connection& db, const documents::Document& document, Chronology* chronology) {
  using documents::DocumentState;
  if (document.state == DocumentState::kFailed) {
    AddUnread(document, document.reason.empty() ? "could not be read" : document.reason, chronology);
    return {};
  }
  if (document.state != DocumentState::kReady) {
    AddUnread(document, "is still being read", chronology);
    return {};
  }
  const std::size_t documents = chronology->documents.size();
  const std::size_t told = chronology->told.size();
  Result<void> read = ReadDocument(db, document, chronology);
  if (!read && read.error().code == ErrorCode::kNotFound) {  // deleted meanwhile
    chronology->documents.resize(documents);
    chronology->told.resize(told);
    return {};
  }
  if (!read) return read;
  for (const std::string& note : document.notes) {
    if (!std::string_view(note).starts_with(documents::kNotRead)) continue;
    AddUnread(document, note, chronology);
    break;
  }
  return {};
}

Result<void> ReadNamed(store::Connection& db, const Wanted& wanted, const Progress& progress, Chronology* chronology) {
  std::size_t done = 0;
  for (const std::string& id : wanted.documents) {
    ASSIGN_OR_RETURN(const documents::Document document,
                     Snapshot(db, [&](store::Connection& in) { return documents::FindDocument(in, id); }));
    if (!wanted.matter.empty() && document.matter != wanted.matter) {
      return Fail(ErrorCode::kNotFound, "'" + document.name + "' is not in the matter '" + wanted.matter + "'.",
                  "See: counsel documents");
    }
    RETURN_IF_ERROR(Take(db, document, chronology));
    RETURN_IF_ERROR(GoOn(progress, static_cast<double>(++done) / static_cast<double>(wanted.documents.size())));
  }
  return {};
}

Result<void> ReadAll(store::Connection& db, const Wanted& wanted, const Progress& progress, Chronology* chronology) {
  ASSIGN_OR_RETURN(const std::int64_t all, Snapshot(db, [&](store::Connection& in) -> Result<std::int64_t> {
                     if (!wanted.matter.empty()) {
                       ASSIGN_OR_RETURN(const documents::Tally tally, documents::CountIn(in, wanted.matter));
                       return tally.documents;
                     }
                     ASSIGN_OR_RETURN(const auto states, documents::CountByState(in));
                     std::int64_t count = 0;
                     for (const auto& [state, documents] : states) count += documents;
                     return count;
                   }));
  documents::PageOptions page;
  page.matter = wanted.matter;
  page.limit = kAtOnce;
  std::int64_t done = 0;
  do {
    ASSIGN_OR_RETURN(const documents::DocumentPage list,
                     Snapshot(db, [&](store::Connection& in) { return documents::ListPage(in, page); }));
    for (const documents::Document& document : list.documents) {
      RETURN_IF_ERROR(Take(db, document, chronology));
      const double share = static_cast<double>(++done) / static_cast<double>(std::max<std::int64_t>(all, 1));
      RETURN_IF_ERROR(GoOn(progress, std::min(share, 1.0)));
    }
    page.after = list.next;
  } while (page.after != 0);
  return {};
}

}  // namespace

Result<Chronology> Build(store::Connection& db, const Wanted& wanted, const Progress& progress) {
  Chronology chronology;
  RETURN_IF_ERROR(wanted.documents.empty() ? ReadAll(db, wanted, progress, &chronology)
                                           : ReadNamed(db, wanted, progress, &chronology));
  Arrange(&chronology);
  return chronology;
}

Result<Shown> Show(store::Connection& db, const Chronology& chronology, std::uint32_t place) {
  Shown shown;
  const Told& told = chronology.told.at(place);
  shown.told = &told;
  shown.document = chronology.documents.at(told.document);
  const std::string& id = shown.document.id;
  ASSIGN_OR_RETURN(shown.quote, documents::GetPassage(db, id, told.quote_start, told.quote_end));
  ASSIGN_OR_RETURN(const std::vector<documents::PageStart> pages, documents::GetPages(db, id, told.start, told.end));
  if (!pages.empty()) shown.page = pages.front().page;
  const Range date{ByteOffset(shown.quote, told.start - told.quote_start),
                   ByteOffset(shown.quote, told.end - told.quote_start)};
  shown.written = shown.quote.substr(date.start, date.end - date.start);
  shown.what = WhatOf(shown.quote, date);
  shown.who = WhoOf(shown.quote);
  return shown;
}

}  // namespace counsel::chronology
