// Documents: originals stored once under their SHA-256, one document per matter, SHA-256 and reading (readings.h),
// immutable text, matters.
//
// All functions here run on a store connection (a pool thread) inside the caller's transaction, except Originals.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/file.h"
#include "base/ids.h"
#include "base/result.h"
#include "documents/extraction.h"
#include "store/store.h"

namespace counsel::documents {

// queued → extracting → embedding → ready, or failed with a reason. After a crash every state but ready, failed and
// superseded is taken up again as queued.
enum class DocumentState { kQueued, kExtracting, kEmbedding, kReady, kFailed };
[[nodiscard]] std::string_view DocumentStateName(DocumentState state);
[[nodiscard]] std::optional<DocumentState> DocumentStateNamed(std::string_view name);

// Whether somebody waits for it, or it came with many: those wait for nobody's single file.
enum class Priority { kWaitedFor = 0, kOneOfMany = 1 };

struct Document {
  Document() = default;
  std::string id;  // NewId()
  std::string matter;
  std::string name;  // the file's name
  std::string sha256;
  std::uint64_t bytes = 0;
  std::string media_type;
  DocumentState state = DocumentState::kQueued;
  std::string reason;  // of a failure, for a user
  std::vector<std::string> paths;
  std::vector<std::string> notes;
  std::vector<std::string> parents;  // ids of the documents that hold it: a mail, an archive
  std::string superseded_by;         // id of the newer version at the same path; "" when current
  Priority priority = Priority::kWaitedFor;
  std::int64_t added_at = 0;  // unix seconds
  std::int64_t pages = 0;
  std::int64_t characters = 0;  // code points of the text
  std::int64_t chunks = 0;
  std::int64_t reader = 0;  // the version of the readers that read it (readings.h)
};

inline constexpr std::string_view kDefaultMatter = "general";
// A matter's name: 1 to 100 code points, no control characters, no '/' ; kInvalidArgument otherwise.
[[nodiscard]] Result<void> CheckMatterName(std::string_view name);

// Bytes of originals, in files named by their SHA-256: folder/ab/abcdef…
//
// Bytes come before their row and go after it, so both orders meet: whoever stores bytes holds them (Stored::hold)
// until the row is written, and Remove leaves held bytes alone. Whether they got a row, or another one lost its row
// meanwhile, is looked at once nobody holds them any more (OnLetGo).
//
// Any thread; every call blocks on files.
class Originals {
 public:
  explicit Originals(std::filesystem::path folder);

  // Receives one original of unknown digest: a temporary file that Finish syncs and renames to its final name (or drops
  // when that is there already). Destroyed unfinished, it leaves nothing.
  class Incoming {
   public:
    Incoming(Incoming&&) noexcept;
    Incoming& operator=(Incoming&&) noexcept = delete;
    ~Incoming();
    [[nodiscard]] Result<void> Write(std::string_view bytes);  // kTooLarge over the limit, kNoSpace
    struct Stored {
      Stored() = default;
      std::string sha256;
      std::uint64_t bytes = 0;
      std::shared_ptr<const void> hold;  // keep it until AddDocument has committed
    };
    // Nothing is stored of an empty original.
    [[nodiscard]] Result<Stored> Finish();

   private:
    friend class Originals;
    Incoming() = default;
    const Originals* home_ = nullptr;
    std::filesystem::path temporary_;  // "" once finished
    FileDescriptor fd_;
    Sha256 sha_;
    std::uint64_t bytes_ = 0;
    std::uint64_t limit_ = 0;
    bool of_mails_ = false;
  };
  // The Originals must outlive it.
  [[nodiscard]] Result<Incoming> Begin(std::uint64_t limit_bytes, bool of_mails = false) const;
  // Copies a file in.
  [[nodiscard]] Result<Incoming::Stored> Add(const std::filesystem::path& file, const ExtractionLimits& limits) const;
  // An empty file without a name, for what is too large for memory; it ends with its descriptor.
  [[nodiscard]] Result<FileDescriptor> Scratch() const;
  [[nodiscard]] std::filesystem::path PathOf(std::string_view sha256) const;
  // Keeps an original from being removed, as long as the token lives.
  [[nodiscard]] std::shared_ptr<const void> Hold(const std::string& sha256) const;
  // `told` gets the SHA-256 of bytes that nobody holds any more and that may have no document: those that were stored,
  // and those that Remove had to leave. On the thread that let go; nullptr: nobody is told, and the next start looks.
  void OnLetGo(std::function<void(std::string)> told);
  // Keeps every one, also those that come. Those that Remove has to leave meanwhile are told like the others.
  [[nodiscard]] std::shared_ptr<const void> HoldAll() const;
  // Whether somebody holds it, or did, so that it waits to be looked at.
  [[nodiscard]] bool Held(const std::string& sha256) const;
  // Unless somebody holds them.
  [[nodiscard]] Result<void> Remove(std::string_view sha256) const;
  // Removes temporaries that a crash left.
  void Sweep() const;
  // The SHA-256 of every original there is.
  [[nodiscard]] std::vector<std::string> List() const;

