#include "extractor/xml.h"

#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <new>

#include <libxml/xmlreader.h>

#include "extractor/document.h"

namespace counsel::extractor {
namespace {

bool too_little_memory = false;

void* Noted(void* memory) {
  too_little_memory = too_little_memory || memory == nullptr;
  return memory;
}
void* Allocate(std::size_t size) {
  return Noted(std::malloc(size));
}
void* Reallocate(void* memory, std::size_t size) {
  return Noted(std::realloc(memory, size));
}
char* Duplicate(const char* text) {
  return static_cast<char*>(Noted(::strdup(text)));
}

void Silent(void* /*context*/, const char* /*message*/, ...) {}

std::string_view View(const xmlChar* text) {
  return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}

// false: the document is to be refused.
bool Tell(xmlTextReaderPtr reader, XmlWalk* walk) {
  switch (xmlTextReaderNodeType(reader)) {
    case XML_READER_TYPE_ELEMENT: {
      const bool empty = xmlTextReaderIsEmptyElement(reader) == 1;
      const std::string name(View(xmlTextReaderConstLocalName(reader)));
      walk->Start(name, XmlWalk::Attributes(reader));
      if (empty) walk->End(name);
      return true;
    }
    case XML_READER_TYPE_END_ELEMENT:
      walk->End(View(xmlTextReaderConstLocalName(reader)));
      return true;
    case XML_READER_TYPE_TEXT:
    case XML_READER_TYPE_CDATA:
    case XML_READER_TYPE_WHITESPACE:
    case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
      walk->Text(View(xmlTextReaderConstValue(reader)));
      return true;
    case XML_READER_TYPE_DOCUMENT_TYPE:
    case XML_READER_TYPE_ENTITY_REFERENCE:
      // Office formats forbid them; they are how a small file becomes a large one.
      return false;
    default:
      return true;
  }
}

}  // namespace

void BeginXml() {
  static const int once = ::xmlMemSetup(std::free, Allocate, Reallocate, Duplicate);
  (void)once;
  ::xmlSetGenericErrorFunc(nullptr, Silent);
  too_little_memory = false;
}

void EndXml() {
  if (too_little_memory) throw std::bad_alloc();
}

std::string XmlWalk::Attributes::operator[](const char* local_name) const {
  return Find(local_name, false);
}

std::string XmlWalk::Attributes::WithPrefix(const char* local_name) const {
  return Find(local_name, true);
}

std::string XmlWalk::Attributes::Find(const char* local_name, bool prefix) const {
  auto* reader = static_cast<xmlTextReaderPtr>(reader_);
  std::string value;
  while (xmlTextReaderMoveToNextAttribute(reader) == 1) {
    if (View(xmlTextReaderConstLocalName(reader)) != local_name) continue;
    if (prefix && xmlTextReaderConstPrefix(reader) == nullptr) continue;
    value = View(xmlTextReaderConstValue(reader));
    break;
  }
  xmlTextReaderMoveToElement(reader);
  return value;
}

Result<void> WalkXml(std::string_view bytes, const std::string& name, const std::string& what, XmlWalk* walk) {
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return Damaged(name, what);
  BeginXml();
  const std::unique_ptr<xmlTextReader, void (*)(xmlTextReaderPtr)> reader(
      xmlReaderForMemory(bytes.data(), static_cast<int>(bytes.size()), nullptr, nullptr,
                         XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT),
      xmlFreeTextReader);
  if (!reader) EndXml();
  if (!reader) return Damaged(name, what);
  int read = 0;
  while (!walk->Enough() && (read = xmlTextReaderRead(reader.get())) == 1) {
    if (!Tell(reader.get(), walk)) return Damaged(name, what);
  }
  EndXml();
  if (read < 0) return Damaged(name, what);
  return {};
}

Result<void> WalkPart(Package& package, const Package::Entry& entry, const std::string& name, const std::string& what,
                      XmlWalk* walk) {
  Result<std::string> bytes = package.ReadAll(entry);
  if (!bytes) return Fail(std::move(bytes.error()));
  return WalkXml(*bytes, name, what, walk);
}

}  // namespace counsel::extractor
