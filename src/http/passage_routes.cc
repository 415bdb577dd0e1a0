#include "http/passage_routes.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "base/utf8.h"
#include "documents/pages.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;

constexpr std::int64_t kMostCharacters = 100'000;  // of a passage
constexpr std::int64_t kContext = 2'000;           // characters before and after are looked at for a neighbour
constexpr std::size_t kMostPages = 5;              // of a passage whose boxes are told
constexpr int kMostReaders = 4;                    // children at once

struct Range {
  std::int64_t start = 0;
  std::int64_t end = 0;
};

// A passage as the store has it.
struct Opened {
  Opened() = default;
  documents::Document document;
  Range range;
  std::string text;
  std::optional<Range> before;
  std::optional<Range> after;
  std::vector<documents::PageStart> pages;
  std::vector<documents::OcrPage> ocr;
  std::string inside;
  int last_page = 0;
  std::vector<documents::Part> stands_in;
  std::vector<std::string> page_texts;  // of the pages that it stands on
  std::vector<int> page_numbers;
  std::vector<std::int64_t> page_starts;
};

Result<std::int64_t> Position(const net::Request& request, const char* name) {
  const std::string text = request.query(name).value_or("");
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || value < 0) {
    return Fail(ErrorCode::kInvalidArgument, "'" + std::string(name) + "' must be a whole number from 0.");
  }
  return value;
}

// `start` and `end`; nothing when neither is given.
Result<std::optional<Range>> RangeOf(const net::Request& request) {
  if (!request.query("start") && !request.query("end")) return std::optional<Range>();
  Result<std::int64_t> start = Position(request, "start");
  if (!start) return Fail(std::move(start.error()));
  Result<std::int64_t> end = Position(request, "end");
  if (!end) return Fail(std::move(end.error()));
  if (*end <= *start || *end - *start > kMostCharacters) {
    return Fail(ErrorCode::kInvalidArgument,
                "A passage has from 1 to " + std::to_string(kMostCharacters) + " characters.");
  }
  return std::optional<Range>(Range{*start, *end});
}

// What stands on a page.
Result<Range> RangeOfPage(store::Connection& db, const std::string& id, std::int64_t number) {
  const Result<documents::Document> document = documents::FindDocument(db, id);
  if (!document) return Fail(document.error());
  const Result<std::vector<documents::PageStart>> pages = documents::GetPages(db, document->id);
  if (!pages) return Fail(pages.error());
  for (std::size_t i = 0; i < pages->size(); ++i) {
    if ((*pages)[i].page != number) continue;
    Range range{(*pages)[i].start, i + 1 < pages->size() ? (*pages)[i + 1].start : document->characters};
    range.end = std::min(range.end, range.start + kMostCharacters);
    if (range.end > range.start) return range;
  }
  return Fail(ErrorCode::kNotFound,
              "There is no text on page " + std::to_string(number) + " of '" + document->name + "'.");
}

// The rest of the paragraph before `start`, or the one before that.
Result<std::optional<Range>> Before(store::Connection& db, const std::string& id, std::int64_t start) {
  const std::int64_t from = std::max<std::int64_t>(0, start - kContext);
  Result<std::string> text = documents::GetPassage(db, id, from, start);
  if (!text) return Fail(std::move(text.error()));
  const std::size_t last = text->find_last_not_of(" \t\n");
  if (last == std::string::npos) return std::optional<Range>();
  const std::size_t blank = text->rfind("\n\n", last);
  const std::size_t begin = blank == std::string::npos ? 0 : blank + 2;
  const std::int64_t first = from + CountCodePoints(std::string_view(*text).substr(0, begin));
  return std::optional<Range>(Range{first, start});
}

