#include "http/comparing_routes.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/offload.h"
#include "base/utf8.h"
#include "comparing/comparing.h"
#include "comparing/redline.h"
#include "documents/documents.h"
#include "http/record.h"
#include "http/word_routes.h"
#include "ingest/place_paths.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;
using comparing::Range;

constexpr std::size_t kBodyLimit = 4 * 1024;
constexpr std::int64_t kMostPlace = 120;  // code points of a path of headings

// One side: the document and what its bytes mean to people.
struct Side {
  Side() = default;
  documents::Document document;
  documents::ExtractedText text;
  std::vector<ingest::PathFrom> paths;

  // Code points before a byte: counted from marks a few kilobytes apart.
  [[nodiscard]] std::int64_t PositionOf(std::size_t byte) const {
    const std::size_t mark = byte / kBetweenMarks;
    return marks[mark] +
           CountCodePoints(std::string_view(text.text).substr(mark * kBetweenMarks, byte % kBetweenMarks));
  }
  void Read() {
    paths = ingest::PathsOf(text);
    std::int64_t position = 0;
    for (std::size_t at = 0; at <= text.text.size(); at += kBetweenMarks) {
      marks.push_back(position);
      // A piece may begin within a code point: what begins in it is counted.
      const std::size_t end = std::min(at + kBetweenMarks, text.text.size());
      for (std::size_t i = at; i < end; ++i)
        position += (static_cast<unsigned char>(text.text[i]) & 0xC0) != 0x80 ? 1 : 0;
    }
  }
  [[nodiscard]] int PageOf(std::int64_t position) const {
    int page = 0;
    for (const documents::PageStart& one : text.pages) {
      if (one.start > position) break;
      page = one.page;
    }
    return page;
  }
  [[nodiscard]] std::string PathOf(std::int64_t position) const {
    const std::string_view path = ingest::PathAt(paths, position);
    const std::string_view shown = SliceCodePoints(path, 0, kMostPlace);
    return std::string(shown) + (shown.size() < path.size() ? "…" : "");
  }
  [[nodiscard]] std::string PlaceOf(Range range) const {
    const std::int64_t start = PositionOf(range.start);
    const int page = PageOf(start);
    std::string place = page > 0 ? "page " + std::to_string(page) : "characters " + std::to_string(start);
    if (const std::string path = PathOf(start); !path.empty()) place += ", under “" + path + "”";
    return place;
  }
  // Bytes where a heading, clause, item or row begins.
  [[nodiscard]] std::vector<std::size_t> Starts() const {
    constexpr std::array<std::string_view, 5> kParts = {"heading", "clause", "list_item", "table_row", "footnote"};
    std::vector<std::int64_t> positions;
    for (const documents::StructureSpan& span : text.structure) {
      if (std::find(kParts.begin(), kParts.end(), span.kind) != kParts.end()) positions.push_back(span.start);
    }
    std::sort(positions.begin(), positions.end());
    std::vector<std::size_t> starts;
    std::size_t byte = 0;
    std::int64_t at = 0;
    for (const std::int64_t position : positions) {
      byte += ByteOffset(std::string_view(text.text).substr(byte), position - at);
      at = position;
      starts.push_back(byte);
    }
    return starts;
  }

  static constexpr std::size_t kBetweenMarks = 4096;
  std::vector<std::int64_t> marks;
};

Result<Side> FindSide(store::Connection& db, const std::string& named) {
  Side side;
  ASSIGN_OR_RETURN(side.document, documents::FindDocument(db, named));
  const documents::Document& document = side.document;
  if (document.characters > static_cast<std::int64_t>(comparing::kMostCharacters)) {
    return Fail(ErrorCode::kTooLarge,
                "'" + document.name + "' has " + std::to_string(document.characters) + " characters; at most " +
                    std::to_string(comparing::kMostCharacters) + " are compared.",
                "Compare its parts.");
  }
  Result<documents::ExtractedText> text = documents::GetText(db, document.id);
  if (!text) {
    const bool failed = document.state == documents::DocumentState::kFailed;
    return Fail(failed ? ErrorCode::kUnsupported : ErrorCode::kUnavailable,
                failed ? "'" + document.name + "' could not be read: " + document.reason
                       : "'" + document.name + "' has not been read yet.",
                failed ? "See: counsel documents --show " + document.id : "Try again when it is: counsel documents");
  }
  side.text = std::move(*text);
  return side;
}

