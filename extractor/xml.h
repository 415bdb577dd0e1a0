// XML, walked element by element (libxml2's reader): no tree in memory, no entities, no network, no files.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "extractor/package.h"

namespace counsel::extractor {

// libxml2 goes on with what it has when it gets no memory, and half a document is worse than none: calls that parse
// stand between these two. The second throws std::bad_alloc when there was too little.
void BeginXml();
void EndXml();

// Told about a part's elements by their local names (prefixes differ between writers, names do not).
class XmlWalk {
 public:
  // Attributes of the element being started, by local name; "" when it has none of that name.
  class Attributes {
   public:
    explicit Attributes(void* reader) : reader_(reader) {}
    [[nodiscard]] std::string operator[](const char* local_name) const;
    // Only where it has a prefix: r:id beside id.
    [[nodiscard]] std::string WithPrefix(const char* local_name) const;

   private:
    [[nodiscard]] std::string Find(const char* local_name, bool prefix) const;
    void* reader_;
  };

  virtual ~XmlWalk() = default;
  virtual void Start(std::string_view name, const Attributes& attributes) = 0;
  virtual void End(std::string_view name) = 0;
  virtual void Text(std::string_view utf8) = 0;
  // Asked after each node; true ends the walk early, without an error.
  [[nodiscard]] virtual bool Enough() const { return false; }
};

// kCorrupt: not well-formed, more than 256 elements deep, a text of more than 10,000,000 bytes in one node (libxml2's
// limits), or a document type with entities; also what Package::Read answers. `what` names the format in messages.
[[nodiscard]] Result<void> WalkPart(Package& package, const Package::Entry& entry, const std::string& name,
                                    const std::string& what, XmlWalk* walk);
[[nodiscard]] Result<void> WalkXml(std::string_view bytes, const std::string& name, const std::string& what,
                                   XmlWalk* walk);

}  // namespace counsel::extractor