Result<std::optional<Range>> After(store::Connection& db, const documents::Document& document, std::int64_t end) {
  const std::int64_t to = std::min(document.characters, end + kContext);
  Result<std::string> text = documents::GetPassage(db, document.id, end, to);
  if (!text) return Fail(std::move(text.error()));
  const std::size_t first = text->find_first_not_of(" \t\n");
  if (first == std::string::npos) return std::optional<Range>();
  const std::size_t blank = std::min(text->find("\n\n", first), text->size());
  return std::optional<Range>(Range{end, end + CountCodePoints(std::string_view(*text).substr(0, blank))});
}

Result<void> ReadPages(store::Connection& db, Opened* opened) {
  const documents::Document& document = opened->document;
  const std::vector<documents::PageStart>& pages = opened->pages;
  for (std::size_t i = 0; i < pages.size() && opened->page_numbers.size() < kMostPages; ++i) {
    const std::int64_t next = i + 1 < pages.size() ? pages[i + 1].start : document.characters;
    if (pages[i].start >= opened->range.end || next <= opened->range.start) continue;
    Result<std::string> text = documents::GetPassage(db, document.id, pages[i].start, next);
    if (!text) return Fail(std::move(text.error()));
    text->erase(text->find_last_not_of(" \t\n") + 1);
    opened->page_numbers.push_back(pages[i].page);
    opened->page_starts.push_back(pages[i].start);
    opened->page_texts.push_back(std::move(*text));
  }
  return {};
}

Result<Opened> Open(store::Connection& db, const std::string& id, const std::optional<Range>& range) {
  Opened opened;
  Result<documents::Document> document = documents::FindDocument(db, id);
  if (!document) return Fail(std::move(document.error()));
  opened.document = std::move(*document);
  if (!range) return opened;
  opened.range = *range;
  const std::string& found = opened.document.id;
  Result<std::string> text = documents::GetPassage(db, found, range->start, range->end);
  if (!text) return Fail(std::move(text.error()));
  opened.text = std::move(*text);
  Result<std::optional<Range>> before = Before(db, found, range->start);
  if (!before) return Fail(std::move(before.error()));
  opened.before = *before;
  Result<std::optional<Range>> after = After(db, opened.document, range->end);
  if (!after) return Fail(std::move(after.error()));
  opened.after = *after;
  Result<std::vector<documents::PageStart>> pages = documents::GetPages(db, found);
  if (!pages) return Fail(std::move(pages.error()));
  opened.pages = std::move(*pages);
  Result<std::vector<documents::OcrPage>> ocr = documents::GetOcr(db, found, range->start, range->end);
  if (!ocr) return Fail(std::move(ocr.error()));
  opened.ocr = std::move(*ocr);
  Result<std::vector<documents::StructureSpan>> structure =
      documents::GetStructure(db, found, range->start, range->end);
  if (!structure) return Fail(std::move(structure.error()));
  opened.stands_in = documents::PartsOf(*structure, range->start, range->end);
  Result<std::string> inside = documents::InsideOf(db, found);
  if (!inside) return Fail(std::move(inside.error()));
  opened.inside = std::move(*inside);
  for (const documents::PageStart& page : opened.pages) {
    if (page.start < range->end) opened.last_page = page.page;
  }
  if (Result<void> read = ReadPages(db, &opened); !read) return Fail(std::move(read.error()));
  return opened;
}

// One of the few children that requests may have at once.
class ReaderTurn {
 public:
  explicit ReaderTurn(Services& services) : services_(services) { ++services_.pages_being_read; }
  ~ReaderTurn() { --services_.pages_being_read; }
  ReaderTurn(const ReaderTurn&) = delete;
  ReaderTurn& operator=(const ReaderTurn&) = delete;
  [[nodiscard]] Result<void> Check() const {
    if (services_.pages_being_read <= kMostReaders) return {};
    return Fail(ErrorCode::kOverloaded, "Too many pages are being opened at once.", "Try again in a second.");
  }

 private:
  Services& services_;
};

documents::PageFile FileOf(const Services& services, const documents::Document& document, int page) {
  documents::PageFile file;
  file.extractor = services.extractor;
  file.file = services.originals.PathOf(document.sha256);
  file.name = document.name;
  file.page = page;
  file.limits = services.limits;
  return file;
}

