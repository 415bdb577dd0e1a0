// Lists of documents, chosen by what people look for.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "documents/documents.h"
#include "documents/kinds.h"
#include "store/store.h"

namespace counsel::documents {

struct Chosen : PageOptions {
  Chosen() = default;
  explicit Chosen(const PageOptions& page) : PageOptions(page) {}
  std::vector<std::string> words;  // the name holds all of them, A to Z of either case
  std::vector<Kind> kinds;         // empty: all
  bool newest_first = false;
};

// As ListPage of PageOptions.
[[nodiscard]] Result<DocumentPage> ListChosen(store::Connection& db, const Chosen& chosen);
// How many documents the pages of such a list have in all, by state; `states`, `after` and `limit` are left out.
[[nodiscard]] Result<std::map<DocumentState, std::int64_t>> CountChosen(store::Connection& db, const Chosen& chosen);

}  // namespace counsel::documents