struct Compared {
  Compared() = default;
  Side first, second;
  comparing::Comparison found;
};

// The two documents that the body names, compared: in pieces off the io thread, so that a caller who leaves ends it.
asio::awaitable<Result<Compared>> Compare(Call& call, const Json& body) {
  ASSIGN_OR_CO_RETURN(const std::string first, StringMember(body, "first", ""));
  ASSIGN_OR_CO_RETURN(const std::string second, StringMember(body, "second", ""));
  if (first.empty() || second.empty()) {
    co_return Fail(ErrorCode::kInvalidArgument, "'first' and 'second' must name a document each, by id or name.");
  }
  Compared compared;
  auto look = [&](store::Connection& db) -> Result<void> {
    ASSIGN_OR_RETURN(compared.first, FindSide(db, first));
    ASSIGN_OR_RETURN(compared.second, FindSide(db, second));
    return {};
  };
  Result<void> found = co_await call.services.store.Read(look);
  if (!found) co_return Fail(std::move(found.error()));
  if (compared.first.document.id == compared.second.document.id) {
    co_return Fail(ErrorCode::kInvalidArgument, "'" + first + "' and '" + second + "' are the same document.",
                   "Name two, or two versions by their ids: counsel documents");
  }
  std::optional<comparing::Comparing> work;
  auto begin = [&compared, &work] {
    compared.first.Read();
    compared.second.Read();
    comparing::Comparing::Text one;
    one.text = compared.first.text.text;
    one.starts = compared.first.Starts();
    comparing::Comparing::Text other;
    other.text = compared.second.text.text;
    other.starts = compared.second.Starts();
    work.emplace(std::move(one), std::move(other));
    return true;
  };
  auto step = [&work] { return work->Step(); };
  bool more = co_await Offload(call.services.threads, begin);
  while (more) more = co_await Offload(call.services.threads, step);
  compared.found = work->Take();
  co_return compared;
}

Json RangeJson(const Side& side, Range range, bool text) {
  if (range.empty()) return nullptr;
  const std::int64_t start = side.PositionOf(range.start);
  const int page = side.PageOf(start);
  Json json = {{"start", start},
               {"end", side.PositionOf(range.end)},
               {"page", page > 0 ? Json(page) : Json(nullptr)},
               {"heading", side.PathOf(start)}};
  if (text) json["text"] = side.text.text.substr(range.start, range.end - range.start);
  return json;
}

std::string Said(const Side& side, Range range) {
  return range.empty() ? "" : side.text.text.substr(range.start, range.end - range.start);
}

Json MatterJson(const Compared& compared, const comparing::Change& change) {
  const bool whole =
      change.matter == comparing::Matter::kClauseAdded || change.matter == comparing::Matter::kClauseRemoved;
  Json holds = Json::array();
  for (const comparing::Matter held : change.holds) holds.push_back(comparing::MatterName(held));
  const auto side = [whole](const Side& of, Range quote, Range words) {
    Json json = RangeJson(of, quote, true);
    if (!json.is_null()) json["words"] = whole ? "" : Said(of, words);
    return json;
  };
  return {{"kind", comparing::MatterName(change.matter)},
          {"clause", change.clause},
          {"holds", std::move(holds)},
          {"first", side(compared.first, change.first_quote, change.first)},
          {"second", side(compared.second, change.second_quote, change.second)}};
}