// A page and the words of the passage on it, positions in the document's text.
struct Placed {
  Placed() = default;
  documents::PlacedPage page;
  bool ocr = false;
};

void KeepWithin(const Range& range, std::int64_t page_start, documents::PlacedPage* page) {
  for (documents::WordBox& word : page->words) {
    word.start += page_start;
    word.end += page_start;
  }
  std::erase_if(page->words,
                [&](const documents::WordBox& word) { return word.start >= range.end || word.end <= range.start; });
}

// Page number `i` of the passage. One without boxes when the place of its words is not known.
asio::awaitable<Result<Placed>> Place(Services& services, const Opened& opened, std::size_t i) {
  Placed placed;
  placed.page.page = opened.page_numbers[i];
  for (const documents::OcrPage& ocr : opened.ocr) {
    if (ocr.placed.page != placed.page.page) continue;
    placed.page = ocr.placed;
    placed.ocr = true;
    KeepWithin(opened.range, ocr.start, &placed.page);
    co_return placed;
  }
  if (opened.document.media_type != "application/pdf") co_return placed;
  const ReaderTurn turn(services);
  if (Result<void> free = turn.Check(); !free) co_return Fail(std::move(free.error()));
  documents::PageFile file = FileOf(services, opened.document, placed.page.page);
  Result<documents::PageWords> words = co_await documents::PlaceWords(services.io, services.threads, std::move(file));
  if (!words) co_return Fail(std::move(words.error()));
  // Another poppler may read the page otherwise than the one that read the text: then positions mean nothing.
  // What is no part of the page itself (its header, comments on it) may follow its text.
  if (!opened.page_texts[i].starts_with(words->text)) words->placed.words.clear();
  placed.page = std::move(words->placed);
  KeepWithin(opened.range, opened.page_starts[i], &placed.page);
  co_return placed;
}

Json BoxesJson(const std::vector<documents::WordBox>& boxes, bool ocr) {
  Json all = Json::array();
  for (const documents::WordBox& box : boxes) {
    all.push_back({{"start", box.start},
                   {"end", box.end},
                   {"left", box.left},
                   {"top", box.top},
                   {"right", box.right},
                   {"bottom", box.bottom}});
    if (ocr) all.back()["confidence"] = box.confidence;
  }
  return all;
}

Json PlacedJson(const Placed& placed, const std::string& media_type) {
  return {{"page", placed.page.page},
          {"width", placed.page.width},
          {"height", placed.page.height},
          {"unit", media_type == "application/pdf" ? "points" : "pixels"},
          {"ocr", placed.ocr},
          {"ocr_confidence", placed.ocr ? Json(std::round(placed.page.confidence * 10) / 10) : Json(nullptr)},
          {"lines", BoxesJson(documents::JoinLines(placed.page.words), false)},
          {"words", BoxesJson(placed.page.words, placed.ocr)}};
}

Json RangeJson(const std::optional<Range>& range) {
  return range ? Json({{"start", range->start}, {"end", range->end}}) : Json(nullptr);
}

