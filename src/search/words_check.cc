#include "search/words_check.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "search/fts5.h"
#include "search/tokenizer.h"
#include "search/word_forms.h"

namespace counsel::search {
namespace {

using store::Connection;
using store::Statement;

// One word at one place. Sums do not depend on the order: the index is walked by words, the passages by places.
std::uint64_t Mark(std::string_view word, std::int64_t row, std::string_view column, std::int64_t place) {
  std::uint64_t mark = std::hash<std::string_view>()(word) ^ std::hash<std::string_view>()(column) * 31;
  for (const std::int64_t part : {row, place}) {
    mark = (mark ^ static_cast<std::uint64_t>(part)) * 0x9E3779B97F4A7C15ULL;
    mark ^= mark >> 29;
  }
  return mark;
}

struct Sum {
  std::uint64_t marks = 0;
  std::uint64_t words = 0;
  void Add(std::uint64_t mark) {
    marks += mark;
    ++words;
  }
  friend bool operator==(const Sum&, const Sum&) = default;
};

Result<Sum> OfIndex(Connection& db) {
  Result<Statement> rows = db.Prepare("SELECT term, doc, col, offset FROM temp.words_check");
  if (!rows) return Fail(std::move(rows.error()));
  Sum sum;
  for (;;) {
    Result<bool> row = rows->Step();
    if (!row) return Fail(std::move(row.error()));
    if (!*row) return sum;
    sum.Add(Mark(rows->Text(0), rows->Int(1), rows->Text(2), rows->Int(3)));
  }
}

// The tokenizer that the schema names for chunk_words.
class Tokenizer {
 public:
  explicit Tokenizer(Connection& db) {
    fts5_api* api = nullptr;
    void* context = nullptr;
    if (FindFts5(db.handle(), &api) != SQLITE_OK ||
        api->xFindTokenizer(api, "porter", &context, &methods_) != SQLITE_OK)
      return;
    const char* arguments[] = {"unicode61", "remove_diacritics", "2"};
    if (methods_.xCreate(context, arguments, 3, &tokenizer_) != SQLITE_OK) tokenizer_ = nullptr;
  }
  ~Tokenizer() {
    if (tokenizer_ != nullptr) methods_.xDelete(tokenizer_);
  }
  Tokenizer(const Tokenizer&) = delete;
  Tokenizer& operator=(const Tokenizer&) = delete;

  [[nodiscard]] bool valid() const { return tokenizer_ != nullptr; }

  void Add(std::string_view text, std::int64_t row, std::string_view column, Sum& sum) const {
    Walk walk{row, column, -1, sum};
    (void)methods_.xTokenize(tokenizer_, &walk, FTS5_TOKENIZE_DOCUMENT, text.data(), static_cast<int>(text.size()),
                             Take);
  }

 private:
  struct Walk {
    std::int64_t row;
    std::string_view column;
    std::int64_t place;
    Sum& sum;
  };
  static int Take(void* context, int flags, const char* word, int bytes, int, int) {
    Walk& walk = *static_cast<Walk*>(context);
    if ((flags & FTS5_TOKEN_COLOCATED) == 0) ++walk.place;
    walk.sum.Add(Mark({word, static_cast<std::size_t>(bytes)}, walk.row, walk.column, walk.place));
    return SQLITE_OK;
  }

  fts5_tokenizer methods_{};
  Fts5Tokenizer* tokenizer_ = nullptr;
};

Result<Sum> OfPassages(Connection& db) {
  Result<std::int64_t> until = EarlierUntil(db);
  if (!until) return Fail(std::move(until.error()));
  const Tokenizer tokenizer(db);
  if (!tokenizer.valid()) return Fail(ErrorCode::kInternal, "The keyword index's tokenizer is not there.");
  Result<Statement> rows = db.Prepare("SELECT id, name, heading, text FROM chunks");
  if (!rows) return Fail(std::move(rows.error()));
  Sum sum;
  for (;;) {
    Result<bool> row = rows->Step();
    if (!row) return Fail(std::move(row.error()));
    if (!*row) return sum;
    const EarlierForm form(rows->Int(0) <= *until);
    tokenizer.Add(rows->Text(1), rows->Int(0), "name", sum);
    tokenizer.Add(rows->Text(2), rows->Int(0), "heading", sum);
    tokenizer.Add(rows->Text(3), rows->Int(0), "text", sum);
  }
}

}  // namespace

Result<bool> WordsAgree(Connection& db) {
  // It only names the index; the connection's own, and gone with it.
  Result<void> made = db.Execute(
      "CREATE VIRTUAL TABLE IF NOT EXISTS temp.words_check USING fts5vocab ('main', 'chunk_words', 'instance')");
  if (!made) return Fail(std::move(made.error()));
  return store::InTransaction(db, false, [](Connection& in) -> Result<bool> {
    Result<Sum> index = OfIndex(in);
    if (!index) return Fail(std::move(index.error()));
    Result<Sum> passages = OfPassages(in);
    if (!passages) return Fail(std::move(passages.error()));
    return *index == *passages;
  });
}

}  // namespace counsel::search