Json ClauseJson(const Compared& compared, const comparing::Clause& clause) {
  constexpr std::array<const char*, 4> kStates = {"same", "changed", "added", "removed"};
  constexpr std::array<const char*, 3> kMarks = {"same", "removed", "added"};
  Json marks = Json::array();
  for (const comparing::Mark& mark : clause.marks) {
    const bool removed = mark.kind == comparing::Mark::Kind::kRemoved;
    marks.push_back({{"kind", kMarks.at(static_cast<std::size_t>(mark.kind))},
                     {"text", removed ? Said(compared.first, mark.first) : Said(compared.second, mark.second)}});
  }
  return {{"state", kStates.at(static_cast<std::size_t>(clause.state))},
          {"moved", clause.moved},
          {"first", RangeJson(compared.first, clause.first, clause.second.empty())},
          {"second", RangeJson(compared.second, clause.second, true)},
          {"marks", std::move(marks)}};
}

Json DocumentOf(const Side& side) {
  return {{"document", side.document.id}, {"name", side.document.name}, {"matter", side.document.matter}};
}

std::string ComparedJson(const Compared& compared) {
  Json clauses = Json::array();
  Json counts = {{"same", 0}, {"changed", 0}, {"moved", 0}, {"added", 0}, {"removed", 0}};
  for (const comparing::Clause& clause : compared.found.clauses) {
    Json json = ClauseJson(compared, clause);
    const std::string state = json["state"];
    counts[state] = counts[state].get<int>() + 1;
    if (clause.moved) counts["moved"] = counts["moved"].get<int>() + 1;
    clauses.push_back(std::move(json));
  }
  Json matters = Json::array();
  for (const comparing::Change& change : compared.found.matters) matters.push_back(MatterJson(compared, change));
  const Json whole = {{"first", DocumentOf(compared.first)},
                      {"second", DocumentOf(compared.second)},
                      {"counts", std::move(counts)},
                      {"matters", std::move(matters)},
                      {"clauses", std::move(clauses)}};
  return Dump(whole);
}

std::string ComparedDocx(const Compared& compared) {
  const auto side = [](const Side& of) {
    comparing::RedlineOf redline;
    redline.name = of.document.name;
    redline.text = of.text.text;
    redline.place = [&of](Range range) { return of.PlaceOf(range); };
    return redline;
  };
  const comparing::RedlineOf first = side(compared.first);
  const comparing::RedlineOf second = side(compared.second);
  return comparing::Redline(first, second, compared.found, UnixSeconds()).Docx();
}

// POST /api/compare {first, second}
asio::awaitable<Result<void>> AsJson(Call& call) {
  ASSIGN_OR_CO_RETURN(const Json body, co_await call.ReadJson(kBodyLimit));
  CO_RETURN_IF_ERROR(OnlyMembers(body, {"first", "second"}));
  ASSIGN_OR_CO_RETURN(const Compared compared, co_await Compare(call, body));
  auto write = [&compared] { return ComparedJson(compared); };
  std::string json = co_await Offload(call.services.threads, write);
  net::Reply reply(200, "application/json", std::move(json));
  co_return co_await call.exchange.Send(reply);
}

// POST /api/compare/docx {first, second}
asio::awaitable<Result<void>> AsDocx(Call& call) {
  ASSIGN_OR_CO_RETURN(const Json body, co_await call.ReadJson(kBodyLimit));
  CO_RETURN_IF_ERROR(OnlyMembers(body, {"first", "second"}));
  ASSIGN_OR_CO_RETURN(const Compared compared, co_await Compare(call, body));
  auto write = [&compared] { return ComparedDocx(compared); };
  std::string bytes = co_await Offload(call.services.threads, write);
  co_return co_await SendDocx(call, std::move(bytes), "comparison.docx");
}

}  // namespace

void AddComparingRoutes(std::vector<Route>& routes) {
  routes.push_back({"POST", "/api/compare", AsJson});
  routes.push_back({"POST", "/api/compare/docx", AsDocx});
}

}  // namespace counsel::http
