// The outline of a PDF: its bookmarks.
#include <algorithm>
#include <string>
#include <type_traits>
#include <vector>

#include <Catalog.h>
#include <Link.h>
#include <Outline.h>
#include <PDFDoc.h>
#include <Page.h>

#include "extractor/flow.h"
#include "extractor/pdf_inside.h"

namespace counsel::extractor {
namespace {

constexpr std::size_t kMost = 5'000;
constexpr int kDeepest = 8;
constexpr std::size_t kLongestTitle = 300;  // code points

// Later versions keep the title in a vector.
template <class Item>
std::string TitleOf(const Item& item) {
  std::string text;
  TextWriter writer(&text);
  const auto put = [&writer](char32_t c) {
    const bool no_character = c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF);
    writer.Put(no_character ? U'\uFFFD' : c == U'\n' || c == U'\r' || c == U'\t' ? U' ' : c);
  };
  if constexpr (requires { item.getTitleLength(); }) {
    const auto length = std::min(static_cast<std::size_t>(std::max(item.getTitleLength(), 0)), kLongestTitle);
    for (std::size_t i = 0; i < length; ++i) put(item.getTitle()[i]);
  } else {
    const auto& title = item.getTitle();
    for (std::size_t i = 0; i < std::min(title.size(), kLongestTitle); ++i) put(title[i]);
  }
  const std::size_t first = text.find_first_not_of(' ');
  const std::size_t last = text.find_last_not_of(' ');
  return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

// Whether the place is at the page's top, or the page as a whole.
bool IsTop(const LinkDest& place, const Page* page) {
  constexpr double kTop = 0.12;  // of the page: its upper margin
  const LinkDestKind kind = place.getKind();
  const bool has_top = kind == destXYZ || kind == destFitH || kind == destFitBH;
  if (kind == destFitR) return false;
  if (!has_top || !place.getChangeTop() || page == nullptr) return true;
  const PDFRectangle* box = page->getCropBox();
  return place.getTop() >= box->y2 - kTop * (box->y2 - box->y1);
}

void SetPlace(const LinkAction* action, Catalog* catalog, PdfBookmark* bookmark) {
  if (action == nullptr || action->getKind() != actionGoTo) return;
  const auto* link = static_cast<const LinkGoTo*>(action);
  const LinkDest* place = link->getDest();
  std::unique_ptr<LinkDest> named;
  if (place == nullptr && link->getNamedDest() != nullptr) {
    named = catalog->findDest(link->getNamedDest());
    place = named.get();
  }
  if (place == nullptr || !place->isOk()) return;
  const int page = place->isPageRef() ? catalog->findPage(place->getPageRef()) : place->getPageNum();
  if (page < 1 || page > catalog->getNumPages()) return;
  bookmark->page = page;
  bookmark->at_top = IsTop(*place, catalog->getPage(page));
}

}  // namespace

std::vector<PdfBookmark> PdfFile::Bookmarks() {
  std::vector<PdfBookmark> bookmarks;
  PDFDoc& document = *inside_->document;
  Outline* outline = document.getOutline();
  if (outline == nullptr || outline->getItems() == nullptr) return bookmarks;
  struct Step {
    OutlineItem* item;
    int level;
  };
  std::vector<Step> ahead;  // the next last
  const auto add = [&ahead](const std::vector<OutlineItem*>* items, int level) {
    for (std::size_t i = items == nullptr ? 0 : std::min(items->size(), kMost); i-- > 0;) {
      ahead.push_back({(*items)[i], level});
    }
  };
  add(outline->getItems(), 1);
  for (std::size_t seen = 0; !ahead.empty() && seen < kMost; ++seen) {
    const Step step = ahead.back();
    ahead.pop_back();
    PdfBookmark bookmark;
    bookmark.title = TitleOf(*step.item);
    bookmark.level = step.level;
    SetPlace(step.item->getAction(), document.getCatalog(), &bookmark);
    if (!bookmark.title.empty() && bookmark.page >= 1) bookmarks.push_back(std::move(bookmark));
    if (step.level >= kDeepest) continue;
    step.item->open();
    add(step.item->getKids(), step.level + 1);
  }
  return bookmarks;
}

}  // namespace counsel::extractor
