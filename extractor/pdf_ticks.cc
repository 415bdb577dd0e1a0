// Ticks of a PDF's form: poppler's text has the values of its fields, and of boxes nothing, or a letter of a font of
// signs.
#include <algorithm>
#include <cmath>
#include <optional>

#include <Object.h>
#include <PDFDoc.h>
#include <Page.h>

#include "extractor/pdf_inside.h"

namespace counsel::extractor {
namespace {

constexpr int kMostFields = 2'000;  // of a page
constexpr int kDeepest = 20;        // fields within fields

// What a field says itself, or the one that it is part of.
Object Inherited(const Object& field, const char* key) {
  Object at = field.copy();
  for (int i = 0; i < kDeepest && at.isDict(); ++i) {
    Object value = at.dictLookup(key);
    if (!value.isNull()) return value;
    at = at.dictLookup("Parent");
  }
  return Object(objNull);
}

struct Tick {
  Tick() = default;
  Box box;
  bool on = false;
};

// nothing: it is no box to tick.
std::optional<Tick> TickOf(const Object& mark, const PDFRectangle& crop) {
  constexpr int kPushButton = 1 << 16;
  constexpr int kUnseen = 1 << 1;  // an annotation's flag
  if (!mark.isDict() || !mark.dictLookup("Subtype").isName("Widget")) return std::nullopt;
  if (!Inherited(mark, "FT").isName("Btn")) return std::nullopt;
  const Object flags = Inherited(mark, "Ff");
  if (flags.isInt() && (flags.getInt() & kPushButton) != 0) return std::nullopt;
  const Object shown = mark.dictLookup("F");
  if (shown.isInt() && (shown.getInt() & kUnseen) != 0) return std::nullopt;
  const Object rectangle = mark.dictLookup("Rect");
  if (!rectangle.isArray() || rectangle.arrayGetLength() != 4) return std::nullopt;
  double places[4] = {0, 0, 0, 0};
  for (int i = 0; i < 4; ++i) {
    const Object one = rectangle.arrayGet(i);
    places[i] = one.isNum() ? one.getNum() : 0;
  }
  Tick tick;
  tick.box = {std::min(places[0], places[2]) - crop.x1, crop.y2 - std::max(places[1], places[3]),
              std::max(places[0], places[2]) - crop.x1, crop.y2 - std::min(places[1], places[3])};
  const Object state = mark.dictLookup("AS");
  const Object value = state.isName() ? state.copy() : Inherited(mark, "V");
  tick.on = value.isName() && !value.isName("Off");
  return tick;
}

void Put(const Tick& tick, PageLayout* page) {
  constexpr double kFarthest = 150;  // points, from the words that it belongs to
  LayoutWord word;
  word.text = tick.on ? "\xE2\x98\x92" : "\xE2\x98\x90";
  word.box = tick.box;
  word.space_after = true;
  const double middle = (tick.box.top + tick.box.bottom) / 2;
  LayoutLine* nearest = nullptr;
  double nearest_gap = kFarthest;
  for (LayoutLine& line : page->lines) {
    const Box& first = line.words.front().box;
    const Box& last = line.words.back().box;
    // The sign that its font shows is the tick itself.
    for (LayoutWord& one : line.words) {
      const double x = (one.box.left + one.box.right) / 2;
      const double y = (one.box.top + one.box.bottom) / 2;
      const bool within = x > tick.box.left && x < tick.box.right && y > tick.box.top && y < tick.box.bottom;
      if (!within || one.text.size() > 4) continue;
      one.text = word.text;
      return;
    }
    if (!line.upright || middle < std::min(first.top, last.top) || middle > std::max(first.bottom, last.bottom))
      continue;
    const double gap = std::max({first.left - tick.box.right, tick.box.left - last.right, 0.0});
    // What stands right of a box says what it is for.
    const double weighed = tick.box.left > last.right ? gap + kFarthest / 4 : gap;
    if (weighed >= nearest_gap) continue;
    nearest_gap = weighed;
    nearest = &line;
  }
  if (nearest == nullptr) {
    word.base = tick.box.bottom;
    word.size = tick.box.bottom - tick.box.top;
    LayoutLine line;
    line.words.push_back(std::move(word));
    page->lines.push_back(std::move(line));
    return;
  }
  word.base = nearest->words.front().base;
  word.size = nearest->words.front().size;
  const auto after = std::find_if(nearest->words.begin(), nearest->words.end(),
                                  [&](const LayoutWord& one) { return one.box.left > tick.box.left; });
  if (after != nearest->words.begin()) (after - 1)->space_after = true;
  nearest->words.insert(after, std::move(word));
}

}  // namespace

void PdfFile::AddTicks(int number, PageLayout* layout) {
  Page* page = inside_->document->getPage(number);
  if (page == nullptr || page->getRotate() != 0) return;
  const Object marks = page->getAnnotsObject();
  for (int i = 0; marks.isArray() && i < std::min(marks.arrayGetLength(), kMostFields); ++i) {
    const std::optional<Tick> tick = TickOf(marks.arrayGet(i), *page->getCropBox());
    if (tick) Put(*tick, layout);
  }
}

}  // namespace counsel::extractor