 private:
  struct Holds;
  std::filesystem::path folder_;
  std::shared_ptr<Holds> holds_;
};

struct Added {
  Added() = default;
  Document document;
  bool already_there = false;  // the same bytes were in this matter
};

// Records the document as queued, or finds it (and adds the path). With a path that another document of the matter had,
// that one becomes superseded once the new one is ready. A failed document is queued again; so is one that gets a path
// back from its successor. "" is no path. Of two priorities the more urgent counts.
[[nodiscard]] Result<Added> AddDocument(store::Connection& db, std::string_view matter, std::string_view name,
                                        std::string_view path, std::string_view sha256, std::uint64_t bytes,
                                        Priority priority = Priority::kWaitedFor);

[[nodiscard]] Result<Document> GetDocument(store::Connection& db, std::string_view id);  // kNotFound
struct ListOptions {
  ListOptions() = default;
  std::vector<std::string> matters;  // empty: all
  bool superseded = false;           // also those
};
[[nodiscard]] Result<std::vector<Document>> ListDocuments(store::Connection& db, const ListOptions& options);
// A list in pieces, each as large as its reader wants, in the order in which the documents came.
struct PageOptions {
  PageOptions() = default;
  std::string matter;                 // "": all
  std::vector<DocumentState> states;  // empty: all
  bool superseded = false;            // also those
  std::int64_t after = 0;             // `next` of the page before; 0: from the start
  std::int64_t limit = 200;
};
struct DocumentPage {
  DocumentPage() = default;
  std::vector<Document> documents;
  std::int64_t next = 0;  // 0: nothing follows
};
// kNotFound when there is no such matter.
[[nodiscard]] Result<DocumentPage> ListPage(store::Connection& db, const PageOptions& options);
// Those of `ids` that there are.
[[nodiscard]] Result<std::vector<Document>> FindDocuments(store::Connection& db, const std::vector<std::string>& ids);
// How many there are in each state, superseded ones left out; a state without any is not in it.
[[nodiscard]] Result<std::map<DocumentState, std::int64_t>> CountByState(store::Connection& db);
// kNotFound "No matter 'x'." when it has no document and never had.
[[nodiscard]] Result<std::int64_t> MatterId(store::Connection& db, std::string_view name);

// Of what a question or list names: every id of a matter; for an unknown id prefix kNotFound. A unique prefix of an id,
// at least 4 characters, or the exact name stands for the document; several matches: kInvalidArgument listing them.
[[nodiscard]] Result<Document> FindDocument(store::Connection& db, std::string_view id_or_name);

[[nodiscard]] Result<void> SetState(store::Connection& db, std::string_view id, DocumentState state,
                                    std::string_view reason = "");
// The most urgent queued document, of several the oldest (also those a crash left between states, once Requeue has
// run), or nothing. With `only`, of that priority.
[[nodiscard]] Result<std::optional<Document>> NextQueued(store::Connection& db,
                                                         std::optional<Priority> only = std::nullopt);
[[nodiscard]] Result<void> Requeue(store::Connection& db);
// Forgets the text of a document and queues it, to be read from its original anew. Search's rows are removed by the
// caller in the same transaction. kNotFound when there is no document.
[[nodiscard]] Result<void> QueueAgain(store::Connection& db, std::string_view id);
// How many documents are neither ready nor failed.
[[nodiscard]] Result<std::int64_t> CountPending(store::Connection& db);

// The document, indexed by the caller in this transaction, becomes ready. Who has a path now supersedes who had it
// before and has no other; returns the ids of those superseded, whose index rows the caller removes in the same
// transaction. That can be this document itself, when newer bytes at its path were ready first.
[[nodiscard]] Result<std::vector<std::string>> MarkReady(store::Connection& db, std::string_view id,
                                                         std::int64_t chunks);

// Once per document: a text is immutable. kNotFound when the document has been deleted meanwhile.
[[nodiscard]] Result<void> SetText(store::Connection& db, std::string_view id, const ExtractedText& text);
// kNotFound when there is no document, or no text yet.
[[nodiscard]] Result<ExtractedText> GetText(store::Connection& db, std::string_view id);
// Code points [start, end) of the text; kInvalidArgument when out of range.
[[nodiscard]] Result<std::string> GetPassage(store::Connection& db, std::string_view id, std::int64_t start,
                                             std::int64_t end);

// The parts of the text that overlap code points [start, end), by start.
[[nodiscard]] Result<std::vector<StructureSpan>> GetStructure(store::Connection& db, std::string_view id,
                                                              std::int64_t start, std::int64_t end);

// The pages read by OCR that overlap code points [start, end), with their words' places.
[[nodiscard]] Result<std::vector<OcrPage>> GetOcr(store::Connection& db, std::string_view id, std::int64_t start,
                                                  std::int64_t end);
// Their mean confidence, 0 to 100; nothing when none of it was read by OCR.
[[nodiscard]] Result<std::optional<double>> OcrConfidence(store::Connection& db, std::string_view id,
                                                          std::int64_t start, std::int64_t end);
// Where the pages begin; none for a format without pages.
[[nodiscard]] Result<std::vector<PageStart>> GetPages(store::Connection& db, std::string_view id);
// Those that code points [start, end) stand on.
[[nodiscard]] Result<std::vector<PageStart>> GetPages(store::Connection& db, std::string_view id, std::int64_t start,
                                                      std::int64_t end);

// ---- documents inside documents (embedded.cc) ----

// Files inside files inside files: so deep, and no deeper. Of one document added, so many in all.
inline constexpr int kMaxEmbeddedDepth = 4;
inline constexpr std::int64_t kMaxEmbeddedInAll = 10'000;

// How many more documents may be added inside this one. What is inside a mail of a file of mails counts for that mail.
[[nodiscard]] Result<std::int64_t> RoomForEmbedded(store::Connection& db, std::string_view parent);
// What it is, before its text is stored: a file of mails, whose mails are documents while it is still read.
[[nodiscard]] Result<void> SetMediaType(store::Connection& db, std::string_view id, std::string_view media_type);
// Records a file inside `parent` as a document of the same matter, linked to it, and queues it unless the same bytes
// are there. `name` is what the parent calls it ("letters/one.txt"): only a name. Nothing happens when it is the parent
// itself.
[[nodiscard]] Result<void> AddEmbedded(store::Connection& db, const Document& parent, std::int64_t place,
                                       std::string_view name, std::string_view sha256, std::uint64_t bytes);
struct EmbeddedDocument {
  EmbeddedDocument() = default;
  std::string id;
  std::string name;  // as the parent calls it
};
[[nodiscard]] Result<std::vector<EmbeddedDocument>> ListEmbedded(store::Connection& db, std::string_view parent);
// The names of what holds a document that is there only because others hold it: "inner.zip in bundle.zip", "letter.eml
// and 2 others"; "" for one that was added by itself.
[[nodiscard]] Result<std::string> InsideOf(store::Connection& db, std::string_view id);
// The documents that are there only because of `documents`, directly or not, and the earlier readings of all of them
// (readings.h): what goes when those go. With `superseded`, a parent that is superseded counts as gone, and readings
// are left out.
[[nodiscard]] Result<std::vector<std::string>> EmbeddedOnlyIn(store::Connection& db,
                                                              const std::vector<std::string>& documents,
                                                              bool superseded);

// ---- matters (matters.cc) ----

struct Matter {
  Matter() = default;
  std::int64_t id = 0;
  std::string name;
  std::int64_t documents = 0;   // superseded ones too
  std::int64_t pending = 0;     // of them, neither ready nor failed
  std::int64_t bytes = 0;       // of their originals
  std::int64_t characters = 0;  // code points
  std::int64_t chunks = 0;
};
// By name, those behind `after`, at most `limit`. The default matter only once it has had a document.
[[nodiscard]] Result<std::vector<Matter>> ListMatters(store::Connection& db, std::string_view after = "",
                                                      std::int64_t limit = std::numeric_limits<std::int64_t>::max());
// Of a matter, superseded documents left out; all 0 when there is none.
struct Tally {
  Tally() = default;
  std::int64_t documents = 0;
  std::int64_t ready = 0;
  std::int64_t chunks = 0;  // of the ready ones
};
[[nodiscard]] Result<Tally> CountIn(store::Connection& db, std::string_view matter);

// A matter is deleted in steps, for a thousand documents take seconds: first it is hidden, which no function here looks
// behind but these. Its name is free at once. kNotFound when there is no such matter.
[[nodiscard]] Result<Matter> HideMatter(store::Connection& db, std::string_view name);
struct HiddenDocument {
  HiddenDocument() = default;
  std::string id;
  std::string sha256;
};
// At most `most`, for DeleteDocument.
[[nodiscard]] Result<std::vector<HiddenDocument>> HiddenDocuments(store::Connection& db, std::int64_t most);
// Those that have no document any more.
[[nodiscard]] Result<void> ForgetHiddenMatters(store::Connection& db);
// Which of `wanted` (ids; empty: all) a search may look into. Empty: all there are; a list of 0 alone: none.
[[nodiscard]] Result<std::vector<std::int64_t>> VisibleMatters(store::Connection& db,
                                                               const std::vector<std::int64_t>& wanted);

// Removes the rows. Search's rows are removed by the caller in the same transaction, and after the commit the bytes, by
// RemoveUnreferenced. What the document superseded at a path stays superseded there (versions.cc).
[[nodiscard]] Result<void> DeleteDocument(store::Connection& db, std::string_view id);
// Removes the original of that SHA-256, or with "" every original, that no document refers to; as many as it can: the
// error is that of the first one that stays. Alone with the store
// (Store::WriteOutside), so that no document is added meanwhile.
[[nodiscard]] Result<void> RemoveUnreferenced(store::Connection& db, const Originals& originals,
                                              std::string_view sha256 = "");
// For OnLetGo: likewise of one, after a look that leaves the writer alone. Both must outlive it. Failures are logged.
[[nodiscard]] boost::asio::awaitable<void> RemoveLetGo(store::Store& store, const Originals& originals,
                                                       std::string sha256);

}  // namespace counsel::documents
