#include "extractor/cms.h"

#include <optional>

namespace counsel::extractor {
namespace {

constexpr int kDeepest = 24;  // elements within elements

struct Element {
  unsigned char tag = 0;
  std::string_view content;
};

constexpr unsigned char kConstructed = 0x20;
constexpr unsigned char kSequence = 0x30;
constexpr unsigned char kObject = 0x06;
constexpr unsigned char kOctets = 0x04;
constexpr unsigned char kContext0 = 0xA0;

// Takes the element at the beginning of `rest`; nothing when there is none.
std::optional<Element> Take(std::string_view* rest, int depth) {
  if (rest->size() < 2 || depth > kDeepest) return std::nullopt;
  Element element;
  element.tag = static_cast<unsigned char>((*rest)[0]);
  if ((element.tag & 0x1FU) == 0x1FU) return std::nullopt;  // tags of several bytes are none of CMS's
  const auto first = static_cast<unsigned char>((*rest)[1]);
  std::string_view body = rest->substr(2);
  if (first == 0x80) {
    // Up to the two zeros that end it.
    if ((element.tag & kConstructed) == 0) return std::nullopt;
    std::string_view at = body;
    while (!at.starts_with(std::string_view("\0\0", 2))) {
      if (!Take(&at, depth + 1)) return std::nullopt;
    }
    element.content = body.substr(0, body.size() - at.size());
    *rest = at.substr(2);
    return element;
  }
  std::size_t size = first;
  if (first > 0x80) {
    const std::size_t bytes = first & 0x7FU;
    if (bytes > 4 || body.size() < bytes) return std::nullopt;
    size = 0;
    for (std::size_t i = 0; i < bytes; ++i) size = size << 8 | static_cast<unsigned char>(body[i]);
    body.remove_prefix(bytes);
  }
  if (size > body.size()) return std::nullopt;
  element.content = body.substr(0, size);
  *rest = body.substr(size);
  return element;
}

std::optional<Element> TakeTag(std::string_view* rest, unsigned char tag) {
  std::optional<Element> element = Take(rest, 0);
  return element && element->tag == tag ? element : std::nullopt;
}

// A string of bytes, in one piece or in several.
void AddOctets(const Element& element, int depth, std::string* bytes) {
  if ((element.tag & kConstructed) == 0) {
    *bytes += element.content;
    return;
  }
  std::string_view rest = element.content;
  while (!rest.empty() && depth < kDeepest) {
    const std::optional<Element> piece = Take(&rest, depth);
    if (!piece) return;
    AddOctets(*piece, depth + 1, bytes);
  }
}

Cms::Kind KindOf(std::string_view object) {
  using namespace std::string_view_literals;
  if (object == "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02"sv) return Cms::Kind::kSigned;
  if (object == "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x03"sv) return Cms::Kind::kEncrypted;
  if (object == "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01\x17"sv) return Cms::Kind::kEncrypted;
  if (object == "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01\x09"sv) return Cms::Kind::kCompressed;
  return Cms::Kind::kUnknown;
}

}  // namespace

Cms ReadCms(std::string_view bytes) {
  Cms cms;
  const std::optional<Element> outer = TakeTag(&bytes, kSequence);
  if (!outer) return cms;
  std::string_view rest = outer->content;
  const std::optional<Element> type = TakeTag(&rest, kObject);
  const std::optional<Element> tagged = type ? TakeTag(&rest, kContext0) : std::nullopt;
  if (!tagged) return cms;
  cms.kind = KindOf(type->content);
  if (cms.kind != Cms::Kind::kSigned) return cms;
  rest = tagged->content;
  const std::optional<Element> data = TakeTag(&rest, kSequence);
  if (!data) return cms;
  rest = data->content;
  // Its version and the digests' names, then what is signed.
  if (!Take(&rest, 0) || !Take(&rest, 0)) return cms;
  const std::optional<Element> inside = TakeTag(&rest, kSequence);
  if (!inside) return cms;
  rest = inside->content;
  if (!TakeTag(&rest, kObject)) return cms;
  const std::optional<Element> held = TakeTag(&rest, kContext0);
  if (!held) return cms;
  rest = held->content;
  const std::optional<Element> octets = Take(&rest, 0);
  if (octets && (octets->tag & ~kConstructed) == kOctets) AddOctets(*octets, 0, &cms.content);
  return cms;
}

}  // namespace counsel::extractor