// GET /api/documents/{id}/passage?start=&end=, or ?page=
asio::awaitable<Result<void>> Passage(Call& call) {
  const std::string id = call.parameters["id"];
  const net::Request& request = call.exchange.request();
  const bool by_page = request.query("page").has_value();
  Result<std::int64_t> number = by_page ? Position(request, "page") : Result<std::int64_t>(0);
  if (!number) co_return Fail(std::move(number.error()));
  Result<std::optional<Range>> range = RangeOf(request);
  if (!range) co_return Fail(std::move(range.error()));
  if (range->has_value() == by_page) {
    co_return Fail(ErrorCode::kInvalidArgument, "'start' and 'end' are needed, or 'page'.");
  }
  auto work = [&](store::Connection& db) -> Result<Opened> {
    if (!by_page) return Open(db, id, *range);
    const Result<Range> page = RangeOfPage(db, id, *number);
    if (!page) return Fail(page.error());
    return Open(db, id, *page);
  };
  Result<Opened> opened = co_await call.services.store.Read(work);
  if (!opened) co_return Fail(std::move(opened.error()));
  Json pages = Json::array();
  bool ocr = false;
  double confidence = 0;
  for (const documents::OcrPage& page : opened->ocr) confidence += page.placed.confidence;
  for (std::size_t i = 0; i < opened->page_numbers.size(); ++i) {
    Result<Placed> placed = co_await Place(call.services, *opened, i);
    if (!placed) co_return Fail(std::move(placed.error()));
    ocr = ocr || placed->ocr;
    pages.push_back(PlacedJson(*placed, opened->document.media_type));
  }
  const Json mean = opened->ocr.empty()
                        ? Json(nullptr)
                        : Json(std::round(confidence / static_cast<double>(opened->ocr.size()) * 10) / 10);
  Json json = {{"document", opened->document.id},
               {"name", opened->document.name},
               {"inside", opened->inside},
               {"matter", opened->document.matter},
               {"superseded_by", opened->document.superseded_by},
               {"start", opened->range.start},
               {"end", opened->range.end},
               {"text", opened->text},
               {"page", opened->page_numbers.empty() ? Json(nullptr) : Json(opened->page_numbers.front())},
               {"last_page", opened->last_page > 0 ? Json(opened->last_page) : Json(nullptr)},
               {"stands_in", PartsJson(opened->stands_in)},
               {"ocr", ocr},
               {"ocr_confidence", mean},
               {"before", RangeJson(opened->before)},
               {"after", RangeJson(opened->after)},
               {"pages", std::move(pages)}};
  co_return co_await call.SendJson(std::move(json));
}

// GET /api/documents/{id}/page/{n}.png?start=&end=: the passage is marked.
asio::awaitable<Result<void>> Page(Call& call) {
  const std::string id = call.parameters["id"];
  const std::string file = call.parameters["file"];
  int page = 0;
  const auto [end, failed] = std::from_chars(file.data(), file.data() + file.size(), page);
  if (failed != std::errc() || page < 1 || std::string_view(end, file.data() + file.size()) != ".png") {
    co_return Fail(ErrorCode::kNotFound, "There is no such path.", "A page is page/1.png.");
  }
  Result<std::optional<Range>> range = RangeOf(call.exchange.request());
  if (!range) co_return Fail(std::move(range.error()));
  auto work = [&](store::Connection& db) { return Open(db, id, *range); };
  Result<Opened> opened = co_await call.services.store.Read(work);
  if (!opened) co_return Fail(std::move(opened.error()));
  std::vector<documents::WordBox> marks;
  for (std::size_t i = 0; i < opened->page_numbers.size(); ++i) {
    if (opened->page_numbers[i] != page) continue;
    Result<Placed> placed = co_await Place(call.services, *opened, i);
    if (!placed) co_return Fail(std::move(placed.error()));
    marks = documents::JoinLines(placed->page.words);
  }
  const ReaderTurn turn(call.services);
  if (Result<void> free = turn.Check(); !free) co_return Fail(std::move(free.error()));
  Services& services = call.services;
  documents::PageFile shown = FileOf(services, opened->document, page);
  Result<std::string> image = co_await documents::ShowPage(services.io, services.threads, std::move(shown),
                                                           std::move(marks), services.page_pixels);
  if (!image) co_return Fail(std::move(image.error()));
  net::Reply reply(200, "image/png", std::move(*image));
  // A deleted document's pages stay nowhere.
  reply.headers.emplace_back("Cache-Control", "no-store");
  co_return co_await call.exchange.Send(reply);
}

}  // namespace

void AddPassageRoutes(std::vector<Route>& routes) {
  routes.push_back({"GET", "/api/documents/{id}/passage", Passage, {"start", "end", "page"}});
  routes.push_back({"GET", "/api/documents/{id}/page/{file}", Page, {"start", "end"}});
}

}  // namespace counsel::http
