#include "search/tokenizer.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <new>
#include <utility>

#include <sqlite3.h>

#include "base/utf8.h"
#include "search/fts5.h"
#include "search/joined_words.h"
#include "store/store.h"

namespace counsel::search {
namespace {

thread_local bool earlier_form = false;

constexpr std::size_t kBytesOfWord = 5;  // with what is between words: few texts have more of them

// FTS5's own, as it was found on a connection, and what our functions get of it.
struct Original {
  void* context = nullptr;
  fts5_tokenizer functions = {};
};

struct Instance {
  const Original* original = nullptr;
  Fts5Tokenizer* tokenizer = nullptr;
};

// Runs FTS5's own over a text that is folded already.
int RunOriginal(const Instance& instance, int flags, std::string_view text, void* to,
                int (*on_token)(void*, int, const char*, int, int, int)) {
  return instance.original->functions.xTokenize(instance.tokenizer, to, flags, text.data(),
                                                static_cast<int>(text.size()), on_token);
}

int TakeRaw(void* to, int, const char* token, int bytes, int start, int end) {
  try {
    RawWord& word = static_cast<std::vector<RawWord>*>(to)->emplace_back();
    word.folded.assign(token, static_cast<std::size_t>(bytes));
    word.start = static_cast<std::size_t>(start);
    word.end = static_cast<std::size_t>(end);
    return SQLITE_OK;
  } catch (const std::bad_alloc&) {
    return SQLITE_NOMEM;
  }
}

int TakeFirst(void* to, int, const char* token, int bytes, int, int) {
  try {
    auto* first = static_cast<std::string*>(to);
    if (first->empty()) first->assign(token, static_cast<std::size_t>(bytes));
    return SQLITE_OK;
  } catch (const std::bad_alloc&) {
    return SQLITE_NOMEM;
  }
}

// The words of a text, positions in it. `joined_too`: those that are made of several beside them.
int Tokenize(const Instance& instance, int flags, std::string_view text, bool joined_too, std::vector<Word>* words) {
  const Folded folded = FoldText(text);
  const std::string_view plain = folded.text.empty() ? text : std::string_view(folded.text);
  std::vector<RawWord> raw;
  raw.reserve(plain.size() / kBytesOfWord + 1);
  if (const int code = RunOriginal(instance, flags, plain, &raw, TakeRaw); code != SQLITE_OK) return code;
  std::vector<Joined> joined;
  if (joined_too) joined = FindJoined(plain, raw);
  words->reserve(raw.size() + joined.size());
  std::size_t next = 0;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    Word& word = words->emplace_back();
    word.folded = std::move(raw[i].folded);
    word.start = folded.At(raw[i].start);
    word.end = folded.EndAt(raw[i].end);
    for (; next < joined.size() && joined[next].first == i; ++next) {
      std::string stem;
      if (const int code = RunOriginal(instance, flags, joined[next].plain, &stem, TakeFirst); code != SQLITE_OK) {
        return code;
      }
      if (stem.empty()) continue;
      Word& one = words->emplace_back();
      one.folded = std::move(stem);
      one.plain = std::move(joined[next].plain);
      one.start = folded.At(joined[next].start);
      one.end = folded.EndAt(joined[next].end);
      one.joined = true;
    }
  }
  return SQLITE_OK;
}

// ---- FTS5's interface ----

int Create(void* context, const char** arguments, int count, Fts5Tokenizer** made) {
  const auto* original = static_cast<const Original*>(context);
  auto instance = std::unique_ptr<Instance>(new (std::nothrow) Instance);
  if (!instance) return SQLITE_NOMEM;
  instance->original = original;
  const int code = original->functions.xCreate(original->context, arguments, count, &instance->tokenizer);
  if (code != SQLITE_OK) return code;
  *made = reinterpret_cast<Fts5Tokenizer*>(instance.release());
  return SQLITE_OK;
}

void Delete(Fts5Tokenizer* tokenizer) {
  const std::unique_ptr<Instance> instance(reinterpret_cast<Instance*>(tokenizer));
  if (instance) instance->original->functions.xDelete(instance->tokenizer);
}

int Run(Fts5Tokenizer* tokenizer, void* to, int flags, const char* bytes, int count,
        int (*on_token)(void*, int, const char*, int, int, int)) {
  const auto& instance = *reinterpret_cast<const Instance*>(tokenizer);
  const std::string_view text(bytes == nullptr ? "" : bytes, static_cast<std::size_t>(std::max(count, 0)));
  if (earlier_form) return RunOriginal(instance, flags, text, to, on_token);
  try {
    // A question's words are looked for as they stand; what they may be joined to, ReadQuestion adds.
    const bool query = (flags & FTS5_TOKENIZE_QUERY) != 0;
    std::vector<Word> words;
    if (const int code = Tokenize(instance, flags, text, !query, &words); code != SQLITE_OK) return code;
    for (const Word& word : words) {
      const int code =
          on_token(to, word.joined ? FTS5_TOKEN_COLOCATED : 0, word.folded.data(), static_cast<int>(word.folded.size()),
                   static_cast<int>(word.start), static_cast<int>(word.end));
      if (code != SQLITE_OK) return code;
    }
    return SQLITE_OK;
  } catch (const std::bad_alloc&) {
    return SQLITE_NOMEM;
  }
}

void Forget(void* context) {
  delete static_cast<Original*>(context);
}

// On one connection. The connection has had no statement yet, so no table has been looked at.
int TakeOver(sqlite3* db) {
  fts5_api* api = nullptr;
  if (const int found = FindFts5(db, &api); found != SQLITE_OK) return found;
  auto original = std::unique_ptr<Original>(new (std::nothrow) Original);
  if (!original) return SQLITE_NOMEM;
  if (const int found = api->xFindTokenizer(api, "porter", &original->context, &original->functions);
      found != SQLITE_OK) {
    return found;
  }
  fts5_tokenizer ours = {Create, Delete, Run};
  const int made = api->xCreateTokenizer(api, "porter", original.get(), &ours, Forget);
  if (made == SQLITE_OK) (void)original.release();
  return made;
}

// A connection of our own that holds no data and lives as long as the program, for texts that are in no table.
// Tokenizers hold a buffer, so each use makes its own (a few small allocations).
class Ours {
 public:
  Ours() {
    sqlite3* db = nullptr;
    fts5_api* api = nullptr;
    if (sqlite3_open_v2(":memory:", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX, nullptr) != SQLITE_OK ||
        sqlite3_db_config(db, SQLITE_DBCONFIG_LOOKASIDE, nullptr, 0, 0) != SQLITE_OK ||
        FindFts5(db, &api) != SQLITE_OK ||
        api->xFindTokenizer(api, "porter", &original_.context, &original_.functions) != SQLITE_OK) {
      std::abort();  // SQLite without FTS5: the schema could not have been made either
    }
  }
  [[nodiscard]] const Original& original() const { return original_; }

 private:
  Original original_;
};

// Whatever of this room a program links, its connections use the tokenizer.
[[maybe_unused]] const bool installed = InstallTokenizer();

}  // namespace

bool InstallTokenizer() {
  static const bool once = [] {
    store::AtOpen(TakeOver);
    return true;
  }();
  return once;
}

EarlierForm::EarlierForm(bool earlier) : before_(std::exchange(earlier_form, earlier)) {}
EarlierForm::~EarlierForm() {
  earlier_form = before_;
}

std::vector<Word> WordsOf(std::string_view text) {
  static const Ours ours;
  Instance instance;
  instance.original = &ours.original();
  std::array<const char*, 3> arguments = {"unicode61", "remove_diacritics", "2"};
  const Original& original = ours.original();
  if (original.functions.xCreate(original.context, arguments.data(), arguments.size(), &instance.tokenizer) !=
      SQLITE_OK) {
    throw std::bad_alloc();
  }
  std::vector<Word> words;
  const int code = Tokenize(instance, FTS5_TOKENIZE_DOCUMENT, text, true, &words);
  original.functions.xDelete(instance.tokenizer);
  if (code != SQLITE_OK) throw std::bad_alloc();  // the only way in which it fails
  return words;
}

}  // namespace counsel::search
